"""What do pasted rows bring from the public debate? Title, text, source, each line read apart, each mistake with its line."""

import csv
import io
from dataclasses import dataclass

from django.utils.translation import gettext as _

from polyphonie.contributions.models import Kind
from polyphonie.contributions.rules import address_refusal, text_refusal
from polyphonie.core.plaintext import cleaned
from polyphonie.processes.models import Consultation
from polyphonie.processes.spreadsheet import ReadRow, paste_refusal

MOST_ROWS = 200
SOURCE_LENGTH, ADDRESS_LENGTH = 300, 500
HEADINGS = frozenset({"titre", "title"})
NATURES = {"diagnostic": "diagnosis", "diagnosis": "diagnosis", "solution": "solution"}


@dataclass(frozen=True, kw_only=True)
class SeededRow(ReadRow):
    """One proposal already in the public debate."""

    title: str
    body: str
    source: str
    nature: str = ""

    @property
    def address(self) -> str:
        """The source as a link, when it is one."""
        return self.source if self.source.startswith(("https://", "http://")) else ""


def seeded_rows(text: str, *, asks_nature: bool) -> list[SeededRow]:
    """The rows of a paste: `title | text | source`, or cells of a spreadsheet; a fourth cell says diagnosis or solution where
    the consultation tells them apart (solution if empty)."""
    lines = list(csv.reader(io.StringIO(text.strip("\n")), delimiter=_delimiter(text)))
    return [
        _row(number, [cell.strip() for cell in cells], asks_nature=asks_nature)
        for number, cells in enumerate(lines, start=1)
        if any(cell.strip() for cell in cells) and not (number == 1 and cells[0].strip().casefold() in HEADINGS)
    ]


def seeding_refusal(consultation: Consultation, rows: list[SeededRow]) -> str | None:
    """Whether these rows may be entered: once the rules are public, before anyone else can write, each with its source."""
    if consultation.state != Consultation.State.ANNOUNCED:
        return _("Proposals from the public debate are entered between the announcement and the opening.")
    return paste_refusal(rows, most=MOST_ROWS)


def _delimiter(text: str) -> str:
    first = text.strip("\n").split("\n", 1)[0]
    return max("|\t;", key=first.count)


def _row(number: int, cells: list[str], *, asks_nature: bool) -> SeededRow:
    title, body, source, nature = (cleaned(cell) for cell in [*cells, "", "", "", ""][:4])
    title, known = " ".join(title.split()), NATURES.get(nature.casefold(), "")
    kept = (known or ("" if nature else "solution")) if asks_nature else ""
    problem = _problem(title, body, source)
    if not problem and (len(cells) > 4 or (asks_nature and not kept)):
        problem = _("too many cells, or a nature that is neither diagnosis nor solution.")
    return SeededRow(line=number, title=title, body=body, source=source, nature=kept, problem=problem)


def _problem(title: str, body: str, source: str) -> str:
    refusal = text_refusal(Kind.PROPOSAL, title=title, body=body)
    if refusal:
        return refusal
    if not source:
        return _("say where it comes from: a source is required.")
    if len(source) > SOURCE_LENGTH:
        return _("the source is too long: at most %(most)s characters.") % {"most": SOURCE_LENGTH}
    if source.startswith(("https://", "http://")):
        return address_refusal(source) or ""
    return ""
