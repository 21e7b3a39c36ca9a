"""What does each consultation wait for, in the eyes of its organisers?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from polyphonie.processes.models import Consultation, Process
from polyphonie.processes.queries.method import staff_ready
from polyphonie.processes.queries.people import deadline_of
from polyphonie.processes.rules.calendar import (
    announce_refusal,
    derogation_refusal,
    extend_refusal,
    open_refusal,
    reschedule_refusal,
    state_at,
)
from polyphonie.processes.rules.method import MethodItem, method_checklist, missing_items


@dataclass(frozen=True)
class Row:
    """A consultation on the dashboard: its state now, what one can do with it, what is missing."""

    consultation: Consultation
    state: Consultation.State
    missing: list[MethodItem]
    announce_refusal: str | None
    can_open: bool
    can_reschedule: bool
    can_extend: bool
    is_unexplained: bool
    """Its last day is past the end asked for by the referral, and nobody has said why."""


def rows_of(process: Process, *, now: datetime) -> list[Row]:
    """The consultations of a process, in their order, themes first to last."""
    consultations = process.consultations.select_related("theme", "process").order_by("theme__number", "rank", "pk")
    staff = staff_ready(process, now=now)
    deadline_on = deadline_of(process)
    return [row_of(item, method_checklist(process, item, **staff), deadline_on=deadline_on, now=now) for item in consultations]


def row_of(item: Consultation, method: list[MethodItem], *, deadline_on: date | None, now: datetime) -> Row:
    can_be_later = item.closes_at is not None and item.state == Consultation.State.OPEN
    return Row(
        consultation=item,
        state=state_at(item, now),
        missing=missing_items(method),
        announce_refusal=announce_refusal(item, now=now),
        can_open=open_refusal(item, method=method, now=now) is None,
        can_reschedule=reschedule_refusal(item) is None,
        can_extend=can_be_later and _may_extend(item, now),
        is_unexplained=derogation_refusal(item.closes_at, deadline_on, reason=item.deadline_derogation) is not None,
    )


def _may_extend(item: Consultation, now: datetime) -> bool:
    assert item.closes_at is not None
    return extend_refusal(item, closes_at=item.closes_at + timedelta(days=1), reason="…", now=now) is None
