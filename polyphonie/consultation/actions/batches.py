"""When does a vote become public? With its batch, at least 20 voters of its text at a time, and the rest at the close.

One batch moves together everything a vote changes: leaves, openings, counters, list orders, totals. Callers hold the
consultation's lock alone (`writing(lock=consultation)`), so that no vote is under way meanwhile.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Case, F, Max, Q, When

from polyphonie.consultation.actions.counting import refresh_counters
from polyphonie.consultation.actions.scrambling import lay_down_again
from polyphonie.consultation.models import Batch, Departure, Vote, series_at_close, series_on
from polyphonie.consultation.queries.recount import leaving_voters, leaving_votes, ready_texts, totals_change
from polyphonie.consultation.rules import VOTERS_PER_BATCH, close_refusal, seal_refusal
from polyphonie.contributions.models import Contribution, Kind, Revision, Status
from polyphonie.core.refusal import ensure
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append_all, release_series
from polyphonie.processes.actions.traces import ACTOR_CLOCK, record_state
from polyphonie.processes.models import ActKind, Consultation

ORIGIN_WEB = "web"
"""In a tally, votes cast on the site; those taken over from another are apart."""

VOTABLE = (Kind.PROPOSAL, Kind.COMPLETION)


def seal_batch(consultation: Consultation, *, now: datetime) -> Batch:
    """Publish the votes on the texts where enough wait. Raises Refused when there is none, too early, or in the silence before
    the close."""
    assert_writing()
    consultation = _as_it_stands(consultation)
    last = Batch.objects.filter(consultation=consultation).aggregate(at=Max("sealed_at"))["at"]
    ready = ready_texts(consultation)
    ensure(seal_refusal(consultation, ready_voters=leaving_voters(consultation, ready), last_sealed_at=last, now=now))
    batch = _publish(consultation, ready, now=now)
    assert batch is not None
    return batch


def close_consultation(consultation: Consultation, *, now: datetime) -> Consultation:
    """Close for good: the last batch, the `closed` leaf, then one `tally` leaf per text and revision. Raises Refused."""
    assert_writing()
    consultation = _as_it_stands(consultation)
    ensure(close_refusal(consultation, now=now))
    _publish(consultation, None, now=now)
    consultation.state = Consultation.State.CLOSED
    consultation.save(update_fields=["state"])
    record_state(consultation, ActKind.CLOSED, actor=ACTOR_CLOCK, now=now)
    append_all(consultation.process.log, "tally", _tallies(consultation))
    Departure.objects.filter(consultation=consultation).delete()
    return consultation


def _publish(consultation: Consultation, texts: list[int] | None, *, now: datetime) -> Batch | None:
    """Publish what waits on these texts or, at the close (None), everything that waits."""
    touched = sorted(set(leaving_votes(consultation, texts).order_by().values_list("contribution", flat=True)))
    if not touched:
        return None
    voters = leaving_voters(consultation, texts)
    votes_change, voters_change = totals_change(consultation, texts)
    _open_votes(consultation, texts)
    refresh_counters(consultation, touched)
    Consultation.objects.filter(pk=consultation.pk).update(votes=F("votes") + votes_change, voters=F("voters") + voters_change)
    leaves = _release(consultation, texts)
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


def _release(consultation: Consultation, texts: list[int] | None) -> int:
    """Move the leaves of these texts or, at the close, all of them to the register, in one order; how many."""
    log = consultation.process.log
    if texts is None:
        return release_series(log, [series_at_close(consultation)], beginning=series_on(consultation))
    numbers = Contribution.objects.filter(pk__in=texts).order_by("pk").values_list("number", flat=True)
    return release_series(log, [series_on(consultation, number) for number in numbers])


def _open_votes(consultation: Consultation, texts: list[int] | None) -> None:
    """Publish each waiting row as it stands; of a withdrawn vote nothing is opened."""
    lay_down_again(leaving_votes(consultation, texts))
    opened = Q(position__isnull=False)
    leaving_votes(consultation, texts).filter(is_waiting=True).update(
        published_seq=F("seq"),
        published_position=F("position"),
        published_leaf_hash=F("leaf_hash"),
        published_revision=Case(When(opened, then=F("revision"))),
        published_leaf_revision=Case(When(opened, then=F("leaf_revision"))),
        published_salt=Case(When(opened, then=F("salt"))),
        published_nonce=Case(When(opened, then=F("nonce"))),
        is_waiting=False,
    )
    if texts is None:
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
