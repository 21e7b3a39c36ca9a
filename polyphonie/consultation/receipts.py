"""What does a voter keep as a proof? A signed receipt, recomputed when asked: never stored, mailed or written to disk."""

from dataclasses import dataclass
from http import HTTPStatus

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.consultation.actions.booth import DUE_AFTER_CLOSE, Booth, booth_of, read_by_hand
from polyphonie.consultation.models import Vote
from polyphonie.contributions.models import Contribution
from polyphonie.core.printing import PARIS
from polyphonie.core.refusal import Refused
from polyphonie.core.storage.prepared import Prepared
from polyphonie.ledger.canonical import b64, canonical
from polyphonie.ledger.keys import KeyMissing
from polyphonie.ledger.models import Log
from polyphonie.ledger.notes import RECEIPT, signed, signing_key
from polyphonie.ledger.queries import positions_of
from polyphonie.ledger.sealing import latest_checkpoint

VERSION = 1

_vote = Prepared(lambda voter, text: Vote.objects.filter(voter=voter, contribution_id=text).order_by("pk"))
_log = Prepared(lambda key: Log.objects.filter(pk=key).order_by("pk"))


@dataclass(frozen=True)
class Receipt:
    """The signed text, and where its leaf stands now: its position in the register, or None while it waits for its batch."""

    number: int
    position: int | None
    text: str
    leaf_position: int | None


def receipt_for(contribution: Contribution, account: Account) -> Receipt | None:
    """The receipt of this account's vote, or of its withdrawal, on this text; None when it never voted on it. Raises Refused
    without the voter or the receipt key."""
    try:
        return _receipt(contribution, account)
    except KeyMissing as missing:
        raise Refused(
            _("No proof can be made: a key of this site is missing. The vote stands; the site’s operator must restore the key."),
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        ) from missing


def _receipt(contribution: Contribution, account: Account) -> Receipt | None:
    standing = read_by_hand(contribution.pk, account.pk)
    if standing.account.wrapped_secret is None:
        return None
    booth = booth_of(standing)
    text = booth.text
    process = text.consultation.process
    votes = _vote(voter=booth.voter, text=text.pk)
    if not votes:
        return None
    vote, log = votes[0], _log(key=process.log_id)[0]
    leaf, hashed = booth.leaf(vote)
    return Receipt(
        number=text.number,
        position=vote.position,
        text=_signed(log, booth, vote, leaf, hashed),
        leaf_position=positions_of(log, [hashed]).get(hashed),
    )


def _signed(log: Log, booth: Booth, vote: Vote, leaf: str, hashed: bytes) -> str:
    checkpoint = latest_checkpoint(log)
    closes_at = booth.text.consultation.closes_at
    content: dict[str, object] = {
        "after_checkpoint": None if checkpoint is None else checkpoint.note,
        "contribution": booth.text.number,
        "due": None if closes_at is None else (closes_at + DUE_AFTER_CLOSE).astimezone(PARIS).isoformat(timespec="seconds"),
        "leaf": leaf,
        "leaf_hash": b64(hashed),
        "nullifier": b64(booth.mark),
        "position": vote.position,
        "v": VERSION,
    }
    if vote.position is not None:
        content["salt"], content["nonce"] = b64(bytes(vote.salt)), b64(bytes(vote.nonce))
    name = f"{log.origin}/receipt"
    return signed(f"{name}\n{canonical(content).decode()}\n", key_name=name, private=signing_key(RECEIPT))
