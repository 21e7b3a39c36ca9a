"""A vote is bound to the text that was read: a new text starts a new count, and only a moderator may say it is the same."""

import json

import pytest

from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.actions.revising import carry_over_votes
from polyphonie.consultation.queries.positions import my_positions
from polyphonie.consultation.queries.recount import differences
from polyphonie.contributions.actions import Text, new_revision, revise
from polyphonie.contributions.models import Revision
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing_at
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Entry
from tests.consultation.electorate import (
    CLOSING,
    NOON,
    accounts,
    act,
    an_account,
    nonce,
    row_of,
    vote,
)

pytestmark = pytest.mark.django_db


def rewrite(text, author, title="Planter des platanes"):
    text.refresh_from_db()
    with act(text.consultation, NOON) as now:
        revise(text, Text(title=title, body=text.body), author=author, now=now)
    text.refresh_from_db()


def correct(text, reason=Revision.Reason.TYPOGRAPHIC, title="Planter des tilleuls."):
    text.refresh_from_db()
    with act(text.consultation, NOON) as now:
        new_revision(text, Text(title=title, body=text.body), reason=reason, now=now)
        entry = carry_over_votes(text, actor="moderator/1", now=now)
    text.refresh_from_db()
    return entry


def seal(consultation):
    with act(consultation, NOON) as now:
        return seal_batch(consultation, now=now)


def counts(record):
    return record.agree, record.mixed, record.disagree


def test_a_new_text_starts_a_new_count_and_keeps_the_earlier_one_beside_it(consultation, text, author):
    voters = accounts(21)
    for account in voters:
        vote(text, account, 1)
    seal(consultation)
    rewrite(text, author)
    assert counts(text) == (0, 0, 0)
    assert (text.order_voters, text.order_supported, text.order_divisive) == (0, 0, -1)
    assert [counts(revision) for revision in text.revisions.all()] == [(21, 0, 0), (0, 0, 0)]
    assert differences(consultation) == []
    consultation.refresh_from_db()
    assert (consultation.votes, consultation.voters) == (21, 21)


def test_a_vote_on_the_new_text_replaces_the_earlier_one_at_its_batch(consultation, text, author):
    voters = accounts(20)
    for account in voters:
        vote(text, account, 1)
    seal(consultation)
    rewrite(text, author)
    vote(text, voters[0], -1)
    assert [counts(revision) for revision in text.revisions.all()] == [(20, 0, 0), (0, 0, 0)]
    with act(consultation, CLOSING) as now:
        close_consultation(consultation, now=now)
    text.refresh_from_db()
    assert counts(text) == (0, 0, 1)
    assert [counts(revision) for revision in text.revisions.all()] == [(19, 0, 0), (0, 0, 1)]
    assert differences(consultation) == []


def test_who_voted_on_an_earlier_text_is_asked_again(consultation, text, author):
    ines = an_account()
    vote(text, ines, 1)
    assert not my_positions(ines, [text])[text.number].is_asked_again
    rewrite(text, author)
    assert my_positions(ines, [text])[text.number].is_asked_again
    vote(text, ines, 1)
    assert not my_positions(ines, [text])[text.number].is_asked_again


def test_a_vote_waiting_when_the_text_changes_stays_with_the_earlier_text(consultation, text, author):
    vote(text, an_account(), 1)
    rewrite(text, author)
    with act(consultation, CLOSING) as now:
        close_consultation(consultation, now=now)
    text.refresh_from_db()
    assert counts(text) == (0, 0, 0)
    assert [counts(revision) for revision in text.revisions.all()] == [(1, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize("reason", [Revision.Reason.TYPOGRAPHIC, Revision.Reason.MASKED])
def test_a_correction_by_a_moderator_carries_the_votes_over_with_its_leaf(consultation, text, reason):
    voters = accounts(20)
    for account in voters:
        vote(text, account, 1)
    seal(consultation)
    vote(text, voters[0], -1)
    leaf = json.loads(correct(text, reason).leaf)
    first, second = text.revisions.all()
    assert leaf == {
        "v": 1,
        "kind": "mod",
        "act": "same_text",
        "actor": "moderator/1",
        "object": f"contribution/{text.number}",
        "from": b64(bytes(first.leaf_hash)),
        "to": b64(bytes(second.leaf_hash)),
    }
    assert counts(text) == counts(second) == (20, 0, 0)
    assert counts(first) == (0, 0, 0)
    assert text.order_voters == 20
    assert differences(consultation) == []
    assert not my_positions(voters[1], [text])[text.number].is_asked_again
    assert not my_positions(voters[0], [text])[text.number].is_asked_again


def test_votes_on_a_text_before_the_last_are_not_carried_over(consultation, text, author):
    early, late = an_account(), an_account()
    vote(text, early, 1)
    rewrite(text, author)
    vote(text, late, -1)
    correct(text, title="Planter des platanes !")
    assert (row_of(text, early).revision, row_of(text, late).revision) == (1, 3)
    with act(consultation, CLOSING) as now:
        close_consultation(consultation, now=now)
    text.refresh_from_db()
    assert counts(text) == (0, 0, 1)
    assert [counts(revision) for revision in text.revisions.all()] == [(1, 0, 0), (0, 0, 0), (0, 0, 1)]
    assert differences(consultation) == []


def test_a_receipt_asked_again_after_a_correction_names_the_text_that_was_voted_on(consultation, text):
    ines, once = an_account(), nonce()
    first = vote(text, ines, 1, nonce=once, after=0)
    correct(text)
    again = vote(text, ines, 1, nonce=once, after=0, revision=1)
    assert again.is_repeat
    assert (again.leaf, again.revision) == (first.leaf, 1)


def test_an_author_cannot_carry_votes_over(consultation, text, author):
    vote(text, an_account(), 1)
    rewrite(text, author)
    with pytest.raises(Refused), act(consultation, NOON) as now:
        carry_over_votes(text, actor="moderator/1", now=now)
    assert not Entry.objects.filter(kind="mod").exists()


def test_a_text_with_one_revision_has_nothing_to_carry_over(consultation, text):
    with pytest.raises(Refused), writing_at(NOON) as now:
        carry_over_votes(text, actor="moderator/1", now=now)
