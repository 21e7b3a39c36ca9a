"""How does someone's position enter the count exactly once? It is cast, changed or withdrawn, under a pseudonym.

A vote writes two rows, the vote and the leaf that waits for its batch, and neither names an account. What decides is read
inside the transaction, after its lock: the text and its calendar, then the account.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account, Organisation
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.consultation.ballots import vote_commitment, vote_content, withdraw_content
from polyphonie.consultation.models import Vote
from polyphonie.consultation.rules import ballot_refusal, nonce_refusal, vote_refusal, withdraw_vote_refusal
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing, hold
from polyphonie.ledger.actions import await_batch, written_leaf
from polyphonie.ledger.keys import KeyMissing
from polyphonie.ledger.pseudonyms import nullifier, voter_pseudonym

SALT_BYTES = 32
DUE_AFTER_CLOSE = timedelta(hours=1)

_READ = (
    "number",
    "leaf_hash",
    "contribution__number",
    "contribution__kind",
    "contribution__status",
    "contribution__revision",
    "contribution__consultation__slug",
    "contribution__consultation__state",
    "contribution__consultation__opens_at",
    "contribution__consultation__closes_at",
    "contribution__consultation__is_imported",
    "contribution__consultation__process__slug",
    "contribution__consultation__process__log",
)


@dataclass(frozen=True)
class Cast:
    """A voter's position after the act, with what its receipt says. `position` and `salt` are empty once withdrawn."""

    number: int
    position: int | None
    seq: int
    revision: int
    leaf: str
    leaf_hash: bytes
    salt: bytes
    nonce: bytes
    due: datetime
    is_repeat: bool


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
) -> Cast:
    """Set the account's position on this text: « my vote is … », never a toggle. Raises Refused, or one of its two conflicts.

    `nonce` (16 bytes) names the act: posted twice, it counts once. `after` is the seq the page showed (0 without a vote),
    `revision` the number of the revision it showed. `now` is the instant of the open `writing(lock=consultation, shared=True)`.
    """
    assert_writing()
    ensure(ballot_refusal(position, nonce))
    booth = _enter(contribution, account)
    refusal = vote_refusal(booth.text, account=booth.account, now=now, speaks_for=speaks_for)
    if refusal is not None or revision != booth.revision.number:
        repeated = booth.repeated(booth.current_vote(), position=position, nonce=nonce)
        if repeated is not None:
            return repeated
        ensure(refusal)
        raise RevisionConflict(shown=revision, current=booth.revision.number)
    if after == 0:
        first = booth.written(seq=1, position=position, nonce=nonce)
        if _insert_first(first):
            return booth.kept(first)
    current = booth.current_vote()
    repeated = booth.repeated(current, position=position, nonce=nonce)
    if repeated is not None:
        return repeated
    if current is None or current.seq != after:
        raise _conflict(current)
    vote = booth.written(seq=after + 1, position=position, nonce=nonce)
    _replace(current, vote)
    return booth.kept(vote)


def withdraw_vote(contribution: Contribution, *, account: Account, nonce: bytes, after: int, now: datetime) -> Cast:
    """Take the account's vote back; its `withdraw` leaf waits for the batch. Raises Refused or VoteConflict."""
    assert_writing()
    ensure(nonce_refusal(nonce))
    booth = _enter(contribution, account)
    refusal = withdraw_vote_refusal(booth.text, account=booth.account, now=now)
    current = booth.current_vote()
    repeated = booth.repeated(current, position=None, nonce=nonce)
    if repeated is not None:
        return repeated
    ensure(refusal)
    if current is None or current.position is None or current.seq != after:
        raise _conflict(current)
    vote = booth.written(seq=after + 1, position=None, nonce=nonce)
    _replace(current, vote)
    return booth.kept(vote)


