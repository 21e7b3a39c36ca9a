"""Who votes on what in these tests? Accounts with their secrets, an open consultation, and short words for its acts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import create_voter_secret
from polyphonie.consultation.actions.voting import Cast, cast_vote, withdraw_vote
from polyphonie.consultation.models import Vote
from polyphonie.contributions.actions import Text, publish
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.writing import writing, writing_at
from polyphonie.processes.models import Consultation, Process
from tests import concertations

OPENING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CLOSING = datetime(2026, 3, 16, 23, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)


def a_process(slug: str = "marvejols") -> Process:
    with writing_at(OPENING - timedelta(days=3)) as now:
        return concertations.a_process(now=now, slug=slug)


def an_open_consultation(
    process: Process | None = None,
    *,
    slug: str = "la-place",
    opens_at: datetime = OPENING,
    closes_at: datetime = CLOSING,
) -> Consultation:
    process = process or a_process()
    with writing_at(opens_at) as now:
        return concertations.an_open_consultation(process, now=now, slug=slug, opens_at=opens_at, closes_at=closes_at)


def an_account(name: str = "Inès") -> Account:
    key = f"{name}-{os.urandom(6).hex()}"
    day = OPENING.date()
    account = Account.objects.create(
        email=f"{key}@example.org",
        display_name=name,
        display_key=key,
        slug=key.lower(),
        joined_on=day,
        confirmed_on=day,
    )
    with writing():
        create_voter_secret(account)
    return account


def accounts(count: int) -> list[Account]:
    return [an_account(f"Personne {rank}") for rank in range(count)]


def a_proposal(consultation: Consultation, title: str = "Planter des tilleuls", *, author: Account | None = None) -> Contribution:
    return a_voice(consultation, Kind.PROPOSAL, title=title, author=author)


def a_voice(
    consultation: Consultation, kind: Kind, *, title: str = "Un titre", author: Account | None = None, **shape: object
) -> Contribution:
    with writing_at(OPENING, lock=consultation) as now:
        return publish(consultation, kind, Text(title=title, body="Il fait trop chaud l’été."), author=author, now=now, **shape)  # type: ignore[arg-type]


def nonce() -> bytes:
    return os.urandom(16)


def vote(
    text: Contribution,
    account: Account,
    position: int = 1,
    *,
    after: int | None = None,
    revision: int | None = None,
    nonce: bytes | None = None,
    at: datetime = NOON,
) -> Cast:
    """Vote as a page that is up to date would, unless told otherwise."""
    current = Contribution.objects.get(pk=text.pk)
    with writing_at(at, lock=text.consultation) as now:
        return cast_vote(
            text,
            account=account,
            position=position,
            nonce=nonce or os.urandom(16),
            after=seq_of(text, account) if after is None else after,
            revision=current.revision if revision is None else revision,
            now=now,
        )


def withdraw(
    text: Contribution, account: Account, *, after: int | None = None, nonce: bytes | None = None, at: datetime = NOON
) -> Cast:
    with writing_at(at, lock=text.consultation) as now:
        return withdraw_vote(
            text,
            account=account,
            nonce=nonce or os.urandom(16),
            after=seq_of(text, account) if after is None else after,
            now=now,
        )


def seq_of(text: Contribution, account: Account) -> int:
    row = row_of(text, account)
    return 0 if row is None else row.seq


def row_of(text: Contribution, account: Account) -> Vote | None:
    from polyphonie.accounts.voter_secret import voter_secret
    from polyphonie.ledger.pseudonyms import voter_pseudonym

    account.refresh_from_db()
    consultation = text.consultation
    voter = voter_pseudonym(voter_secret(account), consultation.process.slug, consultation.slug)
    return Vote.objects.filter(voter=voter, contribution=text).first()


@contextmanager
def act(consultation: Consultation, at: datetime) -> Iterator[datetime]:
    with writing_at(at, lock=consultation) as now:
        yield now
