"""Twice the votes, at most 2.2 times the work: counted in statements everywhere, and in the steps of SQLite's machine."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.consultation.models import Vote, series_on
from polyphonie.consultation.queries.lists import page_of
from polyphonie.consultation.queries.positions import my_positions_in
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing_at
from polyphonie.ledger.models import WaitingEntry
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import CLOSING, NOON, a_process, a_proposal, an_account, an_open_consultation, nonce

pytestmark = pytest.mark.django_db
MOST = 2.2
STEPS = 50


@contextmanager
def work():
    """Count what is done inside: [statements, hundreds of steps of SQLite's machine (0 on PostgreSQL)]."""
    spent = [0, 0]

    def step():
        spent[1] += 1

    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(step, STEPS)
    with CaptureQueriesContext(connection) as queries:
        yield spent
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(None, 0)
    spent[0] = len(queries)


def crowd(texts, voters):
    """That many voters on each of these texts, put in by hand: waiting votes and their leaves."""
    log = texts[0].process.log
    votes, leaves = [], []
    for text in texts:
        for rank in range(voters):
            hashed = f"{text.number:016d}{rank:016d}".encode()
            votes.append(
                Vote(
                    consultation=text.consultation,
                    contribution=text,
                    voter=f"{rank:016d}".encode(),
                    seq=1,
                    position=rank % 3 - 1,
                    revision=1,
                    leaf_revision=1,
                    salt=b"s" * 32,
                    nonce=b"n" * 16,
                    leaf_hash=hashed,
                )
            )
            series = series_on(text.consultation, text.number)
            leaves.append(WaitingEntry(log=log, series=series, kind="vote", leaf=f'{{"v":{hashed!r}}}', leaf_hash=hashed))
    Vote.objects.bulk_create(votes, batch_size=500)
    WaitingEntry.objects.bulk_create(leaves, batch_size=500)


def consultations(sizes, texts):
    process = a_process()
    for rank, voters in enumerate(sizes):
        consultation = an_open_consultation(process, slug=f"c{rank}")
        crowd([a_proposal(consultation, f"P{one}") for one in range(texts)], voters)
        yield consultation


def compare(small, large, most=MOST):
    print(f"statements {small[0]} → {large[0]}, steps × {STEPS} {small[1]} → {large[1]} on {connection.vendor}")
    assert large[0] <= most * small[0]
    if connection.vendor == "sqlite":
        assert small[1] > 5
        assert large[1] <= most * small[1]


def test_sealing_twice_the_votes_costs_at_most_twice():
    spent = []
    for consultation in consultations([400, 800], texts=5):
        with work() as cost, writing_at(NOON, lock=consultation) as now:
            seal_batch(consultation, now=now)
        spent.append(cost)
    compare(*spent)


def test_closing_twice_the_texts_costs_at_most_twice():
    spent = []
    process = a_process()
    for rank, texts in enumerate([40, 80]):
        consultation = an_open_consultation(process, slug=f"c{rank}")
        crowd([a_proposal(consultation, f"P{one}") for one in range(texts)], 20)
        with work() as cost, writing_at(CLOSING, lock=consultation) as now:
            close_consultation(consultation, now=now)
        spent.append(cost)
    compare(*spent)


def test_a_batch_costs_what_it_holds_and_not_what_was_published_before():
    """Twenty voters on one text, after a small past and after a large one on the others."""
    spent = []
    for consultation in consultations([100, 800], texts=5):
        with writing_at(NOON, lock=consultation) as now:
            seal_batch(consultation, now=now)
        crowd([a_proposal(consultation, "Nouvelle")], 20)
        with work() as cost, writing_at(NOON + timedelta(hours=1), lock=consultation) as now:
            seal_batch(consultation, now=now)
        spent.append(cost)
    compare(*spent, most=1.5)


def test_a_vote_costs_the_same_among_ten_times_as_many():
    account = an_account()
    spent = []
    for consultation in consultations([50, 500], texts=5):
        text = Contribution.objects.filter(consultation=consultation).order_by("number").first()
        with work() as cost:
            for after in range(20):
                with writing_at(NOON, lock=consultation) as now:
                    cast_vote(text, account=account, position=1, nonce=nonce(), after=after, revision=1, now=now)
        spent.append(cost)
    compare(*spent, most=1.2)


def test_a_page_and_my_positions_cost_the_same_in_a_list_four_times_as_long():
    account = an_account()
    spent = []
    process = a_process()
    for rank, texts in enumerate([30, 120]):
        consultation = an_open_consultation(process, slug=f"c{rank}")
        for one in range(texts):
            a_proposal(consultation, f"P{one}")
        with writing_at(NOON) as now:
            draw_lists(consultation, now=now)
        consultation = Consultation.objects.select_related("process").get(pk=consultation.pk)
        with work() as cost:
            for _ in range(5):
                my_positions_in(consultation, account, page_of(consultation).faces)
        spent.append(cost)
    compare(*spent, most=1.2)
