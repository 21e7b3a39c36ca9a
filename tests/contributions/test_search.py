"""Is a voice found as people type, on both databases alike, in an order anyone can recompute?"""

import pytest

from polyphonie.contributions import actions, search
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from tests.concertations import a_process, an_open_consultation


@pytest.fixture
def consultation(db) -> Consultation:
    with writing() as now:
        return an_open_consultation(a_process(now=now), now=now)


def publish(consultation: Consultation, title: str, body: str) -> Contribution:
    with writing() as now:
        return actions.publish(consultation, Kind.PROPOSAL, actions.Text(title, body), author=None, now=now)


def numbers(consultation: Consultation, asked: str, **filters: object) -> list[int]:
    return [found.number for found in search.search(consultation.process, asked, **filters).contributions]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("la sécurité des données", "securite donnees"),
        ("un service numérisé", "numérisée"),
        ("les villes engagées", "engager"),
        ("chaque agent·e·s compte", "agentes"),
        ("L’école du quartier", "ecole"),
        ("aujourd’hui encore", "aujourd'hui"),
    ],
)
def test_a_text_is_found_whatever_its_accents_inflections_and_inclusive_endings(consultation, text, asked):
    found = publish(consultation, "Une proposition", text)
    publish(consultation, "Autre chose", "sans rapport")
    assert numbers(consultation, asked) == [found.number]


def test_titles_come_first_then_the_latest_number(consultation):
    in_body = publish(consultation, "Une idée", "un marché couvert")
    in_title = publish(consultation, "Un marché couvert", "le samedi")
    in_body_later = publish(consultation, "Une autre idée", "un marché de producteurs")
    assert numbers(consultation, "marché") == [in_title.number, in_body_later.number, in_body.number]


@pytest.mark.parametrize("most", [1, 6, 7, 1000])
def test_pages_follow_one_another_across_titles_and_texts_and_the_count_stops_somewhere(consultation, monkeypatch, most):
    monkeypatch.setattr(search, "MOST_COUNTED", most)
    titled = [publish(consultation, f"Un marché {rank}", "le samedi").number for rank in range(3)]
    others = [publish(consultation, "Une idée", f"un marché {rank}").number for rank in range(4)]
    publish(consultation, "Un marché", "de nuit")
    order = [*reversed(titled), *reversed(others)]
    for limit in (1, 2, 3, 5, 20):
        pages = [numbers(consultation, "marché -nuit", offset=start, limit=limit) for start in range(0, len(order), limit)]
        assert [number for page in pages for number in page] == order
    assert numbers(consultation, "marché -nuit", offset=7) == []
    found = search.search(consultation.process, "marché -nuit", limit=2)
    assert (found.total, found.is_more) == (min(most, 7), most < 7)


def test_phrases_and_exclusions_are_understood(consultation):
    together = publish(consultation, "Jardins", "un jardin partagé au centre")
    publish(consultation, "Jardins et partage", "partagé est le jardin")
    assert numbers(consultation, "« jardin partagé »") == [together.number]
    assert together.number not in numbers(consultation, "jardin -centre")


def test_a_hidden_text_leaves_the_index_and_a_restored_one_comes_back(consultation):
    proposal = publish(consultation, "Un banc", "devant la gare")
    with writing() as now:
        actions.hide(proposal, ground="charter", actor="moderator/1", now=now)
    assert numbers(consultation, "gare") == []
    with writing() as now:
        actions.restore(proposal, actor="moderator/1", now=now)
    assert numbers(consultation, "gare") == [proposal.number]


def test_a_revised_text_is_found_by_its_new_words_only(consultation, django_user_model):
    author = django_user_model.objects.create(
        email="a@example.org", display_name="A", display_key="a", slug="a", joined_on="2026-01-01"
    )
    with writing() as now:
        proposal = actions.publish(consultation, Kind.PROPOSAL, actions.Text("Un banc", "devant la gare"), author=author, now=now)
        actions.revise(proposal, actions.Text("Un banc", "devant la mairie"), author=author, now=now)
    assert numbers(consultation, "gare") == []
    assert numbers(consultation, "mairie") == [proposal.number]


@pytest.mark.parametrize(
    "asked", ["", "   ", '"', "*", "a OR b NEAR(c)", "-", "title:x", "'; DROP TABLE x; --", "é" * 5000, "()", "\x00"]
)
def test_whatever_is_typed_is_answered(consultation, asked):
    publish(consultation, "Un banc", "devant la gare")
    assert isinstance(numbers(consultation, asked), list)


def test_candidates_share_words_with_the_new_text(consultation):
    near = publish(consultation, "Ouvrir un atelier de réparation", "avec des outils prêtés")
    publish(consultation, "Planter des arbres", "le long du canal")
    found = search.candidates(consultation, "Des ateliers pour réparer", "prêter des outils aux habitants")
    assert [candidate.number for candidate in found] == [near.number]
