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
from polyphonie.core.addresses import absolute, register_address
from polyphonie.ledger.sealing import latest_checkpoint
from polyphonie.processes.models import Consultation, Process
from polyphonie.synthesis.queries.book import Chapter, Filled, Indexed, filled, general_index, index_of

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
    general: Sequence[tuple[str, int]]
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
        sides = {Side.FOR.value: _("argument for"), Side.AGAINST.value: _("argument against")}
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
