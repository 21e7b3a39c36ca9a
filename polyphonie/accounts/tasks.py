"""Later work of accounts: what has served is destroyed."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from polyphonie.accounts.actions import forget_accesses, forget_spent_proofs, forget_suspended_addresses, forget_unconfirmed
from polyphonie.core.writing import writing

AT_ONCE = 1000


def forget_proofs() -> int:
    """Destroy codes and links that serve no more."""
    with writing() as now:
        return forget_spent_proofs(now=now)


def forget_sessions() -> int:
    """Destroy the sessions whose last day has passed."""
    keys = list(
        Session.objects.filter(expire_date__lt=timezone.now()).order_by("expire_date").values_list("pk", flat=True)[:AT_ONCE]
    )
    if not keys:
        return 0
    with writing():
        return Session.objects.filter(pk__in=keys).delete()[0]


def forget_old_accesses() -> int:
    """Destroy the notes of what staff saw, after a year."""
    with writing() as now:
        return forget_accesses(now=now)


def forget_suspensions() -> int:
    """Destroy the marks of suspended addresses whose day has come."""
    with writing() as now:
        return forget_suspended_addresses(now=now)


def forget_unconfirmed_accounts() -> int:
    """Destroy the accounts whose address never answered its code."""
    with writing() as now:
        return forget_unconfirmed(now=now)


TASKS = [forget_proofs, forget_sessions, forget_old_accesses, forget_unconfirmed_accounts, forget_suspensions]
"""What `tick` runs, in this order."""
