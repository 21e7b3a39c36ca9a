"""How do the votes of a source pass into the table of votes taken over? By runs, in the order of the file.

On SQLite one statement moves a run from the temporary database, which the installation's is made to see: a third of the time
that rows read and written back take (150,000 votes: 0.25 s and 0.8 s). Elsewhere they are read and written back; a test
compares both.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection

from polyphonie.consultation.models import ImportedVote
from polyphonie.opendata.importing import bulk
from polyphonie.opendata.importing.staging import VALID, Staging

VOTES_AT_ONCE = 20_000
"""The bound of one transaction: some tenths of a second during which nobody else writes."""
NAMES = ("import_number", "line", "contribution", "revision", "voter", "position", "source_key")
_COLUMNS = ", ".join(str(ImportedVote._meta.get_field(name).column) for name in NAMES)  # type: ignore[union-attr]  # concrete fields, which have a column


class Run(NamedTuple):
    """Some votes of one file, from its first to its last place in the temporary database; `offset` is added to their lines;
    `is_in_sight` when the installation's own database sees them."""

    staging: Staging
    first: int
    last: int
    offset: int
    is_in_sight: bool


@contextmanager
def in_sight(staging: Staging) -> Iterator[bool]:
    """Make the installation's database see the temporary one while the block lasts; yields whether it does."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield False
        return
    path = staging.shared()
    with connection.cursor() as cursor:
        cursor.execute("ATTACH DATABASE %s AS laid_out", [str(path)])
        try:
            yield True
        finally:
            cursor.execute("DETACH DATABASE laid_out")


def runs(staging: Staging, *, is_in_sight: bool) -> Iterator[Run]:
    """Every vote, by runs of one file."""
    offset = 0
    for first, last, last_line in list(
        staging.rows("SELECT MIN(seq), MAX(seq), MAX(line) FROM votes GROUP BY file ORDER BY file"),
    ):
        for start in range(first, last + 1, VOTES_AT_ONCE):
            yield Run(staging, start, min(start + VOTES_AT_ONCE - 1, last), offset, is_in_sight)
        offset += last_line


def _selected(prefix: str = "") -> str:
    return (
        f"SELECT ?, ? + v.line, k.pk, k.revision, v.voter, v.position, v.key FROM {prefix}votes AS v "
        f"CROSS JOIN {prefix}targets AS g ON g.key = v.target CROSS JOIN {prefix}keys AS k ON k.number = g.number "
        "WHERE v.fate = ? AND v.seq BETWEEN ? AND ? ORDER BY v.seq"
    )


def insert(number: int, run: Run) -> None:
    """Write a run as votes of the import of this number, in the caller's transaction."""
    values = (number, run.offset, VALID, run.first, run.last)
    if not run.is_in_sight:
        bulk.insert_rows(ImportedVote, NAMES, run.staging.rows(_selected(), *values))
        return
    with connection.cursor() as cursor:
        selected = _selected("laid_out.").replace("?", "%s")
        cursor.execute(f"INSERT INTO {ImportedVote._meta.db_table} ({_COLUMNS}) {selected}", values)


def published_sha256(staging: Staging) -> str:
    """The SHA-256 of the votes as they are published: `number,revision,position` a line, in the order of the file."""
    published = hashlib.sha256()
    lines = staging.rows(
        "SELECT g.number || ',' || k.revision || ',' || v.position || char(10) FROM votes AS v "
        "CROSS JOIN targets AS g ON g.key = v.target CROSS JOIN keys AS k ON k.number = g.number WHERE v.fate = ? ORDER BY v.seq",
        VALID,
    )
    for (line,) in lines:
        published.update(line.encode())
    return published.hexdigest()
