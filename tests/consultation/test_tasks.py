"""What happens by itself happens once, at its hour, whatever runs twice, late, out of order or is killed half-way."""

from datetime import timedelta
from itertools import permutations

import pytest
import time_machine

from polyphonie.consultation import tasks
from polyphonie.consultation.models import Batch
from polyphonie.consultation.queries.recount import differences
from polyphonie.ledger.models import Entry
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import CLOSING, NOON, a_proposal, accounts, an_open_consultation, vote

pytestmark = pytest.mark.django_db


JOBS = [tasks.seal_due_batches, tasks.close_due_consultations, tasks.draw_due_lists]


def tick(at, jobs=JOBS):
    with time_machine.travel(at, tick=False):
        return [job() for job in jobs]


def state_of(consultation):
    consultation.refresh_from_db()
    kinds = sorted(Entry.objects.values_list("kind", flat=True))
    return consultation.state, consultation.votes, consultation.drawn_on, kinds, Batch.objects.count()


def test_a_tick_seals_what_is_due_and_a_second_one_changes_nothing(consultation, text):
    for account in accounts(20):
        vote(text, account)
    assert tick(NOON) == [1, 0, 1]
    after = state_of(consultation)
    assert tick(NOON) == [0, 0, 0]
    assert state_of(consultation) == after
    text.refresh_from_db()
    assert text.agree == 20


def test_a_tick_after_the_closing_instant_closes_once(consultation, text):
    for account in accounts(3):
        vote(text, account)
    assert tick(CLOSING - timedelta(seconds=1))[1] == 0
    assert tick(CLOSING + timedelta(hours=5))[1] == 1
    after = state_of(consultation)
    assert after[0] == "closed"
    assert tick(CLOSING + timedelta(hours=6))[:2] == [0, 0]
    assert state_of(consultation) == after
    assert differences(consultation) == []


def test_the_order_of_the_tasks_does_not_change_what_closes():
    ends = []
    for rank, jobs in enumerate(permutations(JOBS)):
        consultation = an_open_consultation(None if rank == 0 else Consultation.objects.first().process, slug=f"c{rank}")
        text = a_proposal(consultation)
        for account in accounts(20)[: 20 if rank < 2 else 3]:
            vote(text, account)
        tick(CLOSING, [tasks.publish_after_review, *jobs, tasks.count_newcomers])
        consultation.refresh_from_db()
        ends.append(
            (consultation.state, Batch.objects.filter(consultation=consultation).count(), consultation.drawn_on is not None)
        )
    assert set(ends) == {("closed", 1, True)}


def test_a_task_killed_half_way_leaves_nothing_and_is_done_by_the_next(consultation, text, monkeypatch):
    for account in accounts(20):
        vote(text, account)
    before = state_of(consultation)

    def killed(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("polyphonie.consultation.actions.batches.append_all", killed)
    with pytest.raises(KeyboardInterrupt):
        tick(CLOSING)
    assert state_of(consultation) == before
    monkeypatch.undo()
    tick(CLOSING)
    assert state_of(consultation)[0] == "closed"
    assert differences(consultation) == []


def test_one_consultation_that_cannot_be_sealed_does_not_stop_the_others(consultation, text):
    second = an_open_consultation(consultation.process, slug="autre")
    other = a_proposal(second)
    for account in accounts(20):
        vote(text, account)
        vote(other, account)
    tick(NOON)
    for account in accounts(20):
        vote(text, account)
        vote(other, account)
    Batch.objects.filter(consultation=consultation).update(sealed_at=NOON + timedelta(hours=1))
    assert tick(NOON + timedelta(minutes=10))[0] == 1
    assert list(Batch.objects.order_by("pk").values_list("consultation__slug", "number")) == [
        (consultation.slug, 1),
        (second.slug, 1),
        (second.slug, 2),
    ]


def test_lists_are_drawn_at_the_first_tick_and_each_midnight(consultation, text):
    assert tick(NOON)[2] == 1
    assert tick(NOON + timedelta(hours=1))[2] == 0
    assert tick(NOON + timedelta(days=1))[2] == 1


def test_nothing_is_sealed_in_the_last_day(consultation, text):
    for account in accounts(25):
        vote(text, account)
    assert tick(CLOSING - timedelta(hours=24))[0] == 0
    assert Batch.objects.count() == 0
