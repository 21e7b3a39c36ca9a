"""What does a vote form carry? The text's number and revision, where one's vote stands, and a fresh mark for this act."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from polyphonie.consultation.models import AGREE, DISAGREE, MIXED
from polyphonie.consultation.queries.positions import NO_VOTE_SEQ, MyVote
from polyphonie.consultation.rules import NONCE_BYTES
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.queries import Face
from polyphonie.ledger.canonical import b64

WORDS = {AGREE: "agree", MIXED: "mixed", DISAGREE: "disagree"}
POSITION_OF = {word: position for position, word in WORDS.items()}


@dataclass(frozen=True)
class Strip:
    """One vote form: `mine` is empty without a vote; `nonce` is replaced by the browser's own where it runs scripts."""

    number: int
    revision: int
    mine: str
    after: int
    nonce: str
    is_asked_again: bool


def strip_for(text: Contribution | Face, mine: MyVote | None) -> Strip:
    """The form of one text for one person."""
    is_asked_again = mine is not None and mine.is_asked_again
    return Strip(
        number=text.number,
        revision=text.revision,
        mine="" if mine is None or mine.position is None or is_asked_again else WORDS[mine.position],
        after=NO_VOTE_SEQ if mine is None else mine.seq,
        nonce=b64(secrets.token_bytes(NONCE_BYTES)),
        is_asked_again=is_asked_again,
    )


def strips_for(proposals: Iterable[Face], mine: dict[int, MyVote]) -> dict[int, Strip]:
    """The forms of a list's proposals, by number."""
    return {face.number: strip_for(face, mine.get(face.number)) for face in proposals}
