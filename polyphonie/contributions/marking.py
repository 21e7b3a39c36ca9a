"""How does one see what changed between two texts? Added words underlined, removed words struck, said aloud too."""

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from polyphonie.core.templating import typographic
from polyphonie.opinion.texts.worddiff import Piece, word_diff

LONGEST_KEPT = 600
"""Characters of unchanged text shown around a change before the middle is left out."""

ADDED = Markup('<ins><span class="visually-hidden">{said} </span>{text}</ins>')
REMOVED = Markup('<del><span class="visually-hidden">{said} </span>{text}</del>')


def marked_changes(old: str, new: str) -> Markup:
    """The later text with what it added and removed, as HTML; long unchanged passages are shortened around the changes."""
    pieces = word_diff(old, new)
    last = len(pieces) - 1
    return Markup("").join(_marked(piece, is_first=rank == 0, is_last=rank == last) for rank, piece in enumerate(pieces))


def _marked(piece: Piece, *, is_first: bool, is_last: bool) -> Markup:
    if piece.kind == "same":
        return _lines(_shortened(piece.text, is_first=is_first, is_last=is_last))
    if piece.kind == "added":
        return ADDED.format(said=typographic(_("added:")), text=_lines(piece.text))
    return REMOVED.format(said=typographic(_("removed:")), text=_lines(piece.text))


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= LONGEST_KEPT or (is_first and is_last):
        return text
    half = LONGEST_KEPT // 2
    head = "" if is_first else text[:half].rsplit(" ", 1)[0]
    tail = "" if is_last else text[-half:].split(" ", 1)[-1]
    return f"{head} […] {tail}"


def _lines(text: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in text.split("\n"))
