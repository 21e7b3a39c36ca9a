"""Whom is a change of the house's rules still to be announced to? Everyone with an account from before it, once."""

from datetime import date

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from polyphonie.accounts.models import Account
from polyphonie.outbox.models import Mail


def accounts_to_tell(since: date) -> QuerySet[Account]:
    """The accounts that agreed to what stood before that day and were not told yet, by number."""
    key = Concat(Value(f"rules/{since.isoformat()}/"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    accounts = Account.objects.filter(confirmed_on__isnull=False, joined_on__lt=since, closed_on=None).exclude(email=None)
    return accounts.exclude(Exists(Mail.objects.filter(key=key))).order_by("pk")
