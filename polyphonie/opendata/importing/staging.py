"""Where is a source laid out before anything is written? In a temporary database of its own, thrown away at the end.

Nothing of the installation changes meanwhile, and memory stays bounded whatever the size of the file.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from polyphonie.opendata.importing.readers.rows import (
    LeftRow,
    RefusedRow,
    Row,
    SourceAuthor,
    SourceConsultation,
    SourceProcess,
    SourceText,
    SourceVote,
)
from polyphonie.opendata.importing.reading import SourceRefused
from polyphonie.opendata.importing.stemming import Stemmer, Texts

KINDS = ("proposal", "argument", "source", "completion")
"""The order of numbers within one date."""
WRITTEN_FIRST = ("proposal", "completion", "argument", "source")
"""The order of writing: what is answered before what answers."""
ANSWERABLE = {
    "argument": ("proposal", "completion"),
    "source": ("proposal", "completion", "argument"),
    "completion": ("proposal",),
}
AT_ONCE = 5000
MOST_UNREAD = 20_000
MOST_REMEMBERED, LONGEST_REMEMBERED = 100_000, 200

FATES = 4
VALID, REFUSED, REPEATED, KNOWN = range(FATES)
ROWS_A_STATEMENT = 100
_VOTE_PLACES = "(NULL, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
_TITLE, _BODY = 6, 7
"""Where the title and the text stand in a row of `texts`."""

_TABLES = """
CREATE TABLE texts (seq INTEGER PRIMARY KEY, file INT, line INT, kind INT, source_id TEXT, at INT, title TEXT, body TEXT,
  consultation TEXT, section TEXT, nature TEXT, about_kind TEXT, about_id TEXT, side TEXT, url TEXT, category TEXT,
  author_id TEXT, author_name TEXT, author_kind TEXT, origin_address TEXT, is_hidden INT, is_unavailable INT,
  declared_votes INT, agree INT, mixed INT, disagree INT, arguments_for INT, arguments_against INT, sources INT,
  completions INT, digest BLOB, fixed INT, origin_note TEXT, fate INT DEFAULT 0, number INT, about_number INT);
CREATE TABLE votes (seq INTEGER PRIMARY KEY, file INT, line INT, target INT, voter BLOB, position INT, key INT, has_id INT,
  at INT, fate INT DEFAULT 0);
