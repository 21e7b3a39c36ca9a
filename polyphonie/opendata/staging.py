"""Is the whole file sound? It is laid out in a temporary database of its own, held against itself and what is here, numbered.

Nothing of the installation changes meanwhile, and memory stays bounded whatever the size of the file.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from polyphonie.opendata.readers.rows import (
    LeftRow,
    RefusedRow,
    Row,
    SourceAuthor,
    SourceConsultation,
    SourceProcess,
    SourceText,
    SourceVote,
)
from polyphonie.opendata.reading import SourceRefused

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

VALID, REFUSED, REPEATED, KNOWN = range(4)

_TABLES = """
CREATE TABLE texts (seq INTEGER PRIMARY KEY, file INT, line INT, kind INT, source_id TEXT, at INT, title TEXT, body TEXT,
  consultation TEXT, section TEXT, nature TEXT, about_kind TEXT, about_id TEXT, side TEXT, url TEXT, category TEXT,
  author_id TEXT, author_name TEXT, author_kind TEXT, origin_address TEXT, is_hidden INT, is_unavailable INT,
  declared_votes INT, agree INT, mixed INT, disagree INT, arguments_for INT, arguments_against INT, sources INT,
  completions INT, digest BLOB, fixed INT, origin_note TEXT, fate INT DEFAULT 0, number INT, about_number INT);
CREATE TABLE votes (seq INTEGER PRIMARY KEY, file INT, line INT, target TEXT, voter BLOB, position INT, key INT, has_id INT,
  at INT, fate INT DEFAULT 0, number INT);
