"""How do thousands of votes enter at once? As `cast_vote` would write each of them, rows and leaves alike, but many at a time.

A test casts the same vote by both doors and compares what they leave. Only first votes come this way: someone who answers again
on a new wording goes through `cast_vote` itself.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.consultation.ballots import vote_commitment, vote_content
from polyphonie.consultation.models import Vote, series_on
from polyphonie.consultation.rules import vote_refusal
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import written_leaf
from polyphonie.ledger.models import WaitingEntry
from polyphonie.ledger.pseudonyms import nullifier, voter_pseudonym

NONCE_BYTES = 16
SALT_BYTES = 32
AT_ONCE = 100


@dataclass(frozen=True)
class FirstVote:
    """A first answer of an account on a text, as it stood at that instant."""

    account: Account
    text: Contribution
    revision: int
    position: int

    @classmethod
    def cast(cls, text: Contribution, *, account: Account, position: int, now: datetime) -> "FirstVote":
        """Ask the rule at the instant of the vote; it is written later. Raises Refused."""
        ensure(vote_refusal(text, account=account, now=now))
        return cls(account, text, text.revision, position)


def write_first_votes(votes: Iterable[FirstVote]) -> None:
    """Write these votes and leave their leaves to wait for the batch."""
    assert_writing()
    asked = list(votes)
    voters = {vote.account.pk: vote.account for vote in asked}
    secrets = {key: voter_secret(account) for key, account in voters.items()}
    texts = {vote.text.pk for vote in asked}
    leaves = {
        (contribution, number): bytes(leaf)
        for contribution, number, leaf in Revision.objects.filter(contribution__in=texts)
        .order_by("pk")
        .values_list("contribution", "number", "leaf_hash")
    }
    written = [_written(vote, secrets[vote.account.pk], leaves[vote.text.pk, vote.revision]) for vote in asked]
    Vote.objects.bulk_create([row for row, _entry in written], batch_size=AT_ONCE)
    WaitingEntry.objects.bulk_create([entry for _row, entry in written], batch_size=AT_ONCE)


def _written(vote: FirstVote, secret: bytes, rev: bytes) -> tuple[Vote, WaitingEntry]:
    consultation = vote.text.consultation
    process = consultation.process
    row = Vote(
        consultation=consultation,
        contribution=vote.text,
        voter=voter_pseudonym(secret, process.slug, consultation.slug),
        seq=1,
        position=vote.position,
        revision=vote.revision,
        leaf_revision=vote.revision,
        salt=os.urandom(SALT_BYTES),
        nonce=os.urandom(NONCE_BYTES),
    )
    content = vote_content(
        number=vote.text.number,
        rev=rev,
        mark=nullifier(secret, process.slug, vote.text.number),
        seq=row.seq,
        commitment=vote_commitment(vote.position, bytes(row.salt), bytes(row.nonce)),
    )
    leaf, row.leaf_hash = written_leaf("vote", content)
    series = series_on(consultation, vote.text.number)
    entry = WaitingEntry(log=process.log, series=series, kind="vote", leaf=leaf, leaf_hash=row.leaf_hash)
    return row, entry
