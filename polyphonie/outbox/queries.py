"""Which mails wait, which have left?"""

from datetime import datetime

from django.conf import settings
from django.db.models import F, Q, QuerySet

from polyphonie.outbox.models import Mail


def waiting() -> QuerySet[Mail]:
    """The mails that have not left."""
    return Mail.objects.filter(sent_at=None, given_up_at=None)


def due(now: datetime) -> QuerySet[Mail]:
    """The mails to send now, codes first because someone is waiting before a page, then the oldest."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    fresh = Q(worthless_after=None) | Q(worthless_after__gt=now)
    return (
        waiting()
        .filter(free, fresh, due_on_or_after__lte=now)
        .order_by(F("worthless_after").asc(nulls_last=True), "due_on_or_after", "pk")
    )


def quoting(name: str) -> QuerySet[Mail]:
    """The waiting mails that quote this (`contribution/<process>/<number>`)."""
    return waiting().filter(quotes__contains=f" {name} ")


def everything(how_many: int = 500) -> list[Mail]:
    """Every mail of the demonstration, last first, codes included. Empty outside demonstration mode."""
    return list(Mail.objects.order_by("-pk")[:how_many]) if settings.POLYPHONIE_DEMO else []
