"""How does a voice get its fate? By a decision with its reason: a leaf in the register, and the last one written on the voice."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from polyphonie.contributions.commitments import SALT_BYTES, fate_commitment, fate_document
from polyphonie.contributions.models import Contribution, Fate
from polyphonie.contributions.rules import fate_refusal
from polyphonie.core.refusal import ensure
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append_all, written_leaf
from polyphonie.ledger.canonical import b64
from polyphonie.processes.models import Process

AT_ONCE = 500


@dataclass(frozen=True)
class Decided:
    """What is decided about one voice; an empty fate takes back the one it had."""

    contribution: Contribution
    fate: str
    reason: str


def set_fate(contribution: Contribution, fate: str, reason: str, address: str = "", *, actor: str, now: datetime) -> Fate | None:
    """Say what becomes of a voice and why, at an `address` where it was decided; the same again changes nothing (None).
    Raises Refused."""
    found = set_fates(contribution.process, [Decided(contribution, fate, reason)], address=address, actor=actor, now=now)
    return found[0] if found else None


def set_fates(process: Process, decided: Sequence[Decided], *, address: str, actor: str, now: datetime) -> list[Fate]:
    """The same for many voices of one process, by one act; those that already have that fate for that reason stay as they are."""
    assert_writing()
    for one in decided:
        ensure(fate_refusal(one.fate, one.reason, has_fate=bool(one.contribution.fate)))
    changed = [one for one in decided if (one.contribution.fate, one.contribution.fate_reason) != (one.fate, one.reason)]
    ranks = _ranks([one.contribution.pk for one in changed])
    rows, contents = [], []
    for one in changed:
        row = Fate(
            contribution=one.contribution,
            number=ranks.get(one.contribution.pk, 0) + 1,
            fate=one.fate,
            reason=one.reason,
            address=address,
            decided_by=actor,
            decided_at=now,
            salt=os.urandom(SALT_BYTES),
        )
        content: dict[str, object] = {
            "contribution": one.contribution.number,
            "cm": b64(fate_commitment(fate_document(one.contribution, row), bytes(row.salt))),
        }
        row.leaf_hash = written_leaf("fate", content)[1]
        rows.append(row)
        contents.append(content)
        one.contribution.fate, one.contribution.fate_reason, one.contribution.fate_address = one.fate, one.reason, address
    append_all(process.log, "fate", contents)
    Fate.objects.bulk_create(rows, batch_size=AT_ONCE)
    Contribution.objects.bulk_update(
        [one.contribution for one in changed], ["fate", "fate_reason", "fate_address"], batch_size=AT_ONCE
    )
    let_go()
    return rows


def _ranks(contributions: list[int]) -> dict[int, int]:
    """The number of the last decision on each of these voices."""
    last: dict[int, int] = {}
    for first in range(0, len(contributions), AT_ONCE):
        rows = Fate.objects.filter(contribution__in=contributions[first : first + AT_ONCE]).order_by("contribution", "number")
        last |= dict(rows.values_list("contribution", "number"))
    return last
