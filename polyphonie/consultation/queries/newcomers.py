"""How many voters of a consultation had an account from its last days? Counted through the voter key; no name is kept."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.consultation.models import Vote
from polyphonie.ledger.pseudonyms import voter_pseudonym
from polyphonie.processes.models import Consultation

LAST_DAYS = 7
AT_ONCE = 500


def last_days(consultation: Consultation) -> tuple[date, date]:
    """The first and last of the seven days that end with its close; midnight belongs to the day before."""
    assert consultation.closes_at is not None
    last = timezone.localdate(consultation.closes_at - timedelta(microseconds=1))
    return last - timedelta(days=LAST_DAYS - 1), last


def new_voters(consultation: Consultation) -> int:
    """Accounts of these days with a published vote here. Raises ledger.keys.KeyMissing."""
    recent = Account.objects.filter(joined_on__range=last_days(consultation), wrapped_secret__isnull=False).order_by("pk")
    voters = (
        voter_pseudonym(voter_secret(account), consultation.process.slug, consultation.slug)
        for account in recent.iterator(chunk_size=AT_ONCE)
    )
    return sum(_how_many_voted(consultation, some) for some in _by(voters))


def _by(voters: Iterator[bytes]) -> Iterator[list[bytes]]:
    while some := list(islice(voters, AT_ONCE)):
        yield some


def _how_many_voted(consultation: Consultation, voters: list[bytes]) -> int:
    published = Vote.objects.filter(voter__in=voters, consultation=consultation, published_position__isnull=False)
    return published.order_by().values("voter").distinct().count()
