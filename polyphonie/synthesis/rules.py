"""When may a synthesis be read for, written, changed? Each refusal says why."""

from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.core.printing import last_minute
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import ColumnKind, Statement, Synthesis


def desk_refusal(consultation: Consultation, *, is_copy: bool = False) -> str | None:
    """The desk opens with the consultation, and stays open after it; only publication waits for the closing."""
    if is_copy:
        return _("This concertation is a copy: its synthesis is written on the site where it takes place.")
    if consultation.state in (Consultation.State.OPEN, Consultation.State.CLOSED):
        return None
    if consultation.state == Consultation.State.ANNOUNCED and consultation.opens_at is not None:
        return _("The desk opens with the consultation, on %(moment)s.") % {"moment": _begins(consultation.opens_at)}
    return _("The desk opens with the consultation, which has no date yet.")


def _begins(instant: datetime) -> str:
    return last_minute(instant)


def writing_refusal(state: str) -> str | None:
    """A final synthesis does not change any more."""
    if state == Synthesis.State.FINAL:
        return _("This synthesis is final: it does not change any more.")
    return None


def place_refusal(column: str, position: str) -> str | None:
    """A statement stands in one of the four columns; only a controversy has two positions."""
    if column not in ColumnKind.values:
        return _("Choose the column in which this statement stands.")
    if position and (column != ColumnKind.CONTROVERSY or position not in Statement.Position.values):
        return _("Only a controversy has a position A and a position B.")
    return None


def empty_refusal(text: str) -> str | None:
    if not text.strip():
        return _("Write the statement first: an empty one says nothing.")
    return None


def reason_refusal(reason: str) -> str | None:
    """What is published says why, in words."""
    if len(reason.strip()) < 3:
        return _("Give the reason in a few words: it is published.")
    return None