CREATE TABLE authors (author_id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE consultations (title TEXT PRIMARY KEY, opens_at INT, closes_at INT, theme TEXT, theme_number INT, presentation TEXT);
CREATE TABLE refusals (file INT, line INT, reason TEXT);
CREATE TABLE known (kind INT, source_id TEXT, number INT, digest BLOB, PRIMARY KEY (kind, source_id)) WITHOUT ROWID;
CREATE TABLE known_votes (key INTEGER PRIMARY KEY);
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
        self.left: dict[str, int] = {}
        self.declared_comments = 0
        self.process: SourceProcess | None = None

    def close(self) -> None:
        self._database.close()
        self._path.unlink(missing_ok=True)

    # -- laying out -----------------------------------------------------------------------------------------------------

    def take(self, file: int, rows: Iterable[Row]) -> Iterator[int]:
        """Lay out the rows of one file; yields the line reached, from time to time."""
        texts: list[tuple[Any, ...]] = []
        votes: list[tuple[Any, ...]] = []
        refusals: list[tuple[int, int, str]] = []
        key, blake2b = self._key, hashlib.blake2b
        read = unread = 0
        for row in rows:
            if type(row) is SourceVote:
                line, target, voter, position, vote_id, at = row
                identity = vote_id or f"{target}\x00{voter}"
                votes.append(
                    (
                        file, line, target, blake2b(voter.encode(), digest_size=16, key=key).digest(), position,
                        int.from_bytes(blake2b(identity.encode(), digest_size=8).digest()) >> 1, 1 if vote_id else 0, at,
                    )
                )  # fmt: skip
            elif type(row) is SourceText:
                texts.append(_text_values(file, row))
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
        insert(f"INSERT INTO texts VALUES (NULL{', ?' * 32}, 0, NULL, NULL)", texts)
        insert("INSERT INTO votes VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL)", votes)
        insert("INSERT INTO refusals VALUES (?, ?, ?)", refusals)
        self._database.execute("COMMIT")
        texts.clear()
        votes.clear()
        refusals.clear()

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

    # -- holding against itself -----------------------------------------------------------------------------------------

    def validate(self) -> None:
        """Give each row its fate: valid, refused with a reason, repeated, or known from an earlier import."""
        self._database.execute("CREATE INDEX texts_by_id ON texts (kind, source_id, seq)")
        self._validate_texts()
        for kind in WRITTEN_FIRST[1:]:
            self._validate_answers(kind)
        self._tell_like_votes_apart()
        self._validate_votes()

    def _validate_texts(self) -> None:
        run = self._database.execute
        run(
            f"""UPDATE texts SET fate = {REPEATED} FROM texts AS first
            WHERE first.kind = texts.kind AND first.source_id = texts.source_id AND first.seq < texts.seq
              AND first.digest = texts.digest"""
        )
        self._refuse_texts(
            _("the same identifier already stands on line %(line)s with another content."),
            "EXISTS (SELECT 1 FROM texts AS f WHERE f.kind = t.kind AND f.source_id = t.source_id AND f.seq < t.seq)",
            "(SELECT f.line FROM texts AS f WHERE f.kind = t.kind AND f.source_id = t.source_id ORDER BY f.seq LIMIT 1)",
        )
        run(
            f"""UPDATE texts SET fate = {KNOWN}, number = known.number FROM known
            WHERE texts.fate = {VALID} AND known.kind = texts.kind AND known.source_id = texts.source_id
              AND known.digest = texts.digest"""
        )
        self._refuse_texts(
            _("it was imported before with another content, as number %(line)s: that one stays."),
            "EXISTS (SELECT 1 FROM known AS k WHERE k.kind = t.kind AND k.source_id = t.source_id)",
            "(SELECT k.number FROM known AS k WHERE k.kind = t.kind AND k.source_id = t.source_id)",
        )

    def _validate_answers(self, kind: str) -> None:
        """What an argument, a source or a completion answers exists, in the file or from an earlier import."""
        numbered = KINDS.index(kind)
        for answered in ANSWERABLE[kind]:
            self._database.execute(
                f"""UPDATE texts SET about_kind = ? WHERE kind = ? AND fate = {VALID} AND about_kind = ''
                AND (EXISTS (SELECT 1 FROM texts AS a WHERE a.kind = ? AND a.source_id = texts.about_id
                             AND a.fate IN ({VALID}, {KNOWN}))
                  OR EXISTS (SELECT 1 FROM known AS k WHERE k.kind = ? AND k.source_id = texts.about_id))""",
                (answered, numbered, KINDS.index(answered), KINDS.index(answered)),
            )
        kinds = " ".join(f"WHEN '{name}' THEN {KINDS.index(name)}" for name in ANSWERABLE[kind])
        answered_kind = f"CASE t.about_kind {kinds} END"
        self._refuse_texts(
            _("the text it answers, “%(line)s”, is neither in the file nor here, or was refused."),
            f"""t.kind = {numbered} AND NOT EXISTS (SELECT 1 FROM texts AS a WHERE a.kind = {answered_kind}
                  AND a.source_id = t.about_id AND a.fate IN ({VALID}, {KNOWN}))
                AND NOT EXISTS (SELECT 1 FROM known AS k WHERE k.kind = {answered_kind} AND k.source_id = t.about_id)""",
            "substr(t.about_id, 1, 60)",
        )

    def _refuse_texts(self, reason: str, condition: str, word: str) -> None:
        self._refuse("texts", reason, condition, word)

    def _refuse(self, table: str, reason: str, condition: str, word: str) -> None:
        """Refuse the valid rows of `table` that meet `condition`; `word` (SQL) fills `%(line)s` in the reason."""
        before, after = reason.split("%(line)s")
        self._database.execute(
            f"INSERT INTO refusals SELECT t.file, t.line, ? || {word} || ? FROM {table} AS t "
            f"WHERE t.fate = {VALID} AND {condition}",
            (before, after),
        )
        self._database.execute(f"UPDATE {table} AS t SET fate = {REFUSED} WHERE t.fate = {VALID} AND {condition}")

    def _tell_like_votes_apart(self) -> None:
        """Votes without an identifier are known by text and voter; the second of a pair is another row, with its own key."""
        if not self._one("SELECT EXISTS (SELECT 1 FROM votes WHERE has_id = 0)"):
            return
        self._database.execute(
            """UPDATE votes SET key = (votes.key + again.nth) & 9223372036854775807 FROM
            (SELECT seq, ROW_NUMBER() OVER (PARTITION BY key ORDER BY seq) - 1 AS nth FROM votes WHERE has_id = 0) AS again
            WHERE again.seq = votes.seq AND again.nth > 0"""
        )

    def _validate_votes(self) -> None:
        run = self._database.execute
        run(
            f"""UPDATE votes SET fate = {REPEATED} FROM
            (SELECT key, MIN(seq) AS seq FROM votes GROUP BY key HAVING COUNT(*) > 1) AS again JOIN votes AS first
              ON first.seq = again.seq
            WHERE again.key = votes.key AND votes.seq > again.seq AND votes.target = first.target
              AND votes.voter = first.voter AND votes.position = first.position"""
        )
        repeated_keys = f"SELECT key FROM votes WHERE fate <> {REPEATED} GROUP BY key HAVING COUNT(*) > 1"
        if self._one(f"SELECT EXISTS ({repeated_keys})"):
            run(
                f"CREATE TEMP TABLE shared AS SELECT key, MIN(seq) AS seq, MIN(line) AS line FROM votes "
                f"WHERE key IN ({repeated_keys}) GROUP BY key"
            )
            self._refuse(
                "votes",
                _("the same identifier already stands on line %(line)s with another content."),
                "EXISTS (SELECT 1 FROM shared AS s WHERE s.key = t.key AND s.seq < t.seq)",
                "(SELECT s.line FROM shared AS s WHERE s.key = t.key)",
            )
        run(f"UPDATE votes SET fate = {KNOWN} WHERE fate = {VALID} AND key IN (SELECT key FROM known_votes)")
        run(
            f"""CREATE TEMP TABLE votable AS
            SELECT source_id, kind, NULL AS number FROM texts WHERE kind IN (0, 3) AND fate IN ({VALID}, {KNOWN})
            UNION SELECT source_id, kind, number FROM known WHERE kind IN (0, 3)"""
        )
        run("CREATE INDEX votable_by_id ON votable (source_id)")
        self._refuse(
            "votes",
            _("the text it is for, “%(line)s”, is neither in the file nor here, or was refused."),
            "t.target NOT IN (SELECT source_id FROM votable)",
            "substr(t.target, 1, 60)",
        )

    # -- numbering ------------------------------------------------------------------------------------------------------

    def new_texts(self) -> int:
        return int(self._one(f"SELECT COUNT(*) FROM texts WHERE fate = {VALID}"))

    def fixed_numbers(self) -> tuple[int, int] | None:
        """The smallest and the largest number that new texts bore and keep; None when they are to be given theirs."""
        least, most = self.row(f"SELECT MIN(fixed), MAX(fixed) FROM texts WHERE fate = {VALID} AND fixed > 0")
        return None if least is None else (least, most)

    def give_numbers(self, first: int) -> None:
        """Number the new texts from `first`: by date, then kind, then identifier; those that bore a number keep it. Then
        resolve what each row answers."""
        run = self._database.execute
        run("UPDATE texts SET about_number = NULL")
        for table in ("targets", "tallies", "answers", "all_answers"):
            run(f"DROP TABLE IF EXISTS {table}")
        run(
            f"""UPDATE texts SET number = ranked.n FROM (SELECT seq, ? - 1 + ROW_NUMBER() OVER
              (ORDER BY at, kind, source_id) AS n FROM texts WHERE fate = {VALID}) AS ranked
            WHERE ranked.seq = texts.seq""",
            (first,),
        )
        run(f"UPDATE texts SET number = fixed WHERE fate = {VALID} AND fixed > 0")
        for kind in WRITTEN_FIRST[1:]:
            self._resolve_answers(kind)
        run(
            f"""CREATE TEMP TABLE targets AS SELECT source_id, number, consultation, MIN(kind) FROM
            (SELECT source_id, kind, number, consultation FROM texts WHERE kind IN (0, 3) AND fate IN ({VALID}, {KNOWN})
             UNION ALL SELECT source_id, kind, number, NULL FROM known WHERE kind IN (0, 3)) GROUP BY source_id"""
        )
        run("CREATE UNIQUE INDEX targets_by_id ON targets (source_id)")
        run(f"UPDATE votes SET number = targets.number FROM targets WHERE targets.source_id = votes.target AND fate = {VALID}")
        self._count()

    def _resolve_answers(self, kind: str) -> None:
        kinds = " ".join(f"WHEN '{name}' THEN {index}" for index, name in enumerate(KINDS))
        self._database.execute(
            f"""UPDATE texts SET about_number = a.number, consultation = a.consultation FROM texts AS a
            WHERE texts.kind = ? AND a.kind = CASE texts.about_kind {kinds} END AND a.source_id = texts.about_id
              AND a.fate IN ({VALID}, {KNOWN})""",
            (KINDS.index(kind),),
        )
        self._database.execute(
            f"""UPDATE texts SET about_number = k.number FROM known AS k WHERE texts.kind = ? AND texts.about_number IS NULL
              AND k.kind = CASE texts.about_kind {kinds} END AND k.source_id = texts.about_id""",
            (KINDS.index(kind),),
        )

    def _count(self) -> None:
        """Count what each text receives: votes, visible arguments, sources and completions."""
        run = self._database.execute
        run(
            f"""CREATE TEMP TABLE tallies AS SELECT number, SUM(position = 1) AS agree, SUM(position = 0) AS mixed,
              SUM(position = -1) AS disagree FROM votes WHERE fate = {VALID} GROUP BY number"""
        )
        run("CREATE UNIQUE INDEX tallies_by_number ON tallies (number)")
        run(
            f"""CREATE TEMP TABLE answers AS SELECT about_number AS number, SUM(side = 'for') AS arguments_for,
              SUM(side = 'against') AS arguments_against, SUM(kind = 2) AS sources, SUM(kind = 3) AS completions
            FROM texts WHERE fate = {VALID} AND NOT is_hidden AND about_number IS NOT NULL GROUP BY about_number"""
        )
        run("CREATE UNIQUE INDEX answers_by_number ON answers (number)")
        run(
            f"""CREATE TEMP TABLE all_answers AS SELECT about_number AS number, SUM(side = 'for') AS arguments_for,
              SUM(side = 'against') AS arguments_against, SUM(kind = 2) AS sources
            FROM texts WHERE fate IN ({VALID}, {KNOWN}) AND about_number IS NOT NULL GROUP BY about_number"""
        )
        run("CREATE UNIQUE INDEX all_answers_by_number ON all_answers (number)")

    def learn_keys(self, keys: Iterable[tuple[int, int, int, int]]) -> None:
        """Where the texts that are written stand: number, key, key of the consultation, revision."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?)", keys)
        self._database.execute("COMMIT")

    # -- reading back ---------------------------------------------------------------------------------------------------

    def _one(self, sql: str, *parameters: Any) -> Any:
        return self._database.execute(sql, parameters).fetchone()[0]

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
