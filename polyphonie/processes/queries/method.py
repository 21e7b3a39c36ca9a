"""What does the method of a concertation promise, and what is still missing? The checklist that everyone sees."""

from datetime import datetime

from django.utils import timezone

from polyphonie.processes.models import Consultation, Process
from polyphonie.processes.queries.people import count_judges, count_moderators
from polyphonie.processes.rules.method import MethodItem, method_checklist


def checklist(process: Process, consultation: Consultation | None, *, now: datetime) -> list[MethodItem]:
    """The checklist of a consultation as it stands at this instant."""
    return method_checklist(process, consultation, **staff_ready(process, now=now))


def staff_ready(process: Process, *, now: datetime) -> dict[str, int]:
    """How many moderators and judges of appeals there are at this instant: two queries."""
    today = timezone.localdate(now)
    return {"moderators": count_moderators(process, today), "judges": count_judges(process, today)}


def public_checklist(process: Process, *, now: datetime) -> list[MethodItem]:
    """The checklist of the process for everyone: the common lines, then each line of a consultation that fails; of
    consultations it considers only those announced."""
    announced = [item for item in process.consultations.all() if item.state != Consultation.State.DRAFT]
    return merged_checklist(process, announced, now=now)


def organisers_checklist(process: Process, *, now: datetime) -> list[MethodItem]:
    """The same with drafts: what is missing before opening."""
    waiting = [item for item in process.consultations.all() if item.state != Consultation.State.CLOSED]
    return merged_checklist(process, waiting or list(process.consultations.all()), now=now)


def merged_checklist(process: Process, consultations: list[Consultation], *, now: datetime) -> list[MethodItem]:
    """One checklist for several consultations: a line is kept when each keeps it, else it tells the first that does not."""
    staff = staff_ready(process, now=now)
    lists = [method_checklist(process, item, **staff) for item in consultations] or [method_checklist(process, None, **staff)]
    merged: dict[str, MethodItem] = {}
    for item in (item for items in lists for item in items):
        present = merged.get(item.key)
        if present is None or (present.is_kept and not item.is_kept):
            merged[item.key] = item
    return list(merged.values())
