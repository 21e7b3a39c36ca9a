"""When does a vote become public? With its batch, at least 20 voters at a time, and the rest at the close.

One batch moves together everything a vote changes: leaves, openings, counters, list orders, totals. Callers hold the
consultation's lock alone (`writing(lock=consultation)`), so that no vote is under way meanwhile.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Case, F, Max, Q, When

from polyphonie.consultation.actions.counting import refresh_counters
from polyphonie.consultation.actions.scrambling import lay_down_again
from polyphonie.consultation.models import Batch, Departure, Vote, series_at_close
from polyphonie.consultation.queries.recount import totals_change, waiting_voters, waiting_votes
from polyphonie.consultation.rules import VOTERS_PER_BATCH, close_refusal, seal_refusal
from polyphonie.contributions.models import Kind, Revision, Status
from polyphonie.core.generation import let_go
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append_all, release_series
from polyphonie.processes.actions.traces import ACTOR_CLOCK, record_state
from polyphonie.processes.models import ActKind, Consultation

ORIGIN_WEB = "web"
"""In a tally, votes cast on the site; those taken over from another are apart."""

VOTABLE = (Kind.PROPOSAL, Kind.COMPLETION)


def seal_batch(consultation: Consultation, *, now: datetime) -> Batch:
    """Publish the votes that wait. Raises Refused when they are too few, too early, or in the silence before the close."""
    assert_writing()
    consultation = _as_it_stands(consultation)
    last = Batch.objects.filter(consultation=consultation).aggregate(at=Max("sealed_at"))["at"]
    ensure(seal_refusal(consultation, waiting_voters=waiting_voters(consultation), last_sealed_at=last, now=now))
    batch = _publish_waiting(consultation, at_close=False, now=now)
    assert batch is not None
    return batch


def close_consultation(consultation: Consultation, *, now: datetime) -> Consultation:
    """Close for good: the last batch, the `closed` leaf, then one `tally` leaf per text and revision. Raises Refused."""
    assert_writing()
    consultation = _as_it_stands(consultation)
    ensure(close_refusal(consultation, now=now))
    _publish_waiting(consultation, at_close=True, now=now)
    consultation.state = Consultation.State.CLOSED
    consultation.save(update_fields=["state"])
    record_state(consultation, ActKind.CLOSED, actor=ACTOR_CLOCK, now=now)
    append_all(consultation.process.log, "tally", _tallies(consultation))
    Departure.objects.filter(consultation=consultation).delete()
    return consultation


def _publish_waiting(consultation: Consultation, *, at_close: bool, now: datetime) -> Batch | None:
    waiting = waiting_votes(consultation, at_close=at_close)
    touched = sorted(set(waiting.order_by().values_list("contribution", flat=True)))
    if not touched:
        return None
    voters = waiting_voters(consultation, at_close=at_close)
    votes_change, voters_change = totals_change(consultation, at_close=at_close)
    _open_votes(consultation, at_close=at_close)
    refresh_counters(consultation, touched)
    Consultation.objects.filter(pk=consultation.pk).update(votes=F("votes") + votes_change, voters=F("voters") + voters_change)
    log = consultation.process.log
    leaves = release_series(log, consultation.slug)
    if at_close:
        leaves += release_series(log, series_at_close(consultation))
    let_go()
    last_number = Batch.objects.filter(consultation=consultation).aggregate(last=Max("number"))["last"] or 0
    return Batch.objects.create(
        consultation=consultation,
        number=last_number + 1,
        sealed_at=now,
        voters=voters,
        leaves=leaves,
        is_small=voters < VOTERS_PER_BATCH,
    )


def _open_votes(consultation: Consultation, *, at_close: bool) -> None:
    """Publish each waiting row as it stands; of a withdrawn vote nothing is opened."""
    lay_down_again(waiting_votes(consultation, at_close=at_close))
    opened = Q(position__isnull=False)
    waiting_votes(consultation).update(
        published_seq=F("seq"),
        published_position=F("position"),
        published_leaf_hash=F("leaf_hash"),
        published_revision=Case(When(opened, then=F("revision"))),
        published_leaf_revision=Case(When(opened, then=F("leaf_revision"))),
        published_salt=Case(When(opened, then=F("salt"))),
        published_nonce=Case(When(opened, then=F("nonce"))),
        is_waiting=False,
    )
    if at_close:
        _withdraw_those_who_left(consultation)


def _withdraw_those_who_left(consultation: Consultation) -> None:
    """The votes that closed accounts asked to withdraw (`leaving`): their leaves were written then, and are released now."""
    Vote.objects.filter(consultation=consultation, waits_for_close=True).update(
        seq=F("seq") + 1,
        position=None,
        salt=b"",
        published_seq=F("seq") + 1,
        published_position=None,
        published_revision=None,
        published_leaf_revision=None,
        published_salt=None,
        published_nonce=None,
        waits_for_close=False,
    )


def _tallies(consultation: Consultation) -> Iterator[dict[str, object]]:
    """One per text that is voted on, whatever became of it, and per revision that is current or still holds votes."""
    revisions = (
        Revision.objects.filter(contribution__consultation=consultation, contribution__kind__in=VOTABLE)
        .filter(Q(number=F("contribution__revision")) | Q(agree__gt=0) | Q(mixed__gt=0) | Q(disagree__gt=0))
        .exclude(contribution__status=Status.SUBMITTED)
        .order_by("contribution__number", "number")
        .values_list("contribution__number", "number", "agree", "mixed", "disagree")
    )
    for number, revision, agree, mixed, disagree in revisions.iterator():
        yield {
            "contribution": number,
            "revision": revision,
            "origin": ORIGIN_WEB,
            "agree": agree,
            "mixed": mixed,
            "disagree": disagree,
        }


def _as_it_stands(consultation: Consultation) -> Consultation:
    """Read it again now that the lock is held: its dates may have moved."""
    return Consultation.objects.select_related("process__log").get(pk=consultation.pk)
