"""Which accounts has nobody used for so long that they are to be closed? Staff and administrators apart."""

from datetime import date, timedelta

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.processes.models import Consultation, RoleAssignment
from polyphonie.processes.queries.people import standing


def running_since(today: date, *, days: int) -> date | None:
    """The opening of the first consultation not over for so many days: whoever came after it may have taken part."""
    known = Consultation.objects.filter(is_imported=False, opens_at__isnull=False).exclude(state=Consultation.State.DRAFT)
    recent = known.filter(closes_at__gt=timezone.now() - timedelta(days=days)).order_by("opens_at")
    first = recent.values_list("opens_at", flat=True).first()
    return None if first is None else timezone.localdate(first)


def last_use(account: Account) -> date:
    """The day someone last used this account."""
    return account.last_seen_on or account.joined_on


def unused_accounts(today: date, *, days: int) -> QuerySet[Account]:
    """The accounts that nobody has used for so many days, nor since what still runs opened; the oldest first."""
    staff = RoleAssignment.objects.filter(standing(today)).values("account")
    found = (
        Account.objects.filter(closed_on=None, confirmed_on__isnull=False, is_administrator=False, email__isnull=False)
        .exclude(pk__in=staff)
        .annotate(used_on=Coalesce(F("last_seen_on"), F("joined_on")))
        .filter(used_on__lte=today - timedelta(days=days))
        .order_by("used_on", "pk")
    )
    since = running_since(today, days=days)
    return found if since is None else found.filter(used_on__lt=since)
