"""What is in this folder? `datapackage.json`: each file with its size and print, each column with its type and meaning."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import translation

from polyphonie.core.addresses import absolute, data_address
from polyphonie.core.printing import PARIS
from polyphonie.core.tables import JSON_LINES, Column, Table
from polyphonie.processes.models import Process

VERSION = 1
TO_THE_MINUTE = "%Y-%m-%dT%H:%M%z"
TO_THE_SECOND = "%Y-%m-%dT%H:%M:%S%z"
LICENCES = {"Licence Ouverte 2.0": ("etalab-2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/")}
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".py": "text/x-python",
    ".txt": "text/plain",
}


def descriptor(process: Process, folder: Path, tables: Sequence[Table], now: datetime) -> dict[str, Any]:
    """`datapackage.json`, valid as both versions of the Data Package standard (`profile` and `$schema`)."""
    described = {table.file_name for table in tables}
    others = [path for path in sorted(folder.rglob("*")) if path.is_file() and _name(path, folder) not in described]
    with translation.override("en"):
        return {
            "profile": "data-package",
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": process.slug.lower(),
            "title": process.title,
            "description": "Everything public about this concertation. How to verify it: README.md.",
            "homepage": absolute(data_address(process.slug)),
            "version": str(VERSION),
            "created": now.astimezone(PARIS).isoformat(timespec="seconds"),
            "licenses": [_licence(process)],
            "contributors": [{"title": process.organiser, "role": "publisher"}],
            **({"sources": [{"title": process.copied_from}]} if process.copied_from else {}),
            "resources": [_table(table, folder) for table in tables] + [_file(path, folder) for path in others],
        }


def _licence(process: Process) -> dict[str, str]:
    name, address = LICENCES.get(process.licence, ("other-open", ""))
    return {"name": name, "title": process.licence} | ({"path": address} if address else {})


def _table(table: Table, folder: Path) -> dict[str, Any]:
    path = folder / table.file_name
    described = {**_file(path, folder), "name": _identifier(table.file_name), "title": str(table.title)}
    is_lines = table.format == JSON_LINES  # whose keys are sorted
    columns = sorted(table.columns, key=lambda column: column.name) if is_lines else table.columns
    schema = {"fields": [_field(column) for column in columns], "missingValues": [""]}
    if is_lines:
        kind = {} if described["bytes"] else {"type": "file"}  # Frictionless reads no table in a file without a line
        return {**described, **kind, "schema": schema}
    dialect = {"delimiter": table.delimiter, "lineTerminator": "\n", "doubleQuote": True, "header": table.has_header}
    return {**described, "profile": "tabular-data-resource", "type": "table", "dialect": dialect, "schema": schema}


def _file(path: Path, folder: Path) -> dict[str, Any]:
    name = _name(path, folder)
    return {
        "name": _identifier(name),
        "path": name,
        "profile": "data-resource",
        "format": path.suffix[1:] or "txt",
        "mediatype": MEDIA_TYPES.get(path.suffix, "text/plain"),
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": column.type, "description": str(column.meaning)}
    if column.type == "datetime":
        field["format"] = TO_THE_SECOND if column.has_seconds else TO_THE_MINUTE
    if column.choices:
        field["constraints"] = {"enum": list(column.choices)}
    return field


def _name(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder))


def _identifier(name: str) -> str:
    """A name as the standard wants it: small letters, digits, - and _."""
    return name.lower().replace("/", "-").replace(".", "-")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
