"""How does someone's position enter the count exactly once? It is cast, changed or withdrawn, under a pseudonym.

A vote writes two rows, the vote and the leaf that waits for its batch, and neither names an account. What decides is read
inside the transaction, after its lock: the text and its calendar, then the account.
"""

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account, Organisation
from polyphonie.consultation.actions.booth import Booth, Cast, enter, insert_first, replace
from polyphonie.consultation.models import Vote
from polyphonie.consultation.queries.departures import has_departed
from polyphonie.consultation.rules import (
    agreement_refusal,
    ballot_refusal,
    nonce_refusal,
    return_refusal,
    taken_back_refusal,
    vote_refusal,
    withdraw_vote_refusal,
)
from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing


class VoteConflict(Refused):
    """The page was older than the vote: nothing was changed; it says where the vote stands."""

    def __init__(self, *, position: int | None, seq: int) -> None:
        super().__init__(
            _("Your vote on this text has changed since this page was shown: nothing was changed, look and answer again."),
            status=HTTPStatus.CONFLICT,
        )
        self.position = position
        self.seq = seq


class RevisionConflict(Refused):
    """The page showed an earlier revision of the text: nothing was changed; it names the two revisions to compare."""

    def __init__(self, *, shown: int, current: int) -> None:
        super().__init__(
            _("This text has changed since this page was shown: see what changed, and answer again."),
            status=HTTPStatus.CONFLICT,
        )
        self.shown = shown
        self.current = current


class AgreementMissing(Refused):
    """Nothing was kept of the vote: this person has not yet said that the concertation may use their opinions."""


def cast_vote(
    contribution: Contribution,
    *,
    account: Account,
    position: int,
    nonce: bytes,
    after: int,
    revision: int,
    now: datetime,
    speaks_for: Organisation | None = None,
    seen: Booth | None = None,
) -> Cast:
    """Set the account's position on this text: « my vote is … », never a toggle. Raises Refused, or one of its two conflicts.

    `nonce` (16 bytes) names the act: posted twice, it counts once. `after` is the seq the page showed (0 without a vote),
    `revision` the number of the revision it showed. `now` is the instant of the open `writing(lock=consultation, shared=True)`;
    `seen` is what was found on approaching, before it.
    """
    assert_writing()
    ensure(ballot_refusal(position, nonce))
    booth = enter(contribution, account, seen=seen)
    asks_consent = booth.text.consultation.process.asks_consent
    refusal = agreement_refusal(asks_consent=asks_consent, has_agreed=booth.standing.has_agreed)
    if refusal is not None:
        raise AgreementMissing(refusal)
    refusal = vote_refusal(booth.text, account=booth.account, now=now, speaks_for=speaks_for)
    if refusal is not None or revision != booth.revision.number:
        repeated = booth.repeated(booth.current_vote(), position=position, nonce=nonce)
        if repeated is not None:
            return repeated
        ensure(refusal)
        raise RevisionConflict(shown=revision, current=booth.revision.number)
    vote, leaf = booth.written(seq=after + 1, position=position, nonce=nonce)
    if insert_first(vote, booth) if after == 0 else replace(vote, after=after):
        return booth.kept(vote, leaf)
    if after == 0:
        ensure(return_refusal(has_departed=has_departed(booth.text.consultation, booth.account)))
    return _repeated_or_refused(booth, booth.current_vote(), position=position, nonce=nonce, after=after)


def withdraw_vote(
    contribution: Contribution, *, account: Account, nonce: bytes, after: int, now: datetime, seen: Booth | None = None
) -> Cast:
    """Take the account's vote back; its `withdraw` leaf waits for the batch. Raises Refused or VoteConflict."""
    assert_writing()
    ensure(nonce_refusal(nonce))
    booth = enter(contribution, account, seen=seen)
    refusal = withdraw_vote_refusal(booth.text, account=booth.account, now=now)
    if refusal is None and after > 0:
        vote, leaf = booth.written(seq=after + 1, position=None, nonce=nonce)
        if replace(vote, after=after):
            return booth.kept(vote, leaf)
    current = booth.current_vote()
    if booth.repeated(current, position=None, nonce=nonce) is None:
        ensure(refusal)
    return _repeated_or_refused(booth, current, position=None, nonce=nonce, after=after)


def _repeated_or_refused(booth: Booth, current: Vote | None, *, position: int | None, nonce: bytes, after: int) -> Cast:
    """What an act that changed nothing gives: its own result when it is posted again, else a refusal that says why."""
    repeated = booth.repeated(current, position=position, nonce=nonce)
    if repeated is not None:
        return repeated
    is_there = current is not None and (position is not None or current.position is not None)
    if current is not None and is_there and current.seq == after:
        ensure(taken_back_refusal(waits_for_close=current.waits_for_close))
    raise _conflict(current)


def _conflict(current: Vote | None) -> VoteConflict:
    return VoteConflict(position=None, seq=0) if current is None else VoteConflict(position=current.position, seq=current.seq)
