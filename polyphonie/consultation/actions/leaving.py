"""What becomes of one's votes when one leaves? They stay without owner or, if one asks, are withdrawn where it is still open."""

from datetime import datetime

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import mail_mark, voter_secret
from polyphonie.consultation.ballots import withdraw_content
from polyphonie.consultation.models import Departure, Vote, series_at_close
from polyphonie.consultation.queries.departures import departure_mark
from polyphonie.core.storage.prepared import Prepared
from polyphonie.core.writing import assert_writing, hold
from polyphonie.ledger.actions import await_batch
from polyphonie.ledger.pseudonyms import nullifier, voter_pseudonym
from polyphonie.processes.models import Consultation, Process


def withdraw_all_votes(account: Account, *, now: datetime, process: Process | None = None) -> int:
    """Withdraw the account's votes in consultations still open (of one process, or of all), for good; how many.

    The leaves, and their effect on totals, wait for the last batch: together in a smaller one they would tell that these votes
    were one person's. It takes its own locks, those of the consultations then that of the account: call it first in a
    `writing()` that asked for none. Raises KeyMissing.
    """
    assert_writing()
    running = [one for one in _held(account) if process is None or one.process_id == process.pk]
    return _withdrawn(account, running, now)


def leave_votes(account: Account, *, withdraws: bool, now: datetime) -> int:
    """What becomes of the votes of who closes their account: withdrawn or left, as they choose; how many are withdrawn.

    Where they voted and it is still open, a mark of their address is kept: it will not vote there again. Votes withdrawn count
    too: they stand until the close. Same locks as `withdraw_all_votes`, same time. Raises KeyMissing.
    """
    assert_writing()
    running = _held(account)
    if account.wrapped_secret is None:
        return 0
    withdrawn = _withdrawn(account, running, now) if withdraws else 0
    secret, address = voter_secret(account), mail_mark(account)
    voted = [one for one in running if _has_voted(one, secret)]
    Departure.objects.bulk_create(
        [Departure(consultation=one, mark=departure_mark(address, one)) for one in voted], ignore_conflicts=True
    )
    return withdrawn


_open = Prepared(lambda state: Consultation.objects.filter(state=state).order_by("pk").values_list("pk"))
_still_open = Prepared(
    lambda state, keys: Consultation.objects.filter(state=state, pk__in=keys).select_related("process__log").order_by("pk")
)


def _held(account: Account) -> list[Consultation]:
    """The open consultations, locks taken: theirs, then that of the account; they and its secret are read again."""
    candidates = [key for (key,) in _open(state=Consultation.State.OPEN.value)]
    for key in candidates:
        hold(Consultation(pk=key), shared=True)
    hold(account)
    account.refresh_from_db(fields=["wrapped_secret"])
    return _still_open(state=Consultation.State.OPEN.value, keys=candidates) if candidates else []


def _withdrawn(account: Account, running: list[Consultation], now: datetime) -> int:
    secret = voter_secret(account)
    return sum(_withdraw_in(one, secret) for one in running if one.closes_at is not None and now < one.closes_at)


def _has_voted(consultation: Consultation, secret: bytes) -> bool:
    voter = voter_pseudonym(secret, consultation.process.slug, consultation.slug)
    return Vote.objects.filter(voter=voter, consultation=consultation).exists()


def _withdraw_in(consultation: Consultation, secret: bytes) -> int:
    process = consultation.process
    voter = voter_pseudonym(secret, process.slug, consultation.slug)
    votes = Vote.objects.select_for_update().filter(
        voter=voter, consultation=consultation, position__isnull=False, waits_for_close=False
    )
    found = list(votes.values_list("pk", "seq", "contribution__number").order_by("pk"))
    for _, seq, number in found:
        content = withdraw_content(number=number, mark=nullifier(secret, process.slug, number), seq=seq + 1)
        await_batch(process.log, series_at_close(consultation), "withdraw", content)
    Vote.objects.filter(pk__in=[pk for pk, _, _ in found]).update(waits_for_close=True)
    return len(found)
