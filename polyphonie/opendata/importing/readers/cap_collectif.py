"""What does a native Cap Collectif export say? One wide table, whose rows are proposals, votes, arguments, sources, versions.

Columns are known by their names: exports differ in their order and presence, and rows may stop before the last column. The
layout's order (a proposal, then what belongs to it) is used only where the column that names the proposal is absent.
"""

from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from polyphonie.opendata.importing.readers import cells
from polyphonie.opendata.importing.readers.rows import LeftRow, RefusedRow, Row, SourceAuthor, SourceText, SourceVote
from polyphonie.opendata.importing.reading import SourceRefused, Table, opened

NAME = "cap-collectif"

POSITIONS = {"YES": 1, "MITIGE": 0, "NO": -1}
SIDES = {"FOR": "for", "AGAINST": "against"}
KINDS = {
    "opinion": "proposal",
    "opinionVersion": "completion",
    "version": "completion",
    "argument": "argument",
    "source": "source",
}
NOT_TAKEN_OVER = frozenset({"reporting"})
"""Flags are moderation's files, not public texts."""

_EXPORT = frozenset({"type", "contributions_id"})
_VOTES = ("vote_id", "contribution_id", "votant_id", "valeur", "cree_le")
_AUTHORS = ("csv_author_id", "nom_affiche")

_PREFIX = {
    "opinion": "contributions_",
    "vote": "contributions_votes_",
    "argument": "contributions_arguments_",
    "source": "contributions_sources_",
    "version": "contribution_versions_",
}
_VOTE = ("id", "related_id", "author_id", "value", "createdAt")
_COLUMNS = {
    "opinion": (
        "id", "author_id", "author_name", "consultation_title", "section_title", "title", "bodyText", "body", "createdAt", "url",
        "published", "trashed", "votesCount", "votesCountOk", "votesCountMitige", "votesCountNok", "argumentsCountFor",
        "argumentsCountAgainst", "sourcesCount", "versionsCount",
    ),
    "argument": (
        "id", "related_id", "related_kind", "author_id", "author_name", "type", "body", "createdAt", "url", "published",
        "trashed", "votesCount",
    ),
    "source": (
        "id", "related_id", "related_kind", "author_id", "author_name", "title", "link", "body", "createdAt", "published",
        "trashed", "votesCount",
    ),
    "version": (
        "id", "related_id", "author_id", "author_name", "title", "bodyText", "createdAt", "published", "trashed",
    ),
}  # fmt: skip
_COUNTERS = (
    "votesCountOk", "votesCountMitige", "votesCountNok", "argumentsCountFor", "argumentsCountAgainst", "sourcesCount",
    "versionsCount",
)  # fmt: skip

Cells = dict[str, str]


