"""What is published, and in which columns? A table names its file, each column and what it means, and yields its rows.

One declaration per package (`dataset.py`), listed in `opendata/catalogue.py`, feeds the files, the API and the documentation.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
CSV, JSON_LINES = "csv", "jsonl"


@dataclass(frozen=True)
class Column:
    """A published column: its English name, its type in Table Schema (string, integer, boolean, datetime, date, object), and
    what it means in one sentence."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A published file: `rows(process)` yields one dictionary a row, in a stable order, in bounded memory."""

    name: str
    format: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[Any], Iterable[Row]]

    @property
    def file_name(self) -> str:
        return f"{self.name}.{self.format}"

    def checked_rows(self, process: Any) -> Iterator[Row]:
        """The rows, each with exactly the columns that are declared; raises ValueError for one that has others."""
        expected = [column.name for column in self.columns]
        for row in self.rows(process):
            if list(row) != expected:
                raise ValueError(f"{self.file_name}: a row has {sorted(row)}, the table declares {sorted(expected)}")
            yield row
