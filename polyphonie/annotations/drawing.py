"""How is a commented paragraph drawn? Its passages marked on the server, each mark followed by a link to its discussion.

The author of the text gives the paragraph as runs whose texts, end to end, are those of the block. Everything else inside the
block bears `data-apart`, so that the characters that a reader selects are counted as the server counts them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from markupsafe import Markup

from polyphonie.core.templating import typographic


@dataclass(frozen=True)
class Run:
    """A part of a block: plain words; or, with `html`, something drawn whole (a citation, a quotation) that stands for `text`."""

    text: str
    html: Markup | None = None


@dataclass(frozen=True)
class Mark:
    """The passage of a discussion: characters `[start, end)` of the block; `[0, 0)` is the whole block. `address` is where the
    discussion is read, none when it is on the page."""

    number: int
    start: int = 0
    end: int = 0
    address: str = ""


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    html: Markup


def drawn_block(runs: Sequence[Run], marks: Sequence[Mark] = ()) -> Markup:
    """The inside of a `data-block` element. Passages that overlap share one mark where they do."""
    spans = sorted((mark for mark in marks if mark.end), key=lambda mark: (mark.end, mark.start, mark.number))
    out: list[Markup] = []
    covering: frozenset[int] = frozenset()
    last_end = 0
    for piece in _pieces(runs, {edge for span in spans for edge in (span.start, span.end)}):
        ended = [span for span in spans if last_end < span.end <= piece.start]
        now = frozenset(span.number for span in spans if span.start < piece.end and span.end > piece.start)
        if covering and (now != covering or ended):
            out.append(Markup("</mark>"))
        out += [_note(span) for span in ended]
        if now and (now != covering or ended):
            out.append(Markup("<mark>"))
        out.append(piece.html)
        covering, last_end = now, piece.start
    if covering:
        out.append(Markup("</mark>"))
    out += [_note(span) for span in spans if span.end > last_end]
    out += [_note(mark) for mark in marks if not mark.end]
    return Markup("").join(out)


def _note(mark: Mark) -> Markup:
    """« 7 », as a note is called, leading to the discussion."""
    return Markup('<a class="note-call" data-apart id="passage-{0}" href="{2}" aria-label="{1}">{0}</a>').format(
        mark.number,
        typographic(_("Discussion no. %(number)s") % {"number": mark.number}),
        mark.address or f"#discussion-{mark.number}",
    )


def _pieces(runs: Sequence[Run], edges: set[int]) -> Iterator[_Piece]:
    """The runs in order, plain words cut where a passage begins or ends; what is drawn whole never is."""
    position = 0
    for run in runs:
        end = position + len(run.text)
        if run.html is not None:
            yield _Piece(position, end, Markup('<span data-text="{}">{}</span>').format(run.text, run.html))
        else:
            words = _set_in_type(run.text)
            cuts = [position, *sorted(edge for edge in edges if position < edge < end), end]
            for start, stop in pairwise(cuts):
                if stop > start:
                    yield _Piece(start, stop, Markup("{}").format(words[start - position : stop - position]))
        position = end


def _set_in_type(text: str) -> str:
    """The words with French spaces, when that moves no character."""
    words = typographic(text)
    return words if len(words) == len(text) else text
