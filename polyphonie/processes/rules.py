"""What may organisers do, and when? Each rule answers with a reason, or with nothing when it allows."""

import re
from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.core.addresses import RESERVED_FIRST_WORDS
from polyphonie.processes.models import Consultation

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug_refusal(slug: str) -> str | None:
    """Whether this word may be the first of a process's addresses."""
    if slug in RESERVED_FIRST_WORDS:
        return _("“%(slug)s” is a word the site keeps for itself: choose another address.") % {"slug": slug}
    if slug.isdigit() or not SLUG.fullmatch(slug):
        return _("An address is made of lower-case letters without accents, digits and hyphens, and not of digits alone.")
    return None


def announce_refusal(consultation: Consultation, *, now: datetime) -> str | None:
    """Whether the rules of a draft may be announced: it needs its two dates, the closing one still to come."""
    if consultation.state != Consultation.State.DRAFT:
        return _("This consultation has already been announced.")
    if consultation.opens_at is None or consultation.closes_at is None:
        return _("Give the day it opens and the day it closes.")
    if consultation.closes_at <= now:
        return _("Its closing day is past: choose a later one.")
    return None


def open_refusal(consultation: Consultation, *, now: datetime) -> str | None:
    """Whether it may open at this instant."""
    if consultation.state != Consultation.State.ANNOUNCED:
        return _("Only an announced consultation can open.")
    if consultation.opens_at is None or now < consultation.opens_at:
        return _("Its opening day has not come.")
    if consultation.closes_at is None or now >= consultation.closes_at:
        return _("Its closing day is past.")
    return None


def extend_refusal(consultation: Consultation, *, closes_at: datetime, reason: str, now: datetime) -> str | None:
    """Whether it may close later: later only, with a reason, and before it has closed."""
    if consultation.state not in (Consultation.State.ANNOUNCED, Consultation.State.OPEN) or consultation.closes_at is None:
        return _("Only an announced or open consultation can be extended.")
    if now >= consultation.closes_at:
        return _("It has already closed: a consultation never reopens.")
    if closes_at <= consultation.closes_at:
        return _("A closing day can only be moved later.")
    if not reason.strip():
        return _("Say why: the reason is published beside the new day.")
    return None
