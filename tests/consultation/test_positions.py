"""One finds one's own votes again, in few queries, and nobody else's; without the key nothing is shown and nothing breaks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polyphonie.accounts.voter_secret import destroy_voter_secret
from polyphonie.consultation.queries.positions import my_positions, my_votes
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from tests.consultation.electorate import a_proposal, a_voice, an_account, an_open_consultation, vote, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(consultation):
    return [a_proposal(consultation, f"P{rank}") for rank in range(5)]


def cost(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len([query for query in queries if "keyfingerprint" not in query["sql"]])


def test_my_positions_are_mine(texts):
    ines, paul = an_account("Inès"), an_account("Paul")
    vote(texts[0], ines, 1)
    vote(texts[1], ines, -1)
    vote(texts[2], paul, 0)
    mine = my_positions(ines, texts)
    assert {number: one.position for number, one in mine.items()} == {texts[0].number: 1, texts[1].number: -1}
    assert mine[texts[0].number].seq == 1
    assert mine[texts[0].number].is_waiting
    assert my_positions(an_account(), texts) == {}
    assert my_positions(None, texts) == {}


def test_a_withdrawn_vote_keeps_its_place_for_the_next_form(texts):
    ines = an_account()
    vote(texts[0], ines, 1)
    withdraw(texts[0], ines)
    mine = my_positions(ines, texts)[texts[0].number]
    assert (mine.position, mine.seq, mine.is_asked_again) == (None, 2, False)


def test_several_texts_cost_one_query(texts):
    ines = an_account()
    in_hand = list(Contribution.objects.select_related("consultation__process").order_by("number"))
    assert cost(lambda: my_positions(ines, in_hand)) == 1
    assert cost(lambda: my_positions(ines, list(Contribution.objects.order_by("number")))) == 3
    assert cost(lambda: my_positions(ines, [])) == 0
    assert cost(lambda: my_positions(None, in_hand)) == 0


def test_texts_of_several_consultations_are_found_together(consultation, texts):
    elsewhere = a_proposal(an_open_consultation(consultation.process, slug="autre"))
    ines = an_account()
    vote(texts[0], ines, 1)
    vote(elsewhere, ines, 0)
    assert set(my_positions(ines, [*texts, elsewhere])) == {texts[0].number, elsewhere.number}


def test_texts_that_are_not_voted_on_have_no_position(consultation, texts):
    argument = a_voice(consultation, Kind.ARGUMENT, about=texts[0], side="for")
    assert my_positions(an_account(), [argument]) == {}


def test_my_space_lists_every_vote_by_consultation_without_those_withdrawn(consultation, texts):
    second = an_open_consultation(consultation.process, slug="autre")
    elsewhere = a_proposal(second)
    ines = an_account()
    for text in (texts[3], texts[1], texts[2], elsewhere):
        vote(text, ines, 1)
    vote(texts[1], an_account(), 1)
    withdraw(texts[2], ines)
    found = my_votes(ines)
    assert [(one.slug, [text.number for text, _mine in votes]) for one, votes in found] == [
        (consultation.slug, [texts[1].number, texts[3].number]),
        (second.slug, [elsewhere.number]),
    ]
    assert cost(lambda: my_votes(ines)) == 2


def test_without_the_secret_nothing_is_shown_and_without_the_key_the_page_says_so(texts, settings, tmp_path):
    ines, paul = an_account("Inès"), an_account("Paul")
    vote(texts[0], ines, 1)
    vote(texts[0], paul, 1)
    with writing():
        destroy_voter_secret(ines)
    assert my_positions(ines, texts) == {}
    assert my_votes(ines) == []
    settings.POLYPHONIE_KEYS = tmp_path
    assert my_positions(paul, texts) == {}
    with pytest.raises(Refused, match="Ils restent comptés"):
        my_votes(paul)
