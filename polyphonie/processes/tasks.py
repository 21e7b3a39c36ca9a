"""What is due in the life of processes? Announced consultations open at their hour; organisers learn what prevents one."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from polyphonie.core.writing import writing
from polyphonie.processes.actions.calendar import open_consultation
from polyphonie.processes.actions.people import forget_addresses
from polyphonie.processes.messages import queue_opening_prevented, tell_closing_soon
from polyphonie.processes.models import Consultation, Role
from polyphonie.processes.queries.method import checklist
from polyphonie.processes.queries.people import standing_roles
from polyphonie.processes.rules.calendar import open_refusal

CLOSING_SOON = timedelta(days=3)


def open_due() -> int:
    """Open every announced consultation whose hour has come and whose method is complete; how many opened."""
    return sum(open_one(pk) for pk in due_to_open(timezone.now()))


def due_to_open(now: datetime) -> list[int]:
    waiting = Consultation.objects.filter(state=Consultation.State.ANNOUNCED, opens_at__lte=now, closes_at__gt=now)
    return list(waiting.order_by("opens_at", "pk").values_list("pk", flat=True))


def open_one(pk: int) -> bool:
    """Open this one if it can; else tell its organisers once."""
    with writing(lock=f"processes.Consultation/{pk}") as now:
        consultation = Consultation.objects.select_related("process").get(pk=pk)
        refusal = open_refusal(consultation, method=checklist(consultation.process, consultation, now=now), now=now)
        if refusal is None:
            open_consultation(consultation, now=now)
            return True
        if consultation.state == Consultation.State.ANNOUNCED:
            _tell_organisers(consultation, refusal, now)
        return False


def _tell_organisers(consultation: Consultation, refusal: str, now: datetime) -> None:
    organisers = standing_roles(consultation.process, timezone.localdate(now)).filter(role=Role.ORGANISER)
    for assignment in organisers.select_related("account"):
        if assignment.account.email:
            queue_opening_prevented(consultation, assignment.account.email, refusal, now=now)


def tell_closing() -> int:
    """Tell those who follow a consultation that closes within three days; each is told once however often this runs."""
    now = timezone.now()
    closing = Consultation.objects.filter(
        state=Consultation.State.OPEN, closes_at__gt=now, closes_at__lte=now + CLOSING_SOON, closing_told_for__isnull=True
    ) | Consultation.objects.filter(state=Consultation.State.OPEN, closes_at__gt=now, closes_at__lte=now + CLOSING_SOON).exclude(
        closing_told_for=F("closes_at")
    )
    keys = list(closing.order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        with writing(lock=f"processes.Consultation/{pk}") as instant:
            consultation = Consultation.objects.select_related("process").get(pk=pk)
            tell_closing_soon(consultation, now=instant)
            Consultation.objects.filter(pk=pk).update(closing_told_for=consultation.closes_at)
    return len(keys)


def forget_invited() -> int:
    """Erase the addresses of invitations that are over; how many."""
    with writing() as now:
        return forget_addresses(now=now)


TASKS: list[Callable[[], int]] = [open_due, tell_closing, forget_invited]
"""What is done at each tick, before those of `consultation`."""
