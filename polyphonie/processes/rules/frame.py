"""What may organisers write, and until when? Addresses, texts that are frozen by the announcement or the opening."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from polyphonie.core.addresses import RESERVED_FIRST_WORDS
from polyphonie.processes.models import Consultation, Process, Theme

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
KEPT_WHILE_OPEN = ("who_decides", "what_becomes", "feedback_due_on", "legal_basis", "synthesis_planned", "appeal_body")
"""What the method promised at the opening: it may be worded otherwise, with a line in the journal, never emptied."""
FROZEN_BY_OPENING = ("title", "questions", "has_diagnoses", "is_under_crpa")
"""What people answer to: it cannot change under them."""

State = Consultation.State


def slug_refusal(slug: str) -> str | None:
    """Whether this word may be the first of a process's addresses."""
    if slug in RESERVED_FIRST_WORDS:
        return _("“%(slug)s” is a word the site keeps for itself: choose another address.") % {"slug": slug}
    if slug.isdecimal() or not SLUG.fullmatch(slug):
        return _("An address is made of lower-case letters without accents, digits and hyphens, and not of digits alone.")
    return None


def edit_process_refusal(process: Process, changes: Mapping[str, object], *, is_open: bool) -> str | None:
    """Whether a process may be changed so; `is_open` when one of its consultations is open."""
    if "licence" in changes and process.last_number:
        return _("People have already published under this licence: it cannot change any more.")
    if is_open and "charter" in changes:
        return _("The charter cannot change while a consultation is open.")
    if is_open and not changes.get("asks_consent", True):
        return _("A consultation is open: the consent that it asks of people stays asked.")
    if is_open and any(field in KEPT_WHILE_OPEN and not changes[field] for field in changes):
        return _("A consultation is open: what its method promised may be reworded, not removed.")
    return None


def edit_consultation_refusal(consultation: Consultation, changes: Mapping[str, object]) -> str | None:
    """Whether a consultation may be changed so: what people answer to is frozen when it opens."""
    if consultation.state in (State.OPEN, State.CLOSED) and any(field in FROZEN_BY_OPENING for field in changes):
        return _("It has opened: its title, its questions and what one may write cannot change any more.")
    if consultation.state == State.CLOSED:
        return _("It is closed: nothing in it changes any more.")
    return None


def remove_consultation_refusal(consultation: Consultation) -> str | None:
    """Whether a consultation may be removed: only a draft that holds no text."""
    if consultation.state != State.DRAFT:
        return _("It has been announced: it stays, with all that it holds.")
    if consultation.texts:
        return _("It already holds numbered texts, and a number is never reused: it stays.")
    return None


def remove_theme_refusal(theme: Theme, *, announced: int) -> str | None:
    """Whether a theme may be removed: as long as none of its consultations (`announced`) is public."""
    if announced:
        return _("“%(title)s” groups consultations that are already public: it stays.") % {"title": theme.title}
    return None


def theme_number_refusal(number: int, taken: set[int]) -> str | None:
    if number in taken:
        return _("Another theme already has the number %(number)s.") % {"number": number}
    return None
