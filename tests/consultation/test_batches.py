"""Votes become public together, twenty voters at a time at least, and never in the last day; the close publishes the rest."""

import json
from datetime import timedelta

import pytest
from django.db.models import Count

from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.models import Batch, Vote
from polyphonie.consultation.queries.recount import differences
from polyphonie.contributions.actions import Text, revise
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing_at
from polyphonie.ledger.models import Entry, WaitingEntry
from tests.consultation.electorate import (
    CLOSING,
    NOON,
    a_proposal,
    a_voice,
    accounts,
    act,
    an_account,
    an_open_consultation,
    row_of,
    vote,
    withdraw,
)

pytestmark = pytest.mark.django_db


def seal(consultation, at=NOON):
    with act(consultation, at) as now:
        return seal_batch(consultation, now=now)


def close(consultation, at=CLOSING):
    with act(consultation, at) as now:
        return close_consultation(consultation, now=now)


def leaves(kind):
    return [json.loads(leaf) for leaf in Entry.objects.filter(kind=kind).order_by("pk").values_list("leaf", flat=True)]


def test_before_its_batch_a_vote_moves_nothing_that_is_shown(consultation, text):
    before = Contribution.objects.filter(pk=text.pk).values().get(), Entry.objects.count()
    for account in accounts(19):
        vote(text, account)
    assert (Contribution.objects.filter(pk=text.pk).values().get(), Entry.objects.count()) == before
    with pytest.raises(Refused):
        seal(consultation)
    assert Batch.objects.count() == 0


def test_a_batch_moves_leaves_counters_orders_and_totals_together(consultation, text):
    other = a_proposal(consultation, "Un banc")
    voters = accounts(20)
    for rank, account in enumerate(voters):
        vote(text, account, (1, 1, 0, -1)[rank % 4])
        vote(other, account, 1)
    vote(other, voters[0], -1)
    vote(other, voters[0], 1)
    batch = seal(consultation)
    assert (batch.number, batch.voters, batch.leaves, batch.is_small) == (1, 20, 42, False)
    text.refresh_from_db()
    other.refresh_from_db()
    assert (text.agree, text.mixed, text.disagree) == (10, 5, 5)
    assert (text.order_voters, other.order_voters, other.agree) == (20, 20, 20)
    consultation.refresh_from_db()
    assert (consultation.votes, consultation.voters) == (40, 20)
    hashes = [bytes(one) for one in Entry.objects.filter(kind="vote").order_by("pk").values_list("leaf_hash", flat=True)]
    assert len(hashes) == 42
    assert hashes == sorted(hashes)
    assert WaitingEntry.objects.count() == 0
    assert not Vote.objects.filter(is_waiting=True).exists()
    assert differences(consultation) == []


def test_votes_on_a_text_wait_until_twenty_voters_wait_on_it(consultation, text):
    few, most = a_proposal(consultation, "Un banc"), accounts(24)
    for rank, account in enumerate(most):
        vote(text if rank < 19 else few, account, 1)
        vote(few, account, -1)
    before = Contribution.objects.filter(pk=text.pk).values().get()
    batch = seal(consultation)
    assert (batch.voters, batch.leaves) == (24, 29)
    assert Contribution.objects.filter(pk=text.pk).values().get() == before
    assert Contribution.objects.get(pk=few.pk).disagree == 24
    consultation.refresh_from_db()
    assert (consultation.votes, consultation.voters) == (24, 24)
    assert Vote.objects.filter(is_waiting=True).values_list("contribution").distinct().get() == (text.pk,)
    assert {f'"contribution":{text.number},' in leaf for leaf in WaitingEntry.objects.values_list("leaf", flat=True)} == {True}
    with pytest.raises(Refused):
        seal(consultation, NOON + timedelta(days=1))
    vote(text, most[-1], 1)
    assert seal(consultation, NOON + timedelta(days=1)).leaves == 20
    assert differences(consultation) == []


def test_a_change_on_a_text_already_published_waits_for_nineteen_others(consultation, text):
    voters = accounts(20)
    for account in voters:
        vote(text, account)
    seal(consultation)
    vote(text, voters[0], -1)
    vote(text, voters[0], 0)
    withdraw(text, voters[1])
    other = a_proposal(consultation, "Un banc")
    for account in voters:
        vote(other, account)
    assert seal(consultation, NOON + timedelta(hours=1)).leaves == 20
    assert Contribution.objects.get(pk=text.pk).agree == 20
    close(consultation)
    shown = Contribution.objects.get(pk=text.pk)
    assert (shown.agree, shown.mixed) == (18, 1)
    assert WaitingEntry.objects.count() == 0
    assert differences(consultation) == []


def test_twenty_voters_on_twenty_texts_move_nothing(consultation):
    for rank, account in enumerate(accounts(20)):
        vote(a_proposal(consultation, f"Banc {rank}"), account)
    with pytest.raises(Refused):
        seal(consultation)


def test_a_number_that_begins_another_does_not_free_its_leaves(consultation):
    texts = [a_proposal(consultation, f"Banc {rank}") for rank in range(10)]
    assert [texts[0].number, texts[9].number] == [1, 10]
    for account in accounts(20):
        vote(texts[0], account)
    vote(texts[9], an_account())
    seal(consultation)
    assert '"contribution":10,' in WaitingEntry.objects.get().leaf


