"""Does the search page find what is shown, say its order, and answer whatever is typed?"""

import pytest

from polyphonie.consultation.actions import speaking
from polyphonie.contributions import search
from polyphonie.contributions.actions import Text
from polyphonie.core.writing import writing
from polyphonie.portal.views import search as views
from tests.concertations import a_person, a_process, an_open_consultation

SEARCH = "/demain/recherche/"


@pytest.fixture
def consultation(db):
    with writing() as now:
        consultation = an_open_consultation(a_process(now=now), now=now)
        author = a_person("Autrice", on=now)
        proposal = speaking.propose(consultation, Text("La sécurité des données", "Ici."), account=author, now=now)
        speaking.argue(proposal, Text("", "Des données mieux gardées."), side="for", account=author, now=now)
    return consultation


def test_it_finds_as_people_type_and_says_its_order(client, consultation):
    page = client.get(SEARCH, {"q": "securite donnee"}).content.decode()
    assert "/demain/contributions/1/" in page
    assert "numéro le plus récent" in page


@pytest.mark.parametrize("asked", ["#2", "2", "n° 2", "no 2"])
def test_a_number_leads_to_its_contribution(client, consultation, asked):
    page = client.get(SEARCH, {"q": asked}).content.decode()
    assert '<a href="/demain/contributions/2/">Aller à la contribution #2</a>' in page
    assert "Rien ne répond" not in page
    assert "Aller à la contribution" not in client.get(SEARCH, {"q": f"{asked}9"}).content.decode()


def test_beyond_what_is_counted_it_says_more_than(client, consultation, monkeypatch):
    monkeypatch.setattr(search, "MOST_COUNTED", 1)
    monkeypatch.setattr(views, "PER_PAGE", 1)
    assert "Plus de 1 textes trouvés" in client.get(SEARCH, {"q": "donnée"}).content.decode()


def test_it_filters_by_kind(client, consultation):
    page = client.get(SEARCH, {"q": "données", "genre": "argument"}).content.decode()
    assert '<a href="/demain/contributions/2/">' in page
    assert "La sécurité" not in page


@pytest.mark.parametrize("asked", ["", "   ", '"', "zzzz", "(", "\x00", "é" * 500, "<script>alert(1)</script>"])
def test_whatever_is_typed_is_answered(client, consultation, asked):
    answer = client.get(SEARCH, {"q": asked, "page": "999999", "genre": "x", "consultation": "y"})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_it_costs_the_same_whatever_is_found(client, consultation, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        client.get(SEARCH, {"q": "données"})
