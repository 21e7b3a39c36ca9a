"""What happens in a consultation by itself? A review lapses, batches are sealed, it closes at its hour, its lists are drawn.

Each task finds what is due, then does it inside its own `writing()`, where the rule is asked again: run twice, killed, late or
out of order, the state is the same.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from polyphonie.consultation.actions.analysing import note_analysis
from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.consultation.actions.newcomers import note_newcomers
from polyphonie.consultation.actions.reviewing import publish_what_waited
from polyphonie.consultation.queries.opinions import (
    due_for_analysis,
    published_positions,
    texts_to_analyse,
    unplaced_voters,
    voters_up_to,
)
from polyphonie.consultation.queries.recount import ready_texts
from polyphonie.consultation.queries.review import consultations_with_waiting
from polyphonie.consultation.rules import SILENCE, close_refusal, is_under_review
from polyphonie.contributions.models import UNDRAWN, Contribution
from polyphonie.core.refusal import Refused
from polyphonie.core.storage.sole import the_only_one
from polyphonie.core.writing import writing
from polyphonie.ledger.keys import KeyMissing
from polyphonie.opinion.apart import ANALYSIS, COMPUTATION, FEWEST_VOTERS, TOO_FEW, Failed, Stopped, computed
from polyphonie.processes.models import Consultation

log = logging.getLogger(__name__)

State = Consultation.State


def seal_due_batches() -> int:
    """Seal the votes on the texts where enough voters have acted, once enough time has passed; how many batches."""
    now = timezone.now()
    running = Consultation.objects.filter(state=State.OPEN, closes_at__gt=now + SILENCE)
    return _each([one for one in running.order_by("pk") if ready_texts(one)], _seal)


def close_due_consultations() -> int:
    """Close those whose closing instant has come; how many."""
    due = Consultation.objects.filter(state=State.OPEN, closes_at__lte=timezone.now())
    return _each(due, _close)


def draw_due_lists() -> int:
    """Draw the lists of the day, and the texts published since; how many consultations. Past the closing instant, whether or
    not it is closed yet, the lists stay as they were drawn last."""
    undrawn = Contribution.objects.filter(consultation=OuterRef("pk"), order_draw=UNDRAWN)
    now = timezone.now()
    due = Consultation.objects.exclude(state=State.DRAFT).filter(
        Q(process__copied_from=""),
        Q(drawn_on__isnull=True)
        | Q(Exists(undrawn))
        | (Q(state=State.OPEN, closes_at__gt=now) & ~Q(drawn_on=timezone.localdate(now))),
    )
    return _each(due, _draw)


def publish_after_review() -> int:
    """Show what still waits where the review before publication has lapsed; how many consultations."""
    now = timezone.now()
    return _each([one for one in consultations_with_waiting() if not is_under_review(one, now=now)], _publish_waiting)


def _publish_waiting(consultation: Consultation, now: datetime) -> None:
    publish_what_waited(consultation, now=now)


def count_newcomers() -> int:
    """Count, once after each close, the voters whose account dates from its last days; how many consultations."""
    due = Consultation.objects.filter(state=State.CLOSED, is_imported=False, new_voters=None, process__copied_from="")
    try:
        return _each(due.order_by("pk"), _count_newcomers)
    except KeyMissing as missing:
        log.warning("%s", missing)
        return 0


def _count_newcomers(consultation: Consultation, now: datetime) -> None:
    note_newcomers(consultation)


def analyse_opinions() -> int:
    """Compute once, after each close, what is published of its opinions; how many consultations. The computation is a process of
    its own, one at a time on this machine; nothing of the database is held meanwhile."""
    with the_only_one(COMPUTATION) as is_mine:
        due = due_for_analysis(now=timezone.now()) if is_mine else []
        return sum(_analyse(consultation) for consultation in due)


def _analyse(consultation: Consultation) -> bool:
    result: dict[str, Any] = {}
    try:
        voters = voters_up_to(consultation, FEWEST_VOTERS)
        if voters < FEWEST_VOTERS:
            result = {"verdict": TOO_FEW, "voters": voters}
        else:
            votes, unplaced = published_positions(consultation), unplaced_voters(consultation)
            result = computed(ANALYSIS, texts_to_analyse(consultation), votes, unplaced=unplaced)
    except Stopped:
        return False
    except (Failed, KeyMissing):
        log.exception("the opinions of %s were not analysed; it is tried again in an hour", consultation.slug)
    with writing(lock=consultation) as now:
        return note_analysis(Consultation.objects.get(pk=consultation.pk), result, now=now)


def _seal(consultation: Consultation, now: datetime) -> None:
    seal_batch(consultation, now=now)


def _close(consultation: Consultation, now: datetime) -> None:
    if close_refusal(consultation, now=now) is None:
        close_consultation(consultation, now=now)


def _draw(consultation: Consultation, now: datetime) -> None:
    draw_lists(consultation, now=now)


def _each(due: QuerySet[Consultation] | Iterable[Consultation], act: Callable[[Consultation, datetime], None]) -> int:
    """Do it for each, alone with that consultation; one that is refused meanwhile does not stop the others."""
    done = 0
    for consultation in list(due):
        try:
            with writing(lock=consultation) as now:
                act(Consultation.objects.select_related("process__log").get(pk=consultation.pk), now)
                done += 1
        except Refused as refused:
            log.info("%s: %s", consultation.slug, refused.reason)
    return done


TASKS: list[Callable[[], int]] = [
    publish_after_review,
    seal_due_batches,
    close_due_consultations,
    draw_due_lists,
    count_newcomers,
]
"""In this order at each tick, after `processes.tasks.open_due`: what becomes public, closes, is drawn."""

LENGTHY: list[Callable[[], int]] = [analyse_opinions]