def chosen(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """Of the files of a folder, those to read in order (the export, votes apart, authors' names), and those left aside."""
    if len(paths) == 1:
        return paths, []
    ranks: dict[Path, int] = {}
    for path in paths:
        rank = _rank(path)
        if rank is not None:
            ranks[path] = rank
    if 0 not in ranks.values():
        raise SourceRefused(_("No file of this folder is a Cap Collectif export."))
    taken = sorted(ranks, key=lambda path: (ranks[path], path.name))
    return taken, [path for path in paths if path not in ranks]


def _rank(path: Path) -> int | None:
    if ".csv" not in path.suffixes:
        return None
    try:
        with opened(path) as text:
            header = set(Table(text, path.name).header)
    except SourceRefused:
        return None
    for rank, columns in enumerate((_EXPORT, _VOTES, _AUTHORS)):
        if header.issuperset(columns):
            return rank
    return None


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row as it stands, with its line: for the file of refused rows."""
    with opened(path) as text:
        yield from Table(text, path.name)


def read(path: Path) -> Iterator[Row]:
    """The rows of one file; raises SourceRefused when it is no Cap Collectif export."""
    with opened(path) as text:
        table = Table(text, path.name)
        columns = set(table.header)
        if columns.issuperset(_EXPORT):
            yield from _Export(table).rows()
        elif columns.issuperset(_VOTES):
            yield from _apart(table, _VOTES, _vote)
        elif columns.issuperset(_AUTHORS):
            yield from _apart(table, _AUTHORS, _author)
        else:
            missing = sorted(_EXPORT - columns)[0]
            raise SourceRefused(
                _("%(name)s is not a Cap Collectif export: its first line has no column “%(column)s”.")
                % {"name": path.name, "column": missing}
            )


class _Export:
    """One export being read: where each column is, and the last proposal seen."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._header = table.header
        self._width = len(table.header)
        self._last_proposal = ""
        self._vote_cells = self._getter("vote", _VOTE)
        self._vote = _vote if self._has("vote", "related_id") else self._vote_on_last_proposal
        self._builders: dict[str, Callable[[int, Cells], SourceText]] = {
            "opinion": self._proposal,
            "argument": self._argument,
            "source": self._source,
            "version": self._version,
        }
        self._cells = {kind: self._getter(kind, names) for kind, names in _COLUMNS.items()}

    def _has(self, kind: str, name: str) -> bool:
        return _PREFIX[kind] + name in self._header

    def _getter(self, kind: str, names: tuple[str, ...]) -> Callable[[list[str]], tuple[str, ...]]:
        """A getter of these columns; one that is absent reads the empty cell added after the last."""
        positions = {name: index for index, name in enumerate(self._header)}
        return itemgetter(*(positions.get(_PREFIX[kind] + name, self._width) for name in names))

    def rows(self) -> Iterator[Row]:
        width, vote_cells = self._width, self._vote_cells
        kind_at = self._header.index("type")
        padding = [[""] * count for count in range(width + 2)]
        for line, record in self._table:
            if len(record) > width:
                yield _too_wide(line, record, width)
                continue
            record.extend(padding[width + 1 - len(record)])
            kind = record[kind_at]
            try:
                if kind == "vote":
                    yield self._vote(line, vote_cells(record))
                elif kind in self._builders:
                    yield self._builders[kind](line, dict(zip(_COLUMNS[kind], self._cells[kind](record), strict=True)))
                elif kind in NOT_TAKEN_OVER:
                    yield LeftRow(line, kind)
                else:
                    yield RefusedRow(line, _("“%(kind)s” is not a kind of row that is known.") % {"kind": kind[:40]})
            except cells.CellRefused as error:
                yield RefusedRow(line, str(error))

    def _vote_on_last_proposal(self, line: int, read: tuple[str, ...]) -> SourceVote:
        return _vote(line, (read[0], self._last_proposal, *read[2:]))

    def _proposal(self, line: int, read: Cells) -> SourceText:
        self._last_proposal = cells.identifier(read["id"])
        return SourceText(
            **self._common("opinion", line, read),
            title=cells.present(cells.title(read["title"]), gettext_noop("the title is missing.")),
            body=cells.body(read["body"] or read["bodyText"]),
            consultation=cells.within(cells.title(read["consultation_title"]), 250, gettext_noop("the title")),
            section=cells.title(read["section_title"]),
            origin_address=cells.web_address(read["url"], cells.LONGEST_ORIGIN),
            declared_votes=cells.count(read["votesCount"]),
            declared=tuple(cells.count(read[name]) for name in _COUNTERS),
        )

    def _argument(self, line: int, read: Cells) -> SourceText:
        if read["type"] not in SIDES:
            raise cells.CellRefused(_("“%(side)s” is neither FOR nor AGAINST.") % {"side": read["type"][:40]})
        return SourceText(
            **self._common("argument", line, read),
            body=cells.present(cells.body(read["body"]), gettext_noop("the text is missing.")),
            about_kind=_kind(read["related_kind"]),
            about_id=self._about("argument", read),
            side=SIDES[read["type"]],
            origin_address=cells.web_address(read["url"], cells.LONGEST_ORIGIN),
            declared_votes=cells.count(read["votesCount"]),
        )

    def _source(self, line: int, read: Cells) -> SourceText:
        return SourceText(
            **self._common("source", line, read),
            title=cells.title(read["title"]),
            body=cells.body(read["body"]),
            about_kind=_kind(read["related_kind"]),
            about_id=self._about("source", read),
            url=cells.web_address(read["link"]),
            declared_votes=cells.count(read["votesCount"]),
        )

    def _version(self, line: int, read: Cells) -> SourceText:
        return SourceText(
            **self._common("version", line, read),
            title=cells.present(cells.title(read["title"]), gettext_noop("the title is missing.")),
            body=cells.body(read["bodyText"]),
            about_kind="proposal",
            about_id=self._about("version", read),
        )

    def _common(self, kind: str, line: int, read: Cells) -> dict[str, Any]:
        """What every text says: its kind, identifier, date, author, and whether it was shown."""
        if self._has(kind, "published") and not cells.yes(read["published"]):
            raise cells.CellRefused(_("it was not published on the source platform."))
        return {
            "line": line,
            "kind": KINDS[kind],
            "source_id": cells.identifier(read["id"]),
            "at": cells.instant(read["createdAt"]),
            "author_id": read["author_id"],
            "author_name": cells.name(read["author_name"]),
            "is_hidden": cells.yes(read["trashed"]),
        }

    def _about(self, kind: str, read: Cells) -> str:
        return cells.identifier(read["related_id"] if self._has(kind, "related_id") else self._last_proposal)


def _vote(line: int, read: tuple[str, ...]) -> SourceVote:
    vote_id, target, voter, value, created = read
    position = POSITIONS.get(value)
    if position is None:
        raise cells.CellRefused(_("“%(value)s” is not a position that is known.") % {"value": value[:40]})
    if not target or not voter:
        raise cells.CellRefused(_("the text or the voter is missing."))
    return SourceVote(line, target, voter, position, vote_id, cells.instant(created) if created else 0)


def _too_wide(line: int, record: list[str], width: int) -> RefusedRow:
    return RefusedRow(line, _("it has %(cells)d cells for %(columns)d columns.") % {"cells": len(record), "columns": width})


def _author(line: int, read: tuple[str, ...]) -> Row:
    author_id, name = read
    return SourceAuthor(line, author_id, cells.name(name)) if author_id else LeftRow(line, "author")


def _apart(table: Table, names: tuple[str, ...], build: Callable[[int, tuple[str, ...]], Row]) -> Iterator[Row]:
    """The rows of a table whose columns are all needed."""
    width = len(table.header)
    cells_of = itemgetter(*(table.header.index(name) for name in names))
    for line, record in table:
        if len(record) != width:
            yield _too_wide(line, record, width)
            continue
        try:
            yield build(line, cells_of(record))
        except cells.CellRefused as error:
            yield RefusedRow(line, str(error))


def _kind(source_kind: str) -> str:
    if not source_kind:
        return ""
    if source_kind not in KINDS:
        raise cells.CellRefused(_("“%(kind)s” is not a kind of text that is known.") % {"kind": source_kind[:40]})
    return KINDS[source_kind]