@dataclass(frozen=True)
class _Booth:
    """What one act reads inside its transaction: the text with its current revision, the account, its two pseudonyms."""

    revision: Revision
    account: Account
    voter: bytes
    mark: bytes

    @property
    def text(self) -> Contribution:
        return self.revision.contribution

    def current_vote(self) -> Vote | None:
        """The voter's row, held until the end of the transaction (SQLite has one writer anyway)."""
        if not self.voter:
            return None
        return Vote.objects.select_for_update().filter(voter=self.voter, contribution_id=self.text.pk).first()

    def written(self, *, seq: int, position: int | None, nonce: bytes) -> Vote:
        """The row that this act would leave, with the hash of its leaf."""
        vote = Vote(
            contribution_id=self.text.pk,
            voter=self.voter,
            seq=seq,
            position=position,
            revision=self.revision.number,
            leaf_revision=self.revision.number,
            salt=b"" if position is None else os.urandom(SALT_BYTES),
            nonce=nonce,
        )
        _, vote.leaf_hash = self._leaf(vote)
        return vote

    def kept(self, vote: Vote) -> Cast:
        """Leave the leaf to wait for its batch."""
        consultation = self.text.consultation
        await_batch(consultation.process.log, consultation.slug, _kind(vote), self._content(vote))
        return self.cast(vote, is_repeat=False)

    def repeated(self, current: Vote | None, *, position: int | None, nonce: bytes) -> Cast | None:
        """The same act posted again: its result recomputed."""
        if current is None or bytes(current.nonce) != nonce or current.position != position:
            return None
        return self.cast(current, is_repeat=True)

    def cast(self, vote: Vote, *, is_repeat: bool) -> Cast:
        closes_at = self.text.consultation.closes_at
        assert closes_at is not None
        leaf, hashed = self._leaf(vote)
        return Cast(
            number=self.text.number,
            position=vote.position,
            seq=vote.seq,
            revision=vote.leaf_revision,
            leaf=leaf,
            leaf_hash=hashed,
            salt=bytes(vote.salt),
            nonce=bytes(vote.nonce),
            due=closes_at + DUE_AFTER_CLOSE,
            is_repeat=is_repeat,
        )

    def _leaf(self, vote: Vote) -> tuple[str, bytes]:
        return written_leaf(_kind(vote), self._content(vote))

    def _content(self, vote: Vote) -> dict[str, object]:
        number = self.text.number
        if vote.position is None:
            return withdraw_content(number=number, mark=self.mark, seq=vote.seq)
        named = self.revision
        if vote.leaf_revision != named.number:
            named = self.text.revisions.get(number=vote.leaf_revision)
        commitment = vote_commitment(vote.position, bytes(vote.salt), bytes(vote.nonce))
        return vote_content(number=number, rev=bytes(named.leaf_hash), mark=self.mark, seq=vote.seq, commitment=commitment)


def _enter(contribution: Contribution, account: Account) -> _Booth:
    """Read what decides, after the lock: the page's own objects may be older than it."""
    revision = (
        Revision.objects.select_related("contribution__consultation__process__log")
        .only(*_READ)
        .get(contribution_id=contribution.pk, number=F("contribution__revision"))
    )
    consultation = revision.contribution.consultation
    hold(account, shared=True)
    fresh = Account.objects.only("confirmed_on", "suspended_on", "closed_on", "wrapped_secret").get(pk=account.pk)
    if fresh.wrapped_secret is None:
        return _Booth(revision=revision, account=fresh, voter=b"", mark=b"")
    try:
        secret = voter_secret(fresh)
    except KeyMissing as missing:
        raise Refused(
            _("Voting is stopped: the key that keeps votes apart from accounts is missing. The site’s operator must restore it."),
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        ) from missing
    return _Booth(
        revision=revision,
        account=fresh,
        voter=voter_pseudonym(secret, consultation.process.slug, consultation.slug),
        mark=nullifier(secret, consultation.process.slug, revision.contribution.number),
    )


def _kind(vote: Vote) -> str:
    return "withdraw" if vote.position is None else "vote"


def _insert_first(vote: Vote) -> bool:
    """Insert a voter's first row on a text; False when one stands already, be it written by a transaction of this very instant.

    By hand because the ORM's `bulk_create(ignore_conflicts=True)` does not say whether it wrote.
    """
    fields = Vote._meta.concrete_fields
    values = [field.get_db_prep_save(getattr(vote, field.attname), connection) for field in fields]
    named, marks = ", ".join(str(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {Vote._meta.db_table} ({named}) VALUES ({marks}) ON CONFLICT DO NOTHING", values)  # noqa: S608
        return bool(cursor.rowcount == 1)


def _replace(current: Vote, vote: Vote) -> None:
    """Put the new act in the voter's row; what the last batch published stays beside it until the next one."""
    Vote.objects.filter(pk=current.pk).update(
        seq=vote.seq,
        position=vote.position,
        revision=vote.revision,
        leaf_revision=vote.leaf_revision,
        salt=vote.salt,
        nonce=vote.nonce,
        leaf_hash=vote.leaf_hash,
        is_waiting=True,
    )


def _conflict(current: Vote | None) -> VoteConflict:
    return VoteConflict(position=None, seq=0) if current is None else VoteConflict(position=current.position, seq=current.seq)
