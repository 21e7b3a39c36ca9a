"""What is written down when staff see what a person has not made public? Who, by role; what; on which day."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from polyphonie.accounts.models import Account, StaffAccess
from polyphonie.accounts.rules import ACCESSES_KEPT_DAYS
from polyphonie.core.writing import assert_writing


def note_access(account: Account, *, by: str, what: str, now: datetime, process: str = "") -> None:
    """Note that staff saw something of this person, who reads it under « Vos données »; once a day is enough.

    `by` is a role and number (« moderator/2 »), `what` one of `StaffAccess.What`, which says why too; `process` a slug.
    """
    note_accesses([account.pk], by=by, what=what, now=now, process=process)


def note_accesses(accounts: Iterable[int], *, by: str, what: str, now: datetime, process: str = "") -> None:
    """`note_access` for several people at once."""
    assert_writing()
    day = timezone.localdate(now)
    rows = [StaffAccess(account_id=pk, what=what, by=by, process=process, seen_on=day) for pk in sorted(set(accounts))]
    StaffAccess.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def forget_accesses(*, now: datetime) -> int:
    """Destroy the notes that have been kept for as long as promised; how many."""
    assert_writing()
    return StaffAccess.objects.filter(seen_on__lt=timezone.localdate(now) - timedelta(days=ACCESSES_KEPT_DAYS)).delete()[0]