CREATE TABLE targets (key INTEGER PRIMARY KEY, source_id TEXT UNIQUE, number INT, consultation TEXT);
CREATE TABLE authors (author_id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE consultations (title TEXT PRIMARY KEY, opens_at INT, closes_at INT, theme TEXT, theme_number INT, presentation TEXT);
CREATE TABLE refusals (file INT, line INT, reason TEXT);
CREATE TABLE known (kind INT, source_id TEXT, number INT, digest BLOB, PRIMARY KEY (kind, source_id)) WITHOUT ROWID;
CREATE TABLE known_votes (key INTEGER PRIMARY KEY);
CREATE TABLE stems (seq INTEGER PRIMARY KEY, title TEXT, text TEXT);
CREATE TABLE keys (number INTEGER PRIMARY KEY, pk INT, consultation INT, revision INT);
"""


class Staging:
    """The rows of a source, in a database that is thrown away. `key` gives voters pseudonyms and is never written."""

    def __init__(self, path: Path, key: bytes) -> None:
        path.unlink(missing_ok=True)
        self._key = key
        self._path = path
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-65536;" + _TABLES
        )
        self._database.create_function("without_particulars", 1, _without_particulars, deterministic=True)
        self._stemmer = Stemmer()
        self._texts = 0
        self._pseudonyms: dict[str, bytes] = {}
        self._targets: dict[str, int] = {}
        self.left: dict[str, int] = {}
        self.declared_comments = 0
        self.process: SourceProcess | None = None

    def shared(self) -> Path:
        """Where it stands, once others may read it too."""
        self._database.execute("PRAGMA locking_mode=NORMAL")
        self.row("SELECT COUNT(*) FROM refusals")  # the lock is given back by the next reading
        return self._path

    def close(self) -> None:
        self._stemmer.close()
        self._database.close()
        self._path.unlink(missing_ok=True)

    def take(self, file: int, rows: Iterable[Row]) -> Iterator[int]:
        """Lay out the rows of one file; yields the line reached, from time to time."""
        texts: list[tuple[Any, ...]] = []
        votes: list[tuple[Any, ...]] = []
        refusals: list[tuple[int, int, str]] = []
        key, blake2b, pseudonyms, targets = self._key, hashlib.blake2b, self._pseudonyms, self._targets
        read = unread = 0
        for row in rows:
            if type(row) is SourceVote:
                line, target, voter, position, vote_id, at = row
                identity = vote_id or f"{target}\x00{voter}"
                pseudonym = pseudonyms.get(voter)
                if pseudonym is None:
                    pseudonym = blake2b(voter.encode(), digest_size=16, key=key).digest()
                    if len(pseudonyms) < MOST_REMEMBERED and len(voter) <= LONGEST_REMEMBERED:
                        pseudonyms[voter] = pseudonym
                votes.append(
                    (
                        file, line, targets.get(target) or self._target(target), pseudonym, position,
                        int.from_bytes(blake2b(identity.encode(), digest_size=8).digest()) >> 1, 1 if vote_id else 0, at,
                    )
                )  # fmt: skip
            elif type(row) is SourceText:
                self._texts += 1
                texts.append((self._texts, *_text_values(file, row)))
                self.declared_comments += row.declared_comments or 0
            elif type(row) is RefusedRow:
                refusals.append((file, row.line, row.reason))
            else:
                self._take_rare(file, row)
            if len(votes) >= AT_ONCE or len(texts) >= AT_ONCE or len(refusals) >= AT_ONCE:
                read, unread = read + len(votes) + len(texts), unread + len(refusals)
                if unread >= MOST_UNREAD and not read:
                    raise SourceRefused(
                        _("None of the first %(count)d rows can be read: this file is not in this format.") % {"count": unread}
                    )
                self._flush(texts, votes, refusals)
                yield row.line
        self._flush(texts, votes, refusals)

    def _target(self, source_id: str) -> int:
        """The key of the text that a vote is for, named by its identifier in the source."""
        self._database.execute("INSERT OR IGNORE INTO targets (source_id) VALUES (?)", (source_id,))
        key = int(self.row("SELECT key FROM targets WHERE source_id = ?", source_id)[0])
        if len(self._targets) < MOST_REMEMBERED and len(source_id) <= LONGEST_REMEMBERED:
            self._targets[source_id] = key
        return key

    def _take_rare(self, file: int, row: Row) -> None:
        if isinstance(row, SourceAuthor):
            self._database.execute("INSERT OR IGNORE INTO authors VALUES (?, ?)", (row.author_id, row.name))
        elif isinstance(row, SourceConsultation):
            self._database.execute("INSERT OR IGNORE INTO consultations VALUES (?, ?, ?, ?, ?, ?)", row[1:])
        elif isinstance(row, SourceProcess):
            self.process = row
        elif isinstance(row, LeftRow):
            self.left[row.kind] = self.left.get(row.kind, 0) + 1

    def _flush(self, texts: list[Any], votes: list[Any], refusals: list[Any]) -> None:
        insert = self._database.executemany
        self._database.execute("BEGIN")
        insert(f"INSERT INTO texts VALUES (?{', ?' * 32}, 0, NULL, NULL)", texts)
        for start in range(0, len(votes), ROWS_A_STATEMENT):  # a third faster than one by one
            together = votes[start : start + ROWS_A_STATEMENT]
            places = ", ".join([_VOTE_PLACES] * len(together))
            self._database.execute(f"INSERT INTO votes VALUES {places}", list(chain.from_iterable(together)))
        insert("INSERT INTO refusals VALUES (?, ?, ?)", refusals)
        self._keep_stems(self._stemmer.found())
        self._database.execute("COMMIT")
        self._stemmer.give([(row[0], row[_TITLE], row[_BODY]) for row in texts])
        texts.clear()
        votes.clear()
        refusals.clear()

    def _keep_stems(self, found: Iterable[Texts]) -> None:
        for stems in found:
            self._database.executemany("INSERT INTO stems VALUES (?, ?, ?)", stems)

    def finish_stems(self) -> None:
        """Wait for the stems that are still being found in another process."""
        self._database.execute("BEGIN")
        self._keep_stems(self._stemmer.rest())
        self._database.execute("COMMIT")

    def remember_texts(self, known: Iterable[tuple[str, str, int, bytes]]) -> None:
        """What earlier imports of the process hold: kind, identifier in the source, number, digest of the text."""
        rows = ((KINDS.index(kind), source_id, number, digest) for kind, source_id, number, digest in known)
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?)", rows)
        self._database.execute("COMMIT")

    def remember_votes(self, keys: Iterable[tuple[int]]) -> None:
        """The votes that earlier imports of the process hold, by the key of their identifier."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR IGNORE INTO known_votes VALUES (?)", keys)
        self._database.execute("COMMIT")

    def learn_keys(self, keys: Iterable[tuple[int, int, int, int]]) -> None:
        """Where the texts that are written stand: number, key, key of the consultation, revision."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?)", keys)
        self._database.execute("COMMIT")

    def run(self, sql: str, *parameters: Any) -> None:
        """Change the temporary database."""
        self._database.execute(sql, parameters)

    def row(self, sql: str, *parameters: Any) -> tuple[Any, ...]:
        """The only row of a query of the temporary database."""
        found: tuple[Any, ...] = self._database.execute(sql, parameters).fetchone()
        return found

    def rows(self, sql: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
        """Rows of the temporary database, streamed."""
        return iter(self._database.execute(sql, parameters))


def _text_values(file: int, row: SourceText) -> tuple[Any, ...]:
    return (
        file, row.line, KINDS.index(row.kind), row.source_id, row.at, row.title, row.body, row.consultation, row.section,
        row.nature, row.about_kind, row.about_id, row.side, row.url, row.category, row.author_id, row.author_name,
        row.author_kind, row.origin_address, row.is_hidden, row.is_unavailable, row.declared_votes, *row.declared,
        text_digest(row.title, row.body, row.url, row.side),
        row.number,
        row.origin_note,
    )  # fmt: skip


def _without_particulars(reason: str) -> str:
    """A reason without what it quotes, so that like reasons are counted together and a public page quotes nobody."""
    return re.sub(r"\d+", "…", re.sub("[“«][^”»]*[”»]", "« … »", reason))


def text_digest(title: str, body: str, url: str, side: str) -> bytes:
    """What tells whether a text known by its identifier is still the same text."""
    return hashlib.blake2b("\x00".join((title, body, url, side)).encode(), digest_size=16).digest()
