"""Which texts wait to be read before they appear? The oldest first; what an import brings waits for its own end, not here."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from polyphonie.contributions.models import Contribution, Status
from polyphonie.processes.models import Consultation

LATE_AFTER = timedelta(hours=72)


def waiting_for_review(consultation: Consultation) -> QuerySet[Contribution]:
    """Those of one consultation."""
    return _waiting().filter(consultation=consultation)


def is_late(contribution: Contribution, *, now: datetime) -> bool:
    """Whether a text has waited longer than one review lasts: it was renewed without an answer."""
    return contribution.published_at + LATE_AFTER <= now


def consultations_with_waiting() -> QuerySet[Consultation]:
    """The consultations where texts wait."""
    return Consultation.objects.filter(pk__in=_waiting().order_by().values("consultation")).order_by("pk")


def _waiting() -> QuerySet[Contribution]:
    waiting = Contribution.objects.filter(status=Status.SUBMITTED, consultation__is_imported=False)
    return waiting.select_related("process__log", "consultation", "about", "author", "speaks_for").order_by("number")
