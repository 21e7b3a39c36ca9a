"""Does `datapackage.json` say exactly what is there, as both versions of the Data Package standard want it?

Checked by hand against the profiles (specs.frictionlessdata.io, datapackage.org): names, required properties, types and formats
of fields, prints; then each cell of each table is read as its field says.
"""

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from polyphonie.core.spreadsheet import exact
from polyphonie.opendata.catalogue import TABLES
from tests.core.test_spreadsheet import runs

pytestmark = pytest.mark.django_db
NAME = re.compile(r"[a-z0-9._/-]+")
FIELD_TYPES = {"string", "number", "integer", "boolean", "object", "array", "date", "time", "datetime", "any"}
CONSTRAINTS = {"required", "unique", "enum", "minimum", "maximum", "pattern", "minLength", "maxLength"}


@pytest.fixture(scope="session")
def package(source) -> dict[str, Any]:
    return json.loads((source / "datapackage.json").read_text(encoding="utf-8"))


def test_the_package_has_what_the_standard_asks(package):
    assert package["profile"] == "data-package"
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch(r"[a-z0-9._-]+", package["name"])
    assert datetime.fromisoformat(package["created"]).utcoffset() is not None
    assert package["homepage"].startswith("http")
    for licence in package["licenses"]:
        assert re.fullmatch(r"[-a-zA-Z0-9._]+", licence["name"])
        assert licence["path"].startswith("https://")
    assert [who["role"] for who in package["contributors"]] == ["publisher"]
    assert package["resources"]


def test_each_resource_has_a_name_a_safe_path_its_size_and_its_print(package, source):
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    for resource in package["resources"]:
        path = resource["path"]
        assert NAME.fullmatch(resource["name"])
        assert not path.startswith(("/", ".", "~"))
        assert ".." not in path.split("/")
        content = (source / path).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert resource["profile"] in ("data-resource", "tabular-data-resource")
        assert re.fullmatch(r"(text|application)/[a-z0-9.+-]+", resource["mediatype"])
        assert resource["encoding"] == "utf-8"
    present = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    assert present - {resource["path"] for resource in package["resources"]} == {"datapackage.json"}


def tabular(package: dict[str, Any]) -> list[dict[str, Any]]:
    return [resource for resource in package["resources"] if resource["profile"] == "tabular-data-resource"]


def test_each_csv_file_has_its_columns_described(package, source):
    described = tabular(package)
    assert {resource["path"] for resource in described} == {
        str(path.relative_to(source)) for path in source.rglob("*.csv") if path.is_file()
    }
    for resource in described:
        fields = resource["schema"]["fields"]
        assert resource["type"] == "table"
        assert set(resource["dialect"]) <= {"delimiter", "lineTerminator", "quoteChar", "doubleQuote", "header"}
        for field in fields:
            assert field["type"] in FIELD_TYPES
            assert field["description"].endswith((".", "…"))
            assert set(field.get("constraints", {})) <= CONSTRAINTS
        names = [field["name"] for field in fields]
        assert len(set(names)) == len(names)
        first = next(records(source, resource))
        if resource["dialect"]["header"]:
            assert first == names


def records(folder: Path, resource: dict[str, Any]) -> Iterator[list[str]]:
    dialect = resource["dialect"]
    with (folder / resource["path"]).open(encoding=resource["encoding"], newline="") as file:
        yield from csv.reader(file, delimiter=dialect["delimiter"], doublequote=dialect["doubleQuote"], strict=True)


def reads(cell: str, field: dict[str, Any]) -> bool:
    """Whether a cell is a value of its field, as the standard reads it."""
    if cell == "":
        return True
    if cell not in field.get("constraints", {}).get("enum", [cell]):
        return False
    match field["type"]:
        case "integer":
            return re.fullmatch(r"-?\d+", cell) is not None
        case "boolean":
            return cell in ("true", "false")
        case "date":
            return date.fromisoformat(cell) is not None
        case "datetime":
            return datetime.strptime(cell, field["format"]).utcoffset() is not None  # noqa: DTZ007  (the format has its offset)
        case kind:
            return kind == "string"


def test_each_cell_is_what_its_field_says_and_none_runs(package, source):
    read = 0
    for resource in tabular(package):
        rows = records(source, resource)
        if resource["dialect"]["header"]:
            next(rows)
        for row in rows:
            fields = resource["schema"]["fields"]
            assert len(row) == len(fields)
            for cell, field in zip(row, fields, strict=True):
                assert reads(cell, field), (resource["path"], field["name"], cell)
                if field["name"] not in ("salt", "nonce_hash", "key", "config"):
                    assert not runs(cell) or re.fullmatch(r"-?\d+", cell), (resource["path"], field["name"], cell)
                read += 1
    print(f"{read} cells of {len(tabular(package))} tables read as their fields say, 0 formulas")
    assert read >= 2_000


def test_each_line_of_json_has_the_fields_that_are_described(package, source):
    described = [resource for resource in package["resources"] if resource["path"].endswith(".jsonl") and "schema" in resource]
    assert {resource["path"] for resource in described} == {table.file_name for table in TABLES if table.format != "csv"}
    for resource in described:
        names = [field["name"] for field in resource["schema"]["fields"]]
        formats = {field["name"]: field["format"] for field in resource["schema"]["fields"] if "format" in field}
        for line in (source / resource["path"]).read_text(encoding="utf-8").split("\n")[:-1]:
            row = json.loads(line)
            assert list(row) == names
            for name, form in formats.items():
                assert row[name] is None or datetime.strptime(row[name], form).utcoffset() is not None  # noqa: DTZ007  (offset in it)


def test_the_apostrophes_are_undone_alike_everywhere(source):
    with (source / "contributions.csv").open(encoding="utf-8", newline="") as file:
        assert all(exact(cell) == cell or cell.count("'") > exact(cell).count("'") for row in csv.reader(file) for cell in row)
