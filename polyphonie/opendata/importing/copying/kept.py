"""Do the files that a copy keeps as they were hold the rows that this release declares? Nothing signed covers them: they are read
whole before anything is written, for pages and the API read them again each time they are asked.
"""

import io
import json
from collections.abc import Callable
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from polyphonie.core.plaintext import holds_forbidden
from polyphonie.core.tables import Column, Row, Table
from polyphonie.opendata.catalogue import TABLES
from polyphonie.opendata.copies import KEPT_FILES
from polyphonie.opendata.files import read_rows
from polyphonie.opendata.importing.copying.foreign import Foreign
from polyphonie.opendata.importing.reading import SourceRefused

PLAIN: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list}
TIMES: dict[str, Callable[[str], Any]] = {"datetime": parse_datetime, "date": parse_date}


def ensure_kept_rows(source: Foreign) -> None:
    """Every row of every kept file is one of its table. Raises SourceRefused, ValueError for one that cannot be read."""
    for table in TABLES:
        if table.file_name in KEPT_FILES:
            _ensure_rows(table, source.folder.text(table.file_name))


def _ensure_rows(table: Table, text: str) -> None:
    names = {column.name for column in table.columns}
    for rank, row in enumerate(read_rows(table, io.StringIO(text, newline="")), start=1):
        if type(row) is not dict or set(row) != names or not _is_plain(row) or not _fit(table, row):
            raise SourceRefused(
                _("This folder verifies, but row %(rank)d of %(name)s is none of that table: nothing was written.")
                % {"rank": rank, "name": table.file_name}
            )


def _is_plain(row: Row) -> bool:
    """Whether it says nothing but finite numbers and characters that everybody sees."""
    return not holds_forbidden(json.dumps(row, ensure_ascii=False, allow_nan=False))


def _fit(table: Table, row: Row) -> bool:
    return all(_fits(column, row[column.name]) for column in table.columns)


def _fits(column: Column, value: Any) -> bool:
    if value is None:
        return column.is_nullable
    if column.type in TIMES:
        return type(value) is str and TIMES[column.type](value) is not None
    is_known = not column.choices or value in (*column.choices, "")
    return type(value) is PLAIN[column.type] and is_known
