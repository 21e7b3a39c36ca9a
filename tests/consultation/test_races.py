"""At the same instant, from everywhere: one current vote each (R5), none late and none refused early around the close (R15).

The counts are printed; `POLYPHONIE_ROUNDS=100` runs the whole bar.
"""

import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import destroy_voter_secret
from polyphonie.consultation import tasks
from polyphonie.consultation.actions.batches import seal_batch
from polyphonie.consultation.actions.leaving import withdraw_all_votes
from polyphonie.consultation.actions.voting import VoteConflict, cast_vote
from polyphonie.consultation.models import Batch, Vote
from polyphonie.consultation.queries.recount import differences
from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.turnstile import Turnstile
from polyphonie.core.storage import ferry
from polyphonie.core.writing import writing, writing_at
from polyphonie.ledger.models import Entry, WaitingEntry
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import a_proposal, accounts, an_account, an_open_consultation, nonce, seq_of

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.environ.get("POLYPHONIE_ROUNDS", "10"))
PARALLEL = 50


@pytest.fixture(autouse=True)
def slow_disk(monkeypatch):
    """What a server does when its disk is slow: those who wait in it cross together."""
    monkeypatch.setattr(ferry, "SLOW", -1)


def together(acts):
    """Run these at once, each in a thread with its own connection, every other one as a request of one server; their results
    in order."""
    ready = threading.Barrier(len(acts))
    server = Turnstile(lambda request, _start: [request["act"]()])

    def run(ranked):
        rank, act = ranked
        try:
            connection.ensure_connection()
            ready.wait(timeout=60)
            return server({"act": act}, None)[0] if rank % 2 else act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, enumerate(acts)))


@pytest.fixture
def consultation():
    now = timezone.now()
    return an_open_consultation(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9))


def voting(text, account, position, **details):
    """One request: its own transaction, its own reading of the clock; what became of it."""

    def act():
        try:
            with writing(lock=text.consultation, shared=True) as now:
                cast = cast_vote(text, account=account, position=position, revision=1, now=now, **details)
        except VoteConflict:
            return "conflict", None
        return ("repeat" if cast.is_repeat else "new"), cast

    return act


def test_fifty_requests_of_one_account_at_once_leave_exactly_one_current_vote(consultation):
    outcomes = Counter()
    chance = random.Random(5)
    account = an_account()
    text = a_proposal(consultation)
    for rank in range(ROUNDS):
        after = seq_of(text, account)
        nonces = [nonce() for _ in range(10)]
        acts = [
            voting(text, account, chance.choice([1, 0, -1]), nonce=chance.choice(nonces), after=after) for _ in range(PARALLEL)
        ]
        results = together(acts)
        new = [cast for outcome, cast in results if outcome == "new"]
        assert [cast.seq for cast in new] == [after + 1]
        rows = list(Vote.objects.all())
        assert len(rows) == 1
        assert (rows[0].seq, rows[0].position) == (new[0].seq, new[0].position)
        assert all(cast.leaf == new[0].leaf for outcome, cast in results if outcome == "repeat")
        assert WaitingEntry.objects.count() == rank + 1
        outcomes.update(outcome for outcome, _cast in results)
    print(f"R5 on {connection.vendor}: {ROUNDS} rounds × {PARALLEL} requests, {dict(outcomes)}: 1 current vote each time")
    assert outcomes["new"] == ROUNDS
    assert sum(outcomes.values()) == ROUNDS * PARALLEL


def test_many_people_at_once_each_have_their_vote(consultation):
    people = accounts(20)
    texts = [a_proposal(consultation, f"P{rank}") for rank in range(3)]
    acts = [voting(text, account, 1, nonce=nonce(), after=0) for account in people for text in texts]
    results = together(acts)
    assert {outcome for outcome, _cast in results} == {"new"}
    assert Vote.objects.count() == WaitingEntry.objects.count() == 60


def test_votes_cast_while_batches_are_sealed_are_neither_lost_nor_counted_twice(consultation):
    people = accounts(24)
    text = a_proposal(consultation)
    sealed = []

    def sealing():
        for rank in range(6):
            at = timezone.now() + timedelta(minutes=10 * rank)
            try:
                with writing_at(at, lock=consultation) as now:
                    sealed.append(seal_batch(consultation, now=now).voters)
            except Refused:
                pass
            time.sleep(0.05)
        return "sealed", None

    def voter(account):
        def act():
            for seq in range(4):
                assert voting(text, account, random.choice([1, 0, -1]), nonce=nonce(), after=seq)()[0] == "new"
            return "voted", None

        return act

    together([sealing, *[voter(account) for account in people]])
    with writing_at(timezone.now() + timedelta(hours=2), lock=consultation) as now:
        while Vote.objects.filter(is_waiting=True).values("voter").distinct().count() >= 20:
            seal_batch(consultation, now=now)
    leaves = Entry.objects.filter(kind="vote").count() + WaitingEntry.objects.count()
    assert leaves == 24 * 4
    assert set(Vote.objects.values_list("seq", flat=True)) == {4}
    assert differences(consultation) == []
    assert all(voters >= 20 for voters in Batch.objects.values_list("voters", flat=True))


