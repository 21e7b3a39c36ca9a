"""How does one agree to something, and take it back? What was said, in which words, on which day: never finer."""

from datetime import datetime

from django.utils import timezone

from polyphonie.accounts.models import Account, Consent
from polyphonie.accounts.wordings import TERMS, Wording, terms_wording
from polyphonie.core.writing import assert_writing


def give_consent(account: Account, subject: str, wording: Wording, *, now: datetime) -> None:
    """Keep the proof that this person agreed to these words; once is enough."""
    assert_writing()
    row = Consent(
        account=account,
        subject=subject,
        wording=wording.version,
        wording_hash=wording.mark,
        language=wording.language,
        given_on=timezone.localdate(now),
    )
    Consent.objects.bulk_create([row], ignore_conflicts=True)


def accept_terms(account: Account, *, now: datetime) -> None:
    """Keep the proof that this person accepted the terms in force."""
    give_consent(account, TERMS, terms_wording(timezone.localdate(now)), now=now)


def withdraw_consent(account: Account, subject: str, *, now: datetime) -> int:
    """Take a consent back: the proof that it was given stays, with this day; how many wordings of it stood."""
    assert_writing()
    standing = Consent.objects.filter(account=account, subject=subject, withdrawn_on=None)
    return standing.update(withdrawn_on=timezone.localdate(now))
