"""Is each column of each published file either covered by the register or named among what nothing signed covers?

A cell of every column is changed, `datapackage.json` is given the prints of the changed files, and the verifier is asked.
"""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from polyphonie.core.tables import CSV
from polyphonie.opendata import verify
from polyphonie.opendata.catalogue import TABLES
from tests.opendata import lively

pytestmark = [pytest.mark.django_db, pytest.mark.once]

COVERED_FRAME = {
    "process.origin",
    *(f"rules.{name}" for name in ("consultation", "document", "salt", "leaf")),
    *(f"acts.{name}" for name in ("kind", "actor", "consultation", "document", "salt", "leaf")),
    *(f"consultations.{name}" for name in ("slug", "state", "config", "closes_at", "drawn_on")),
}
OTHERWISE = {"true": "false", "false": "true", "published": "hidden", "for": "against", "web": "import", "import": "web"}
WRITTEN = {table.file_name: table for table in TABLES}
PARTLY = [name for name in (*verify.COVERED, *verify.CHECKED) if name in WRITTEN]


def otherwise(value: Any) -> Any:
    """Another value of the same look."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, dict):
        return {**value, "title": "Non"} if "title" in value else {**value, "other": 1}
    if isinstance(value, list):
        return [*value, "Non"]
    if value in OTHERWISE:
        return OTHERWISE[value]
    if value.lstrip("-").isdecimal():
        return str(int(value) + 1)
    if value[4:5] == "-" and value[:4].isdecimal():
        return "2020" + value[4:]
    return ("B" if value[:1] == "A" else "A") + value[1:]


def finds(source: Path, target: Path, change: Any) -> set[str]:
    folder = lively.a_copy(source, target)
    change(folder)
    lively.described_again(folder)
    report = verify.verify(str(folder))
    return {code for code in verify.CHECKS if report.failures[code] or code in report.undone}


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    if name.endswith(".csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    return lively.lines(folder, name)


def changed_cell(folder: Path, name: str, column: str) -> bool:
    """Change the first cell of this column that says something; whether there is one."""
    rows = rows_of(folder, name)
    spoken = next((row for row in rows if row[column] not in ("", None)), None)
    if spoken is None:
        rows[0][column] = "x" if name.endswith(".csv") else {}
    else:
        spoken[column] = otherwise(spoken[column])
    if name.endswith(".csv"):
        lively.write_rows(folder, name, [list(rows[0]), *(list(row.values()) for row in rows)])
    else:
        lively.write_lines(folder, name, rows)
    return spoken is not None


COLUMNS = [(name, column.name) for name in PARTLY for column in WRITTEN[name].columns]


def test_every_column_is_covered_or_named(source, tmp_path):
    wrong = []
    for rank, (name, column) in enumerate(COLUMNS):
        found = finds(source, tmp_path / str(rank), lambda folder, name=name, column=column: changed_cell(folder, name, column))
        is_named = column in verify.UNCOVERED_COLUMNS.get(name, ())
        if bool(found) == is_named and (name, column) != ("ledger/checkpoints.jsonl", "sealed_at"):
            wrong.append((name, column, sorted(found)))
    assert wrong == []
    assert len(COLUMNS) >= 55
    named = sum(len(columns) for columns in verify.UNCOVERED_COLUMNS.values())
    print(f"{len(COLUMNS)} columns of {len(PARTLY)} files: {len(COLUMNS) - named} covered, {named} named as not covered")


def test_what_is_named_exists():
    for name, columns in verify.UNCOVERED_COLUMNS.items():
        assert set(columns) <= {column.name for column in WRITTEN[name].columns}
    named = "\n".join(verify.UNCOVERED_PARTS)
    assert all(column in named for columns in verify.UNCOVERED_COLUMNS.values() for column in columns)


def test_a_published_file_is_covered_or_is_said_not_to_be(source):
    uncovered = set(verify.verify(str(source)).uncovered)
    present = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    assert present - uncovered == {*verify.COVERED, *verify.CHECKED}
    assert {table.file_name for table in TABLES} <= present
    not_csv = {table.file_name for table in TABLES if table.file_name in uncovered and table.format != CSV}
    assert not_csv == {"opinions.jsonl"}, "what voters’ keys give"


def paths_of(document: Any) -> dict[str, Any]:
    """What of process.json may be changed alone: each name, or each name of a part, with the place of its first value."""
    found: dict[str, Any] = {}
    for name, value in document.items():
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, dict):
                for inner, content in part.items():
                    if content not in (None, "", []):
                        found.setdefault(f"{name}.{inner}", (part, inner))
        if not any(isinstance(part, dict) for part in parts):
            found[name] = (document, name)
    return found


def test_every_part_of_the_frame_is_covered_or_named(source, tmp_path):
    document = lively.process_of(source)
    wrong = []
    places = paths_of(document)
    for rank, path in enumerate(places):
        fresh = json.loads(json.dumps(document))
        part, name = paths_of(fresh)[path]
        part[name] = otherwise(part[name]) if part[name] is not None else "x"
        found = finds(source, tmp_path / str(rank), lambda folder, fresh=fresh: lively.write_process(folder, fresh))
        if bool(found) != (path in COVERED_FRAME):
            wrong.append((path, sorted(found)))
    assert wrong == []
    assert set(places) >= COVERED_FRAME
    print(f"{len(places)} parts of process.json, {len(COVERED_FRAME)} covered")
