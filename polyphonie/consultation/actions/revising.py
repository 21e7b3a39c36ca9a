"""What becomes of votes when a text changes? They stay with it, unless a moderator says the new one is the same."""

from datetime import datetime

from django.db.models import F

from polyphonie.consultation.actions.counting import refresh_counters
from polyphonie.consultation.models import Vote
from polyphonie.consultation.rules import carry_over_refusal
from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Entry


def carry_over_votes(contribution: Contribution, *, actor: str, now: datetime) -> Entry:
    """Declare that the current revision says the same as the one before, and let its votes count for it.

    Called with the verb that wrote a typographic or masked revision, in the same `writing(lock=consultation)`. The `mod` leaf
    `same_text` names both `rev` leaves: rows and a fold of the register carry the votes over alike. Raises Refused.
    """
    assert_writing()
    text = Contribution.objects.select_related("process__log", "consultation").get(pk=contribution.pk)
    later = text.revisions.get(number=text.revision)
    earlier = text.revisions.filter(number=text.revision - 1).first()
    ensure(carry_over_refusal(earlier, later))
    assert earlier is not None
    entry = append(
        text.process.log,
        "mod",
        {
            "act": "same_text",
            "actor": actor,
            "from": b64(bytes(earlier.leaf_hash)),
            "object": f"contribution/{text.number}",
            "to": b64(bytes(later.leaf_hash)),
        },
    )
    votes = Vote.objects.filter(contribution=text)
    votes.filter(revision=earlier.number).update(revision=F("revision") + 1)
    votes.filter(published_revision=earlier.number).update(published_revision=F("published_revision") + 1)
    refresh_counters(text.consultation, [text.pk])
    contribution.refresh_from_db(fields=["agree", "mixed", "disagree", "order_voters", "order_supported", "order_divisive"])
    return entry
