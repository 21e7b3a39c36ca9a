"""Does one find one's own texts, votes and choices, and nobody else's?"""

import pytest
from django.test import Client

from polyphonie.accounts.actions import change_settings, open_account
from polyphonie.accounts.models import Account
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from polyphonie.notifications.actions import follow
from polyphonie.notifications.models import Follow, Refusal
from polyphonie.notifications.queries import consultation_subject
from tests.portal.scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def voter() -> Account:
    with writing() as now:
        return open_account("amina@example.org", name="Amina", is_fifteen=True, language="fr", now=now)


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.mark.parametrize("place", ["", "avis/", "messages/", "organisations/", "reglages/", "securite/"])
def test_ones_space_opens_to_oneself_only(voter: Account, place: str) -> None:
    address = f"/mon-espace/{place}"
    assert Client().get(address)["Location"].startswith("/connexion/?suite=")
    page = signed_in(voter).get(address)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]


def test_my_texts_come_with_what_became_of_them(scene: Scene) -> None:
    Contribution.objects.filter(pk=scene.proposal.pk).update(
        fate="taken_up", fate_reason="Reprise dans la synthèse.", fate_address="/demain/syntheses/places/"
    )
    page = signed_in(scene.author).get("/mon-espace/").content.decode()
    assert f"/demain/contributions/{scene.proposal.number}/" in page
    assert "Reprise dans la synthèse." in page
    assert "/demain/syntheses/places/" in page


def test_the_texts_of_others_are_not_mine(scene: Scene, voter: Account) -> None:
    assert f"/demain/contributions/{scene.proposal.number}/" not in signed_in(voter).get("/mon-espace/").content.decode()


def test_the_list_of_my_texts_costs_the_same_however_long(scene: Scene, django_assert_max_num_queries: object) -> None:
    client = signed_in(scene.author)
    with django_assert_max_num_queries(8):
        client.get("/mon-espace/?page=1")
    for page in ("0", "99", "x", "-1", "9" * 30):
        assert client.get(f"/mon-espace/?page={page}").status_code == 200


def test_my_votes_are_recomputed_for_me_and_shown_to_no_other(scene: Scene, voter: Account) -> None:
    with writing(lock=scene.consultation, shared=True) as now:
        cast_vote(scene.proposal, account=voter, position=1, revision=scene.proposal.revision, nonce=b"1" * 16, after=0, now=now)
    mine = signed_in(voter).get("/mon-espace/avis/").content.decode()
    assert f"#{scene.proposal.number}" in mine
    assert "D’accord" in mine
    assert f"#{scene.proposal.number}" not in signed_in(scene.author).get("/mon-espace/avis/").content.decode()


def test_a_vote_follows_nothing(scene: Scene, voter: Account) -> None:
    with writing(lock=scene.consultation, shared=True) as now:
        cast_vote(scene.proposal, account=voter, position=-1, revision=scene.proposal.revision, nonce=b"1" * 16, after=0, now=now)
    assert not Follow.objects.filter(account=voter).exists()


def test_messages_are_chosen_and_following_stops(scene: Scene, voter: Account) -> None:
    subject = consultation_subject("demain", scene.consultation.slug)
    with writing():
        follow(voter, subject)
    client = signed_in(voter)
    assert scene.consultation.title in client.get("/mon-espace/messages/").content.decode()
    client.post("/mon-espace/messages/", {"topics": ["my_texts", "consultations"]})
    assert [refusal.topic for refusal in Refusal.objects.all()] == ["reactions"]
    assert Follow.objects.filter(account=voter).exists()
    client.post("/mon-espace/messages/", {"unfollow": subject})
    assert not Follow.objects.filter(account=voter).exists()
    client.post("/mon-espace/messages/", {"topics": ["my_texts", "reactions", "consultations"]})
    assert not Refusal.objects.exists()
    assert client.post("/mon-espace/messages/", {"topics": ["x"]}).status_code == 422


def test_the_pages_of_ones_space_speak_both_languages(scene: Scene, voter: Account) -> None:
    with writing() as now:
        change_settings(voter, name="Amina", category="", territory="", is_listed=False, language="en", now=now)
    client = signed_in(voter)
    assert "Mes contributions" in client.get("/mon-espace/").content.decode()
    client.post("/mon-espace/reglages/", {"name": "Amina", "language": "en"})
    assert "My contributions" in client.get("/mon-espace/").content.decode()