def test_no_vote_arrives_after_its_account_has_left(consultation):
    """Each vote of someone who leaves came before and is withdrawn, or is refused: none stays behind."""
    texts = [a_proposal(consultation, f"P{rank}") for rank in range(20)]
    outcomes = Counter()
    for _ in range(max(2, ROUNDS // 5)):
        account = an_account()

        def leaving(account=account):
            time.sleep(0.02)
            with writing() as now:
                withdraw_all_votes(account, now=now)
                destroy_voter_secret(account)
                Account.objects.filter(pk=account.pk).update(closed_on=now.date())
            return "left"

        def voter(text, account=account):
            def act():
                time.sleep(random.random() * 0.06)
                try:
                    return voting(text, account, 1, nonce=nonce(), after=0)()[0]
                except Refused:
                    return "refused"

            return act

        mine = together([leaving, *[voter(text) for text in texts]])
        outcomes.update(mine)
        kept = Vote.objects.filter(waits_for_close=False).count()
        assert kept == 0, f"{kept} votes stayed behind"
    print(f"leaving on {connection.vendor}: {dict(outcomes)}, 0 left behind")
    assert Vote.objects.count() == outcomes["new"]
    assert WaitingEntry.objects.filter(kind="withdraw").count() == outcomes["new"]


@pytest.mark.parametrize("round_number", range(1, max(1, ROUNDS // 10) + 1))
def test_around_the_close_no_vote_is_accepted_late_and_none_refused_early(round_number):
    """Sixteen threads vote across the close; one in four holds its transaction open over it."""
    closes_at = timezone.now() + timedelta(seconds=30)
    consultation = an_open_consultation(opens_at=closes_at - timedelta(days=3), closes_at=closes_at)
    texts = [a_proposal(consultation, f"P{rank}") for rank in range(60)]
    people = accounts(16)
    closes_at = timezone.now() + timedelta(seconds=2.5)
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=closes_at)
    kept: list[tuple[str, bool, bool]] = []

    def voter(account, rank):
        def act():
            is_holder = rank % 4 == 0
            if is_holder:
                time.sleep(max(0, left() - 1))
            for text in texts:
                try:
                    with writing(lock=consultation, shared=True) as now:
                        in_time = now < closes_at
                        holds = is_holder and in_time
                        if holds:
                            time.sleep(max(0, left() + 0.05))
                        cast_vote(text, account=account, position=1, nonce=nonce(), after=0, revision=1, now=now)
                    kept.append(("accepted", in_time, holds))
                except Refused:
                    kept.append(("refused", in_time, holds))
                if left() < -1:
                    return
                time.sleep(0.02 if is_holder else 0.04)

        return act

    def left():
        return (closes_at - timezone.now()).total_seconds()

    def closing():
        while not tasks.close_due_consultations():
            time.sleep(0.02)

    together([closing, *[voter(account, rank) for rank, account in enumerate(people)]])
    counts = Counter(kept)
    accepted = sum(count for (outcome, _in_time, _holds), count in counts.items() if outcome == "accepted")
    late = sum(count for (outcome, in_time, _holds), count in counts.items() if outcome == "accepted" and not in_time)
    early = sum(count for (outcome, in_time, _holds), count in counts.items() if outcome == "refused" and in_time)
    held = sum(count for (outcome, in_time, holds), count in counts.items() if holds and in_time)
    after = sum(count for (outcome, in_time, _holds), count in counts.items() if not in_time)
    print(
        f"R15 on {connection.vendor}: {len(kept)} votes around the close, {accepted} accepted, {after} after it, "
        f"{held} in transactions held open; {late} late accepted, {early} early refused"
    )
    assert (late, early) == (0, 0)
    assert accepted > 20
    assert after > 5
    assert held > 0, "no transaction was held open over the close"
    consultation.refresh_from_db()
    assert consultation.state == "closed"
    assert consultation.votes == accepted == Vote.objects.filter(published_position=1).count()
    assert sum(Contribution.objects.values_list("agree", flat=True)) == accepted
    assert not WaitingEntry.objects.exists()
    kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
    assert max(rank for rank, kind in enumerate(kinds) if kind == "vote") < kinds.index("tally")
    assert differences(consultation) == []
