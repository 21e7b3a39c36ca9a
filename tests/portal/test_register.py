"""Does the register show what it holds, by kind, without a name, and say what it does not prove?"""

import pytest

from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.core.writing import writing
from polyphonie.ledger.tasks import seal_logs
from tests.concertations import a_person, a_process, an_open_consultation

REGISTER = "/demain/registre/"


@pytest.fixture
def consultation(db):
    with writing() as now:
        consultation = an_open_consultation(a_process(now=now), now=now)
        author = a_person("Jeanne Autrice", on=now)
        proposal = speaking.propose(consultation, Text("Un banc", "Ici."), account=author, now=now)
        speaking.revise(proposal, Text("Un banc", "Là."), account=author, now=now)
    return consultation


def test_before_the_first_seal_the_page_says_so(client, consultation):
    assert "Rien n’est encore scellé" in client.get(REGISTER).content.decode()


def test_leaves_are_shown_by_kind_without_text_or_name(client, consultation, django_assert_max_num_queries):
    seal_logs()
    with django_assert_max_num_queries(6):
        page = client.get(REGISTER).content.decode()
    assert "contribution/1" in page
    assert "Jeanne" not in page
    assert "Un banc" not in page
    only = client.get(REGISTER, {"genre": "config"}).content.decode()
    assert "contribution/1" not in only


def test_integrity_counts_and_says_what_it_does_not_prove(client, consultation, django_assert_max_num_queries):
    seal_logs()
    with django_assert_max_num_queries(10):
        page = client.get(REGISTER + "integrite/").content.decode()
    assert "Ce que ceci ne prouve pas" in page


@pytest.mark.parametrize("asked", [{"avant": "x"}, {"avant": "9" * 40}, {"genre": "x"}, {"avant": "0"}])
def test_any_question_is_answered(client, consultation, asked):
    seal_logs()
    assert client.get(REGISTER, asked).status_code == 200
