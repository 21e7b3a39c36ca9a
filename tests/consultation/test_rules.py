"""Each refusal of votes and batches has its case here, and falls when its condition is removed."""

from datetime import date, timedelta

import pytest

from polyphonie.accounts.models import Account, Organisation
from polyphonie.consultation import rules
from polyphonie.contributions.models import Contribution, Kind, Revision, Status
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import CLOSING, NOON, OPENING

DAY = date(2026, 1, 5)
INSTANT = timedelta(microseconds=1)


def consultation(**details):
    return Consultation(**{"state": "open", "opens_at": OPENING, "closes_at": CLOSING, **details})


def text(**details):
    about = details.pop("consultation", None) or consultation()
    return Contribution(**{"kind": Kind.PROPOSAL, "status": Status.PUBLISHED, "consultation": about, **details})


def account(**details):
    return Account(**{"confirmed_on": DAY, "wrapped_secret": b"wrapped", **details})


def test_a_confirmed_account_votes_on_a_shown_proposal_of_an_open_consultation():
    assert rules.vote_refusal(text(), account=account(), now=NOON) is None
    assert rules.withdraw_vote_refusal(text(), account=account(), now=NOON) is None


@pytest.mark.parametrize(
    "details",
    [{"confirmed_on": None}, {"closed_on": DAY}, {"suspended_on": DAY}, {"wrapped_secret": None}],
    ids=["unconfirmed", "closed", "suspended", "without secret"],
)
def test_an_account_that_cannot_act_does_not_vote(details):
    assert rules.vote_refusal(text(), account=account(**details), now=NOON)
    assert rules.withdraw_vote_refusal(text(), account=account(**details), now=NOON)


def test_a_visitor_does_not_vote():
    assert rules.vote_refusal(text(), account=None, now=NOON)


def test_people_vote_and_organisations_do_not():
    assert rules.vote_refusal(text(), account=account(), now=NOON, speaks_for=Organisation(name="Une association"))


@pytest.mark.parametrize(
    ("kind", "is_votable"), [("proposal", True), ("completion", True), ("argument", False), ("source", False)]
)
def test_proposals_and_completions_are_voted_on(kind, is_votable):
    assert (rules.vote_refusal(text(kind=kind), account=account(), now=NOON) is None) == is_votable


@pytest.mark.parametrize("status", [status for status in Status.values if status != Status.PUBLISHED])
def test_a_text_that_is_not_shown_is_not_voted_on_but_a_vote_on_it_can_be_taken_back(status):
    assert rules.vote_refusal(text(status=status), account=account(), now=NOON)
    assert rules.withdraw_vote_refusal(text(status=status), account=account(), now=NOON) is None


@pytest.mark.parametrize("rule", [rules.vote_refusal, rules.withdraw_vote_refusal])
def test_the_closing_instant_is_the_first_refused_one(rule):
    assert rule(text(), account=account(), now=CLOSING - INSTANT) is None
    assert rule(text(), account=account(), now=CLOSING)


@pytest.mark.parametrize("rule", [rules.vote_refusal, rules.withdraw_vote_refusal])
def test_the_opening_instant_is_the_first_accepted_one(rule):
    assert rule(text(), account=account(), now=OPENING) is None
    assert rule(text(), account=account(), now=OPENING - INSTANT)


@pytest.mark.parametrize(
    "details",
    [
        {"state": "draft"},
        {"state": "announced"},
        {"state": "closed"},
        {"is_imported": True},
        {"opens_at": None},
        {"closes_at": None},
    ],
)
@pytest.mark.parametrize("rule", [rules.vote_refusal, rules.withdraw_vote_refusal])
def test_a_consultation_that_is_not_open_takes_no_vote(rule, details):
    assert rule(text(consultation=consultation(**details)), account=account(), now=NOON)


@pytest.mark.parametrize("position", [-1, 0, 1])
def test_a_vote_is_one_of_three_positions_with_a_nonce_of_16_bytes(position):
    assert rules.ballot_refusal(position, b"n" * 16) is None
    assert rules.ballot_refusal(position, b"n" * 15)
    assert rules.ballot_refusal(position, b"n" * 17)


@pytest.mark.parametrize("position", [2, -2, None, "1"])
def test_anything_else_is_not_a_vote(position):
    assert rules.ballot_refusal(position, b"n" * 16)


def seal_refusal(*, voters=20, last=None, now=NOON, **details):
    return rules.seal_refusal(consultation(**details), ready_voters=voters, last_sealed_at=last, now=now)


def test_a_batch_needs_twenty_voters():
    assert seal_refusal(voters=19)
    assert seal_refusal(voters=20) is None


def test_a_batch_needs_ten_minutes_since_the_last_or_the_opening():
    ten = timedelta(minutes=10)
    assert seal_refusal(last=NOON - ten) is None
    assert seal_refusal(last=NOON - ten + INSTANT)
    assert seal_refusal(now=OPENING + ten) is None
    assert seal_refusal(now=OPENING + ten - INSTANT)


def test_no_batch_in_the_last_24_hours():
    assert seal_refusal(now=CLOSING - timedelta(hours=24) - INSTANT) is None
    assert seal_refusal(now=CLOSING - timedelta(hours=24))
    assert seal_refusal(now=CLOSING + timedelta(days=1))


@pytest.mark.parametrize("details", [{"state": "closed"}, {"state": "announced"}, {"opens_at": None}, {"closes_at": None}])
def test_a_batch_is_sealed_in_an_open_consultation_only(details):
    assert seal_refusal(**details)


def test_a_consultation_closes_at_its_instant_when_open():
    assert rules.close_refusal(consultation(), now=CLOSING) is None
    assert rules.close_refusal(consultation(), now=CLOSING - INSTANT)
    assert rules.close_refusal(consultation(state="closed"), now=CLOSING)
    assert rules.close_refusal(consultation(state="announced"), now=CLOSING)
    assert rules.close_refusal(consultation(closes_at=None), now=CLOSING)


def test_votes_pass_to_the_next_revision_when_a_moderator_says_it_is_the_same():
    earlier = Revision(contribution_id=1, number=1)
    for reason in ("typographic", "masked"):
        assert rules.carry_over_refusal(earlier, Revision(contribution_id=1, number=2, reason=reason)) is None
    assert rules.carry_over_refusal(earlier, Revision(contribution_id=1, number=2, reason="author"))
    assert rules.carry_over_refusal(earlier, Revision(contribution_id=1, number=3, reason="masked"))
    assert rules.carry_over_refusal(earlier, Revision(contribution_id=2, number=2, reason="masked"))
    assert rules.carry_over_refusal(None, Revision(contribution_id=1, number=2, reason="masked"))
