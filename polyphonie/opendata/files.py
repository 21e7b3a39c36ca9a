"""How does a published table become a file, and its rows again? Line by line, in bounded memory."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from polyphonie.core.spreadsheet import exact, inert
from polyphonie.core.tables import CSV, Column, Row, Table
from polyphonie.processes.models import Process

TRUTH = {"true": True, "false": False}


def write_table(table: Table, process: Process, path: Path) -> None:
    """Write every row of the table in the form its declaration says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        write_rows(table, table.checked_rows(process), file)


def write_rows(table: Table, rows: Iterable[Row], file: IO[str]) -> None:
    if table.format != CSV:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n")
        return
    writer = csv.writer(file, delimiter=table.delimiter, lineterminator="\n")
    if table.has_header:
        writer.writerow([column.name for column in table.columns])
    for row in rows:
        writer.writerow([_cell(row[column.name], column) for column in table.columns])


def read_rows(table: Table, file: IO[str]) -> Iterator[Row]:
    """The rows of such a file, each cell read as its column says. Raises ValueError, KeyError for one that is not it."""
    if table.format != CSV:
        yield from (json.loads(line) for line in file)
        return
    cells = csv.reader(file, delimiter=table.delimiter)
    if table.has_header and next(cells, None) != [column.name for column in table.columns]:
        raise ValueError(f"{table.file_name} has other columns")
    for row in cells:
        yield {column.name: _value(cell, column) for column, cell in zip(table.columns, row, strict=True)}


def _cell(value: Any, column: Column) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and not column.is_computed:
        return inert(value)
    return "" if value is None else value


def _value(cell: str, column: Column) -> Any:
    if cell == "" and (column.is_nullable or column.type != "string"):
        return None
    if column.type == "integer":
        return int(cell)
    return TRUTH[cell] if column.type == "boolean" else exact(cell)
