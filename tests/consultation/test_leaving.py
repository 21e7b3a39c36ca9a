"""Votes of someone who leaves stay, or are withdrawn all together at the close, where nothing ties them to one another."""

import json
from datetime import timedelta

import pytest

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import destroy_voter_secret
from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.actions.leaving import withdraw_all_votes
from polyphonie.consultation.models import Batch, Vote
from polyphonie.consultation.queries.recount import differences
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing_at
from polyphonie.ledger.keys import KeyMissing
from polyphonie.ledger.models import Entry, WaitingEntry
from tests.consultation.electorate import CLOSING, NOON, a_proposal, accounts, act, an_account, vote

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def leave(account):
    with writing_at(NOON) as now:
        count = withdraw_all_votes(account, now=now)
        destroy_voter_secret(account)
        Account.objects.filter(pk=account.pk).update(closed_on=now.date())
    return count


def seal(consultation, at=NOON):
    with act(consultation, at) as now:
        seal_batch(consultation, now=now)


def close(consultation):
    with act(consultation, CLOSING) as now:
        close_consultation(consultation, now=now)


def test_withdrawals_of_someone_who_left_wait_for_the_last_batch(consultation):
    texts = [a_proposal(consultation, f"P{rank}") for rank in range(2)]
    people = accounts(20)
    for account in people:
        vote(texts[0], account, 1)
        vote(texts[1], account, -1)
    seal(consultation)
    assert leave(people[0]) == 2
    assert {entry.kind for entry in WaitingEntry.objects.all()} == {"withdraw"}
    for account in accounts(20):
        vote(texts[0], account, 0)
    seal(consultation, LATER)
    texts[0].refresh_from_db()
    assert (texts[0].agree, texts[0].mixed) == (20, 20)
    assert not Entry.objects.filter(kind="withdraw").exists()
    assert differences(consultation) == []
    close(consultation)
    texts[0].refresh_from_db()
    texts[1].refresh_from_db()
    consultation.refresh_from_db()
    assert (texts[0].agree, texts[0].mixed, texts[1].disagree) == (19, 20, 19)
    assert (consultation.votes, consultation.voters) == (58, 39)
    assert Entry.objects.filter(kind="withdraw").count() == 2
    assert Batch.objects.order_by("-number").first().leaves == 2
    assert differences(consultation) == []
    assert not WaitingEntry.objects.exists()


def test_a_vote_that_was_waiting_is_published_then_withdrawn_in_its_turn(consultation):
    text = a_proposal(consultation)
    people = accounts(20)
    for account in people:
        vote(text, account, 1)
    leave(people[0])
    seal(consultation)
    text.refresh_from_db()
    assert text.agree == 20
    assert Vote.objects.filter(published_salt__isnull=False).count() == 20
    close(consultation)
    text.refresh_from_db()
    assert text.agree == 19
    assert Vote.objects.filter(published_salt__isnull=False).count() == 19
    marks = [json.loads(leaf) for leaf in Entry.objects.filter(kind="withdraw").values_list("leaf", flat=True)]
    assert [leaf["seq"] for leaf in marks] == [2]
    assert differences(consultation) == []


def test_a_vote_never_sealed_before_the_close_leaves_two_leaves_and_no_count(consultation):
    text = a_proposal(consultation)
    ines = an_account()
    vote(text, ines, 1)
    leave(ines)
    close(consultation)
    assert sorted(Entry.objects.filter(kind__in=["vote", "withdraw"]).values_list("kind", flat=True)) == ["vote", "withdraw"]
    consultation.refresh_from_db()
    assert (consultation.votes, consultation.voters) == (0, 0)
    assert differences(consultation) == []


def test_closed_consultations_keep_their_votes(consultation):
    text = a_proposal(consultation)
    ines = an_account()
    vote(text, ines, 1)
    close(consultation)
    with writing_at(CLOSING + timedelta(days=1)) as now:
        assert withdraw_all_votes(ines, now=now) == 0
    assert Vote.objects.get().published_position == 1


def test_who_left_votes_no_more_and_leaving_twice_withdraws_once(consultation):
    text = a_proposal(consultation)
    ines = an_account()
    vote(text, ines, 1)
    with writing_at(NOON) as now:
        assert withdraw_all_votes(ines, now=now) == 1
        assert withdraw_all_votes(ines, now=now) == 0
    leave(ines)
    with pytest.raises(Refused):
        vote(text, ines, 1, after=0)
    with pytest.raises(KeyMissing), writing_at(NOON) as now:
        withdraw_all_votes(ines, now=now)
