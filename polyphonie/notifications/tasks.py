"""Later work of notifications: the digest of the day, one a person at most, whatever it tells."""

from django.utils import timezone

from polyphonie.core.writing import writing
from polyphonie.notifications.actions import forget_told, hand_digest_over
from polyphonie.notifications.queries import accounts_to_tell
from polyphonie.notifications.rules import digest_refusal

AT_ONCE = 100


def hand_digests_over() -> int:
    """Queue the digests that wait, from 8 in the morning, a hundred people a transaction; how many. Safe when run twice."""
    if digest_refusal(timezone.now()) is not None:
        return 0
    queued, last = 0, 0
    while accounts := accounts_to_tell(last, AT_ONCE):
        with writing() as now:
            queued += sum(hand_digest_over(account, now=now) for account in accounts)
        last = accounts[-1].pk
    return queued


def forget_what_was_told() -> int:
    """Destroy lines told a month ago."""
    with writing() as now:
        return forget_told(now=now)


TASKS = [hand_digests_over, forget_what_was_told]
"""What `tick` runs, in this order."""
