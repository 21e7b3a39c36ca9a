"""How is a synthesis or a reading book written as one document that holds all it shows? The same for a file and for its PDF."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from polyphonie.contributions.models import Kind, Side
from polyphonie.core.addresses import absolute, register_address, synthesis_address
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.sealing import latest_checkpoint
from polyphonie.processes.models import Consultation, Process
from polyphonie.synthesis.content import columns_of, content_of
from polyphonie.synthesis.models import Synthesis, SynthesisVersion
from polyphonie.synthesis.queries.book import Chapter, Filled, Indexed, filled, general_index, index_of
from polyphonie.synthesis.queries.desk import synthesis_now
from polyphonie.synthesis.queries.published import Drawn, Reading, reader_in_words, uncited_of
from polyphonie.synthesis.quoting import Voice
from polyphonie.synthesis.rules import CHECKLIST

FONTS = {"normal": "core/fonts/atkinson-next.woff2", "italic": "core/fonts/atkinson-next-italic.woff2"}
STYLE, BOOK_STYLE = "synthesis/paper.css", "synthesis/book.css"


def checkpoint_of(process: Process) -> str:
    """The latest checkpoint of the register, as it is signed; empty before the first."""
    last = latest_checkpoint(process.log)
    return "" if last is None else last.note


@dataclass(frozen=True)
class Book:
    """A volume of the reading book, ready to be printed."""

    consultation: Consultation
    number: int
    labels: Sequence[Sequence[str]]
    chapters: Sequence[Filled]
    index: Sequence[Indexed]
    general: Sequence[str]
    printed_at: datetime
    checkpoint: str
    volume_addresses: Sequence[str] = ()

    @property
    def process(self) -> Process:
        return self.consultation.process

    @property
    def volumes(self) -> int:
        return len(self.labels)

    @property
    def proposals(self) -> int:
        return sum(len(chapter.texts) for chapter in self.chapters)

    @property
    def texts(self) -> int:
        return len(self.index)

    @property
    def kinds(self) -> dict[str, str]:
        """The words of the index for what is said about a proposal."""
        sides = {Side.FOR.value: _("for"), Side.AGAINST.value: _("against")}
        kinds = {Kind.ARGUMENT.value: _("argument"), Kind.SOURCE.value: _("source"), Kind.COMPLETION.value: _("completion")}
        return sides | kinds

    @property
    def register_address(self) -> str:
        return absolute(register_address(self.process.slug))


def book_of(
    consultation: Consultation, volumes: Sequence[Sequence[Chapter]], number: int, *, now: datetime, addresses: Sequence[str] = ()
) -> Book:
    """The volume of this number, from 1; the last of several also says which volume holds which number."""
    chapters = filled(consultation, volumes[number - 1]) if volumes else []
    is_last = number == len(volumes) > 1
    return Book(
        consultation,
        number,
        [[chapter.label for chapter in volume] for volume in volumes],
        chapters,
        index_of(chapters),
        general_index(consultation, volumes) if is_last else (),
        now,
        checkpoint_of(consultation.process),
        addresses,
    )


def book_document(book: Book) -> str:
    """The volume as one document."""
    title = _("Reading book: %(title)s") % {"title": book.consultation.title}
    if book.volumes > 1:
        title += ", " + _("volume %(number)s") % {"number": book.number}
    return _document("synthesis/paper/book_document.html", "book", book.process, title, title, book=book, more=(BOOK_STYLE,))


def draft_of(consultation: Consultation) -> Drawn:
    """The draft as it stands now, even where nothing is written yet."""
    synthesis = synthesis_now(consultation)
    if synthesis.pk is not None:
        return Drawn(consultation.process, content_of(synthesis))
    frame = {"title": consultation.title, "introduction": "", "columns": columns_of(synthesis)}
    return Drawn(consultation.process, {**frame, "topics": [], "statements": [], "uncited": []})


@dataclass(frozen=True)
class Written:
    """A synthesis ready to be printed: a published version, or the draft as it stands (`version` is none)."""

    drawn: Drawn
    printed_at: datetime
    checkpoint: str

    @property
    def version(self) -> SynthesisVersion | None:
        return self.drawn.version if isinstance(self.drawn, Reading) else None

    @property
    def is_final(self) -> bool:
        """Whether it is the last word: nothing follows it."""
        if not isinstance(self.drawn, Reading):
            return False
        return self.drawn.synthesis.state == Synthesis.State.FINAL and self.drawn.version.number == self.drawn.numbers[-1]

    @property
    def reader(self) -> str:
        review = self.drawn.review if isinstance(self.drawn, Reading) else None
        return "" if review is None else reader_in_words(review)

    @property
    def checklist(self) -> list[tuple[str, bool]]:
        """The questions of the second reader, with their answers."""
        review = self.drawn.review if isinstance(self.drawn, Reading) else None
        return [] if review is None else [(str(CHECKLIST[key]), bool(review.checklist[key])) for key in CHECKLIST]

    @property
    def fingerprint(self) -> str:
        return "" if self.version is None else b64(bytes(self.version.content_hash))

    @property
    def address(self) -> str:
        """Where this very version stays."""
        if not isinstance(self.drawn, Reading):
            return ""
        here = synthesis_address(self.drawn.process.slug, self.drawn.consultation.slug)
        return absolute(f"{here}versions/{self.drawn.version.number}/")

    @property
    def register_address(self) -> str:
        return absolute(register_address(self.drawn.process.slug))


def synthesis_document(drawn: Drawn, *, now: datetime) -> str:
    """A version, or the draft, as one document; no quotation of what is not shown."""
    paper = Written(drawn, now, checkpoint_of(drawn.process))
    title = _("Synthesis: %(title)s") % {"title": drawn.content["title"]}
    edition = _("draft") if paper.version is None else _("version %(number)s") % {"number": paper.version.number}
    shown = {
        "paper": paper,
        "coverage": {} if paper.version is None else paper.version.coverage,
        "uncited": uncited_of(drawn),
        "cited": _cited(drawn),
        "kinds": dict(Kind.choices),
        "absolute": absolute,
    }
    return _document(
        "synthesis/paper/synthesis_document.html", "synthesis", drawn.process, title, f"{title} ({edition})", **shown
    )


def _cited(drawn: Drawn) -> list[tuple[Voice, list[str]]]:
    """What it cites, in the order of the numbers, with the sentences that do."""
    found: dict[int, list[str]] = {}
    for statement in drawn.content["statements"]:
        for number in dict.fromkeys(citation["number"] for citation in statement["citations"]):
            found.setdefault(number, []).append(statement["key"])
    return [(drawn.cited.voice(number), keys) for number, keys in sorted(found.items())]


def _document(
    template: str, kind: str, process: Process, title: str, running: str, *, more: Sequence[str] = (), **shown: object
) -> str:
    frame = {"language": get_language() or "fr", "title": title, "running": running, "process": process, "kind": kind}
    return render_to_string(template, {**frame, "style": _style(STYLE, *more), **shown})


@cache
def _style(*names: str) -> Markup:
    """The fonts and styles, written out."""
    faces = "".join(
        f'@font-face{{font-family:"Atkinson Next";font-weight:200 800;font-style:{style};'
        f'src:url("data:font/woff2;base64,{base64.b64encode(_static(name)).decode()}") format("woff2")}}\n'
        for style, name in FONTS.items()
    )
    return Markup("<style>{}</style>").format(Markup(faces + "\n".join(_static(name).decode() for name in names)))  # noqa: S704  (our own files)


def _static(name: str) -> bytes:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    return Path(path).read_bytes()
