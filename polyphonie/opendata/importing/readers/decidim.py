"""What do Decidim's exports say? Proposals, debates and comments as tables, or the JSON lines of decidim.barcelona.

Supports have no rows: they are declared counts. A comment for or against a proposal is an argument; a neutral comment and a
reply to a comment have no like here: they are counted, and left. Its tables write an apostrophe before what a spreadsheet would
run: it is taken away.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from polyphonie.core.spreadsheet import exact, inert
from polyphonie.opendata.importing.readers import cells
from polyphonie.opendata.importing.readers.rows import LeftRow, RefusedRow, Row, SourceText
from polyphonie.opendata.importing.reading import SourceRefused, Table, json_lines, opened

NAME = "decidim"
DEBATES = "Débats"
LANGUAGES = ("", "/fr", "/en")
HIDDEN_STATES = frozenset({"withdrawn"})
PROTECTED = re.compile("'[=+@-]")
"""How Decidim writes a cell that begins like a formula."""
SIDES = {"1": "for", "-1": "against"}

Cells = dict[str, str]


def chosen(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """Of the files of a folder, those to read (texts before comments), and those left aside."""
    if len(paths) == 1:
        return paths, []
    ranks: dict[Path, int] = {}
    for path in paths:
        kind = _kind_of(path)
        if kind:
            ranks[path] = 1 if kind == "comments" else 0
    if not ranks:
        raise SourceRefused(_("No file of this folder is a Decidim export."))
    return sorted(ranks, key=lambda path: (ranks[path], path.name)), [path for path in paths if path not in ranks]


def _is_lines(path: Path) -> bool:
    return ".jsonl" in path.suffixes


def _kind_of(path: Path) -> str:
    try:
        with opened(path) as text:
            if _is_lines(path):
                first = next(json_lines(text, path.name), (0, None))[1]
                return _kind_of_line(first)
            return _kind_of_table(Table(text, path.name).header) if ".csv" in path.suffixes else ""
    except SourceRefused:
        return ""


def _kind_of_line(value: Any) -> str:
    if isinstance(value, dict):
        for kind in ("proposal", "comments"):
            if kind in value:
                return kind
    return ""


def _kind_of_table(header: list[str]) -> str:
    columns = set(header)
    if {"id", "body", "alignment", "commentable_id"} <= columns:
        return "comments"
    if "id" not in columns or not any(name.split("/")[0] == "title" for name in header):
        return ""
    if any(name.split("/")[0] == "body" for name in header):
        return "proposal"
    return "debate" if any(name.split("/")[0] == "description" for name in header) else ""


def records(path: Path) -> Iterator[tuple[int, Any]]:
    """Each row as it stands, with its line: for the file of refused rows."""
    with opened(path) as text:
        yield from json_lines(text, path.name) if _is_lines(path) else Table(text, path.name)


def read(path: Path) -> Iterator[Row]:
    """The rows of one file; raises SourceRefused when it is no Decidim export."""
    with opened(path) as text:
        if _is_lines(path):
            for line, value in json_lines(text, path.name):
                yield from _line(line, value)
            return
        table = Table(text, path.name)
        kind = _kind_of_table(table.header)
        if not kind:
            raise SourceRefused(
                _("%(name)s is not a Decidim export: it has no columns of proposals, debates or comments.") % {"name": path.name}
            )
        build = {"proposal": _proposal, "debate": _debate, "comments": _comment}[kind]
        width = len(table.header)
        for line, record in table:
            if len(record) != width:
                words = {"cells": len(record), "columns": width}
                yield RefusedRow(line, _("it has %(cells)d cells for %(columns)d columns.") % words)
                continue
            try:
                yield build(line, dict(zip(table.header, map(unprotected, record), strict=True)))
            except cells.CellRefused as error:
                yield RefusedRow(line, str(error))


def unprotected(cell: str) -> str:
    """The words of a cell: as our own export protects them, at several places, or as Decidim does, at the first one only."""
    words = exact(cell)
    if words != cell and inert(words) == cell:
        return words
    return cell[1:] if PROTECTED.match(cell) else cell


def _said(read: Cells, name: str) -> str:
    """A cell that may stand in several languages: the one without a language, else French, English, then any."""
    for language in LANGUAGES:
        if read.get(name + language):
            return read[name + language]
    return next((cell for column, cell in read.items() if column.startswith(f"{name}/") and cell), "")


def _proposal(line: int, read: Cells) -> Row:
    return SourceText(
        line=line,
        kind="proposal",
        source_id=cells.identifier(read["id"]),
        at=cells.instant(read.get("created_at") or read.get("published_at", "")),
        title=_titled(_said(read, "title")),
        body=cells.body(_said(read, "body")),
        section=cells.title(_said(read, "category/name")),
        author_id=read.get("author/id", ""),
        author_name=cells.name(read.get("author/name", "")),
        origin_address=cells.web_address(read.get("url", ""), cells.LONGEST_ORIGIN),
        is_hidden=read.get("state", "") in HIDDEN_STATES,
        declared_votes=cells.count(read.get("votes") or read.get("supports", "")),
        declared_comments=cells.count(read.get("comments", "")),
    )


def _debate(line: int, read: Cells) -> Row:
    return SourceText(
        line=line,
        kind="proposal",
        source_id=f"debate/{cells.identifier(read['id'])}",
        at=cells.instant(read.get("created_at", "")),
        title=_titled(_said(read, "title")),
        body=cells.body(_said(read, "description"), is_html=True),
        consultation=DEBATES,
        author_id=read.get("author_id", "") or read.get("author/id", ""),
        author_name=cells.name(read.get("author/name", "")),
        origin_address=cells.web_address(read.get("url", ""), cells.LONGEST_ORIGIN),
        declared_comments=cells.count(read.get("comments", "")),
    )


def _comment(line: int, read: Cells) -> Row:
    if read["commentable_id"] and not read.get("commentable_type", "Proposal").endswith("Proposal"):
        return LeftRow(line, "reply")
    if read["alignment"] in ("", "0"):
        return LeftRow(line, "neutral comment")
    return SourceText(
        line=line,
        kind="argument",
        source_id=cells.identifier(read["id"]),
        at=cells.instant(read.get("created_at", "")),
        body=_worded(cells.body(read["body"])),
        about_kind="proposal",
        about_id=cells.identifier(read["commentable_id"]),
        side=_side(read["alignment"]),
        author_id=read.get("author/id", ""),
        author_name=cells.name(read.get("author/name", "")),
    )


def _line(line: int, value: Any) -> Iterator[Row]:
    """A line of decidim.barcelona: one proposal, or a page of comments."""
    kind = _kind_of_line(value)
    found = [value["proposal"]] if kind == "proposal" else value["comments"] if kind else None
    if not isinstance(found, list):
        yield RefusedRow(line, _("it is neither a proposal nor a page of comments."))
        return
    for one in found:
        try:
            read = _Object(one)
            yield _proposal_of(line, read) if kind == "proposal" else _comment_of(line, read)
        except cells.CellRefused as error:
            yield RefusedRow(line, str(error))


class _Object:
    """A JSON object whose values are asked by name and type. Raises CellRefused."""

    def __init__(self, value: Any) -> None:
        if not isinstance(value, dict):
            raise cells.CellRefused(_("it is not an object."))
        self._value = value

    def text(self, name: str) -> str:
        found = self._value.get(name)
        if found is None or isinstance(found, bool):
            return ""
        if isinstance(found, int) and abs(found) < cells.LARGEST_COUNT:
            return str(found)
        if not isinstance(found, str):
            raise cells.CellRefused(_("“%(name)s” is not a text.") % {"name": name})
        if "\x00" in found:
            raise cells.CellRefused(_("“%(name)s” holds a null character.") % {"name": name})
        return found.encode("utf-8", "replace").decode()

    def inside(self, name: str) -> "_Object":
        found = self._value.get(name)
        return _Object({} if found is None else found)

    def is_true(self, name: str) -> bool:
        return self._value.get(name) is True


def _proposal_of(line: int, read: _Object) -> Row:
    author = read.inside("author")
    section = [part for part in (read.inside("category").text("name"), read.inside("subcategory").text("name")) if part.strip()]
    return SourceText(
        line=line,
        kind="proposal",
        source_id=cells.identifier(read.text("id")),
        at=cells.instant(read.text("created_at")),
        title=_titled(read.text("title")),
        body=cells.body(read.text("summary")),
        section=cells.title(" : ".join(part.strip() for part in section)),
        author_id=author.text("id"),
        author_name=cells.name(author.text("name")),
        origin_address=cells.web_address(read.text("url"), cells.LONGEST_ORIGIN),
        is_hidden=read.is_true("hidden"),
        declared_votes=cells.count(read.text("total_votes")),
        declared=(
            None, None, None, cells.count(read.text("total_positive_comments")),
            cells.count(read.text("total_negative_comments")), None, None,
        ),
    )  # fmt: skip


def _comment_of(line: int, read: _Object) -> Row:
    if read.text("ancestry"):
        return LeftRow(line, "reply")
    if read.text("alignment") in ("", "0"):
        return LeftRow(line, "neutral comment")
    if read.text("commentable_type") != "Proposal":
        raise cells.CellRefused(_("it comments something else than a proposal."))
    author = read.inside("author")
    return SourceText(
        line=line,
        kind="argument",
        source_id=cells.identifier(read.text("id")),
        at=cells.instant(read.text("created_at")),
        body=_worded(cells.body(read.text("body"))),
        about_kind="proposal",
        about_id=cells.identifier(read.text("commentable_id")),
        side=_side(read.text("alignment")),
        author_id="" if author.is_true("erased") else author.text("id"),
        author_name="" if author.is_true("erased") else cells.name(author.text("name")),
        is_hidden=read.is_true("hidden"),
        declared_votes=cells.count(read.text("total_votes")),
    )


def _side(alignment: str) -> str:
    if alignment not in SIDES:
        raise cells.CellRefused(_("“%(side)s” is neither 1, 0 nor -1.") % {"side": alignment[:40]})
    return SIDES[alignment]


def _titled(text: str) -> str:
    return cells.present(cells.title(text), gettext_noop("the title is missing."))


def _worded(text: str) -> str:
    return cells.present(text, gettext_noop("the text is missing."))
