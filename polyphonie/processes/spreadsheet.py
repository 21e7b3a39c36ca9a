"""What do rows pasted from a spreadsheet say? Themes and consultations, read line by line, each mistake with its line."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from polyphonie.core.plaintext import cleaned

COLUMNS = ("theme", "title", "question", "presentation", "opens_on", "closes_on")
NAMES = {
    "thème": "theme", "theme": "theme", "titre": "title", "title": "title", "consultation": "title",
    "question": "question", "questions": "question", "présentation": "presentation", "presentation": "presentation",
    "ouverture": "opens_on", "ouvre le": "opens_on", "opens_on": "opens_on",
    "fermeture": "closes_on", "dernier jour": "closes_on", "ferme le": "closes_on", "closes_on": "closes_on",
}  # fmt: skip
MOST_ROWS = 300
LENGTHS = {"theme": 200, "title": 250, "question": 2_000, "presentation": 20_000}
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y")


@dataclass(frozen=True, kw_only=True)
class ReadRow:
    """A line of a paste; `problem` says why it cannot be taken."""

    line: int
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class PastedRow(ReadRow):
    """One consultation to be."""

    theme: str
    title: str
    question: str
    presentation: str
    opens_on: date | None
    closes_on: date | None


def pasted_rows(text: str) -> list[PastedRow]:
    """The rows of a paste, tabs, semicolons or commas between cells, with or without a first line of headings."""
    lines = list(csv.reader(io.StringIO(text.strip("\n")), delimiter=_delimiter(text)))
    if not lines:
        return []
    headings = _headings(lines[0])
    columns = headings or dict(enumerate(COLUMNS))
    begun = 1 if headings else 0
    return [
        _row(number, {columns[place]: cell for place, cell in enumerate(cells) if place in columns})
        for number, cells in enumerate(lines[begun:], start=begun + 1)
        if any(cell.strip() for cell in cells)
    ]


def paste_refusal(rows: Sequence[ReadRow], *, most: int = MOST_ROWS) -> str | None:
    """Whether these rows can be taken as a whole: none is wrong, and there are not too many."""
    if not rows:
        return _("Nothing to read: paste at least one row.")
    if len(rows) > most:
        return _("%(count)s rows, at most %(most)s at a time.") % {"count": len(rows), "most": most}
    wrong = [row for row in rows if row.problem]
    if wrong:
        return _("Line %(line)s: %(problem)s") % {"line": wrong[0].line, "problem": wrong[0].problem}
    return None


def _delimiter(text: str) -> str:
    first = text.strip("\n").split("\n", 1)[0]
    return max("\t;,", key=lambda sign: (first.count(sign), sign == "\t")) if any(sign in first for sign in "\t;,") else "\t"


def _headings(cells: list[str]) -> dict[int, str]:
    names = {place: NAMES[word] for place, cell in enumerate(cells) if (word := cell.strip().casefold()) in NAMES}
    return names if "title" in names.values() else {}


def _row(number: int, cells: Mapping[str, str]) -> PastedRow:
    texts = {name: cleaned(cells.get(name, "")) for name in LENGTHS}
    texts["title"], texts["theme"] = (" ".join(texts[name].split()) for name in ("title", "theme"))
    days = {name: cells.get(name, "").strip() for name in ("opens_on", "closes_on")}
    read = {name: _day(value) for name, value in days.items()}
    return PastedRow(line=number, **texts, **read, problem=_problem(texts, days, read))  # type: ignore[arg-type]  # the columns are read under the names of the fields


def _problem(texts: Mapping[str, str], days: Mapping[str, str], read: Mapping[str, date | None]) -> str:
    if not texts["title"]:
        return _("the title is empty.")
    for name, most in LENGTHS.items():
        if len(texts[name]) > most:
            return _("%(count)s characters in a cell, at most %(most)s.") % {"count": len(texts[name]), "most": most}
    for name, written in days.items():
        if written and read[name] is None:
            return _("“%(day)s” is not a day: write 31/10/2027.") % {"day": written}
    opens_on, closes_on = read["opens_on"], read["closes_on"]
    if (opens_on is None) != (closes_on is None):
        return _("give both days, or neither.")
    if opens_on is not None and closes_on is not None and closes_on < opens_on:
        return _("the last day comes before the day it opens.")
    return ""


def _day(text: str) -> date | None:
    for form in DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day of the calendar)
        except ValueError:
            continue
    return None