def test_twenty_votes_of_nineteen_people_do_not_make_a_batch(consultation, text):
    voters = accounts(19)
    for account in voters:
        vote(text, account)
    vote(text, voters[0], -1)
    with pytest.raises(Refused):
        seal(consultation)


def test_a_batch_waits_ten_minutes_after_the_one_before(consultation, text):
    for account in accounts(20):
        vote(text, account)
    seal(consultation)
    for account in accounts(20):
        vote(text, account)
    with pytest.raises(Refused):
        seal(consultation, NOON + timedelta(minutes=10) - timedelta(microseconds=1))
    assert seal(consultation, NOON + timedelta(minutes=10)).number == 2


def test_no_batch_is_sealed_in_the_last_day(consultation, text):
    for account in accounts(20):
        vote(text, account)
    with pytest.raises(Refused):
        seal(consultation, CLOSING - timedelta(hours=24))
    assert seal(consultation, CLOSING - timedelta(hours=24, microseconds=1)).number == 1


def test_a_changed_vote_stays_counted_as_it_was_until_its_batch(consultation, text):
    voters = accounts(20)
    for account in voters:
        vote(text, account)
    seal(consultation)
    vote(text, voters[0], -1)
    withdraw(text, voters[1])
    text.refresh_from_db()
    assert (text.agree, text.disagree) == (20, 0)
    assert differences(consultation) == []
    for account in voters[2:]:
        vote(text, account, 0)
    seal(consultation, NOON + timedelta(hours=1))
    text.refresh_from_db()
    consultation.refresh_from_db()
    assert (text.agree, text.mixed, text.disagree) == (0, 18, 1)
    assert (consultation.votes, consultation.voters) == (19, 19)
    gone = row_of(text, voters[1])
    assert (gone.published_position, gone.published_salt, gone.published_seq) == (None, None, 2)
    assert differences(consultation) == []


def test_the_close_publishes_the_rest_and_one_tally_per_text_and_revision(consultation, text):
    author = an_account()
    revised = a_proposal(consultation, "Un banc", author=author)
    vote(revised, an_account(), 1)
    with writing_at(NOON) as now:
        revise(revised, Text(title="Deux bancs", body="Deux"), author=author, now=now)
    vote(text, an_account(), -1)
    a_voice(consultation, Kind.ARGUMENT, about=text, side="for")
    closed = close(consultation)
    assert closed.state == "closed"
    batch = Batch.objects.get()
    assert (batch.voters, batch.leaves, batch.is_small) == (2, 2, True)
    states = leaves("state")
    assert states[-1]["state"] == "closed"
    counts = [(one["contribution"], one["revision"], one["agree"], one["mixed"], one["disagree"]) for one in leaves("tally")]
    assert counts == [(text.number, 1, 0, 0, 1), (revised.number, 1, 1, 0, 0), (revised.number, 2, 0, 0, 0)]
    assert {one["origin"] for one in leaves("tally")} == {"web"}
    kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[-6:] == ["vote", "vote", "state", "tally", "tally", "tally"]
    assert differences(consultation) == []


def test_a_close_without_votes_has_no_batch(consultation, text):
    close(consultation)
    assert Batch.objects.count() == 0
    assert len(leaves("tally")) == 1


def test_a_consultation_closes_at_its_instant_and_once(consultation, text):
    with pytest.raises(Refused):
        close(consultation, CLOSING - timedelta(microseconds=1))
    close(consultation)
    with pytest.raises(Refused):
        close(consultation)
    assert len([one for one in leaves("state") if one["state"] == "closed"]) == 1


def test_an_extension_that_came_meanwhile_is_seen_by_the_close(consultation, text):
    type(consultation).objects.filter(pk=consultation.pk).update(closes_at=CLOSING + timedelta(days=2))
    with pytest.raises(Refused):
        close(consultation, CLOSING)


def test_the_last_batch_is_not_small_from_twenty_voters(consultation, text):
    for account in accounts(20):
        vote(text, account)
    close(consultation)
    assert not Batch.objects.get().is_small


def test_every_published_batch_but_the_last_holds_twenty_voters(consultation, text):
    at = NOON
    for size in (20, 25, 3):
        for account in accounts(size):
            vote(text, account)
        if size >= 20:
            at += timedelta(minutes=10)
            seal(consultation, at)
    close(consultation)
    sizes = list(Batch.objects.order_by("number").values_list("voters", "is_small"))
    assert sizes == [(20, False), (25, False), (3, True)]


def test_a_hidden_text_keeps_its_votes_and_its_tally(consultation, text):
    vote(text, an_account(), 1)
    Contribution.objects.filter(pk=text.pk).update(status="hidden", status_ground="charter")
    with pytest.raises(Refused):
        vote(text, an_account(), 1)
    close(consultation)
    assert leaves("tally")[0]["agree"] == 1


def test_a_seal_sees_only_its_own_consultation(consultation, text):
    elsewhere = an_open_consultation(consultation.process, slug="autre")
    there = a_proposal(elsewhere)
    for account in accounts(20):
        vote(text, account)
    vote(there, an_account())
    seal(consultation)
    assert list(Vote.objects.values_list("contribution", "is_waiting").annotate(Count("pk")).order_by("is_waiting")) == [
        (text.pk, False, 20),
        (there.pk, True, 1),
    ]
    assert WaitingEntry.objects.count() == 1
