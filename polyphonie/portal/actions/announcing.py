"""How are people with an account told that the terms, or the privacy notice, change? By one mail each, before the day."""

from datetime import date, datetime

from polyphonie.accounts.models import Account
from polyphonie.core.writing import assert_writing
from polyphonie.outbox.actions import queue_mail
from polyphonie.portal import messages


def announcement_key(since: date, account: int) -> str:
    """What the outbox remembers of this announcement to this person."""
    return f"rules/{since.isoformat()}/{account}"


def announce_change(account: Account, since: date, changes: list[str], *, now: datetime) -> bool:
    """Queue the announcement of what changes on that day, once; `changes` are the addresses that show it word by word."""
    assert_writing()
    subject, body = messages.changed_rules_mail(since, changes, language=account.language)
    return queue_mail(announcement_key(since, account.pk), account.email or "", subject, body, now=now)
