"""What does the list of a consultation print of each text? Its card, kept under all that it shows, with a slot for a form."""

from collections.abc import Callable, Sequence
from functools import cache

from django.template.loader import get_template
from jinja2.runtime import Macro
from markupsafe import Markup

from polyphonie.consultation.queries.lists import in_order
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.queries import Face, face_of
from polyphonie.core.serving.keeping import Key, already, keep
from polyphonie.processes.models import Consultation

SLOT = "<!--form-->"
"""Where a person's own form stands in a card: what people write is escaped, no text can hold it."""


def cards_of(
    faces: Sequence[Face], consultation: Consultation, *, is_open: bool, sees: Callable[[Face], bool]
) -> dict[int, Markup]:
    """The cards of these texts by number; `sees` says whether its reader sees the tally of a text. Those that are not kept are
    read and made, in one query."""

    def key(face: Face) -> Key:
        return ("card", face, consultation.process.slug, is_open, sees(face))

    cards = {face.number: card for face in faces if (card := already(key(face))) is not None}
    for text in in_order([face.pk for face in faces if face.number not in cards]):
        if text.is_visible:
            face = face_of(text)  # as it is now: it may have changed since its face was read
            cards[text.number] = keep(key(face), _made(text, consultation, is_open=is_open, sees=sees(face)))
    return cards


def with_form(card: Markup, form: str = "") -> Markup:
    """The card with this form in its slot; without one, the card alone."""
    before, _slot, after = card.partition(SLOT)
    return Markup(f"{before}{form}{after}")  # noqa: S704  (both were rendered by templates)


def _made(text: Contribution, consultation: Consultation, *, is_open: bool, sees: bool) -> Markup:
    return Markup(_macro()(text, consultation.process.slug, is_open, sees))  # noqa: S704  (a macro’s own output, escaped there)


@cache
def _macro() -> Macro:
    macro: Macro = get_template("consultation/card.html").template.module.card  # type: ignore[attr-defined]  # a macro of the template
    return macro
