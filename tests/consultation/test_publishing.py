"""Does one publish in three screens, writing first and identifying last, with nothing lost on the way?"""

import re

import pytest

from polyphonie.accounts import limits as doors
from polyphonie.accounts.models import Account
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.forms import ProposalForm
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.serving import haste, limits
from polyphonie.core.writing import writing
from polyphonie.outbox.models import Mail
from polyphonie.processes.models import Consultation
from tests.concertations import a_person, a_process, an_open_consultation

PLACES = "/demain/consultations/places/"
PROPOSAL = {"title": "Un marché couvert", "body": "Le samedi matin, sur la grande place."}
IDENTITY = {"mail": "jeanne@exemple.fr", "name": "Jeanne", "is_fifteen": "on"}


@pytest.fixture(autouse=True)
def filled_by_people(monkeypatch):
    """Forms are filled at a human pace."""
    monkeypatch.setattr(haste, "is_hasty", lambda shown, trap, now: bool(trap))


@pytest.fixture
def consultation(db) -> Consultation:
    limits.forget_all()
    with writing() as now:
        return an_open_consultation(a_process(now=now), now=now)


@pytest.fixture
def author(consultation) -> Account:
    with writing() as now:
        return a_person("Autrice", on=now)


def sent_code() -> str:
    found = re.search(r"\b\d{6}\b", Mail.objects.order_by("-pk")[0].body)
    assert found
    return found[0]


def test_someone_new_publishes_in_three_screens(client, consultation):
    assert client.get(PLACES + "proposer/").status_code == 200
    answer = client.post(PLACES + "proposer/", PROPOSAL, follow=True)
    assert answer.redirect_chain[-1][0] == "/demain/publier/"
    assert "Un marché couvert" in answer.content.decode()
    client.post("/demain/publier/", IDENTITY)
    answer = client.post("/demain/publier/", {"code": sent_code()}, follow=True)
    contribution = Contribution.objects.get()
    assert (contribution.number, contribution.title, contribution.author_name) == (1, "Un marché couvert", "Jeanne")
    assert "#1" in answer.content.decode()
    assert "draft" not in client.session


def test_a_wrong_code_publishes_nothing_and_keeps_the_text(client, consultation):
    client.post(PLACES + "proposer/", PROPOSAL)
    client.post("/demain/publier/", IDENTITY)
    wrong = "000000" if sent_code() != "000000" else "000001"
    answer = client.post("/demain/publier/", {"code": wrong})
    assert answer.status_code == 422
    assert "Un marché couvert" in answer.content.decode()
    assert not Contribution.objects.exists()


def test_codes_asked_here_count_with_those_of_the_other_doors_however_the_address_is_typed(client, consultation, monkeypatch):
    monkeypatch.setattr(doors, "CODES_TO_AN_ADDRESS", limits.Limit("codes to an address", 3, 3600))
    monkeypatch.setattr(doors, "ATTEMPTS_FROM_A_CLIENT", limits.Limit("attempts from a client", 2, 3600))
    client.post(PLACES + "proposer/", PROPOSAL)
    client.post("/connexion/", {"address": "jeanne@exemple.fr"})
    for mail in ("Jeanne@exemple.fr", "JEANNE@exemple.fr", "jeanne@Exemple.fr"):
        client.post("/demain/publier/", {"step": "other"})
        client.post("/demain/publier/", {**IDENTITY, "mail": mail})
    assert Mail.objects.count() == 3
    client.post("/connexion/", {"address": "paul@exemple.fr"})
    client.post("/demain/publier/", {**IDENTITY, "mail": "paul@exemple.fr"})
    tried = [client.post("/demain/publier/", {"code": code}).content.decode() for code in ("000000", "000001", sent_code())]
    assert ["nombreuses demandes" in page for page in tried] == [False, False, True]


def test_the_draft_survives_signing_in(client, consultation, author):
    client.post(PLACES + "proposer/", PROPOSAL)
    client.force_login(author)
    answer = client.post("/demain/publier/", {}, follow=True)
    assert answer.status_code == 200
    assert Contribution.objects.get().author == author


def mark_on(page) -> str:
    found = re.search(r'name="draft" value="(\w{16})"', page.content.decode())
    assert found
    return found[1]


def test_what_is_sent_twice_is_published_once(client, consultation, author):
    client.force_login(author)
    client.post(PLACES + "proposer/", PROPOSAL)
    sent = {"draft": mark_on(client.get("/demain/publier/"))}
    first, second = client.post("/demain/publier/", sent), client.post("/demain/publier/", sent)
    assert first.headers["Location"] == second.headers["Location"]
    client.post(PLACES + "proposer/", PROPOSAL)  # and begun anew, as by two presses at once
    third = client.post("/demain/publier/", sent)
    assert third.headers["Location"] == first.headers["Location"]
    assert Contribution.objects.count() == 1


def test_nobody_publishes_a_text_begun_in_another_tab_without_seeing_it(client, consultation, author):
    client.force_login(author)
    client.post(PLACES + "proposer/", PROPOSAL)
    shown = mark_on(client.get("/demain/publier/"))
    client.post(PLACES + "proposer/", {"title": "Une fontaine", "body": "Devant la mairie."})
    answer = client.post("/demain/publier/", {"draft": shown}, follow=True)
    assert not Contribution.objects.exists()
    page = answer.content.decode()
    assert "Une fontaine" in page
    assert "Vous avez commencé un autre texte entre-temps" in page
    client.post("/demain/publier/", {"draft": mark_on(answer)})
    assert Contribution.objects.get().title == "Une fontaine"


def test_close_proposals_are_shown_before_publishing(client, consultation, author):
    with writing() as now:
        speaking.propose(consultation, Text(**PROPOSAL), account=author, now=now)
    answer = client.post(PLACES + "proposer/", {**PROPOSAL, "title": "Un marché couvert le samedi"}, follow=True)
    assert answer.redirect_chain[-1][0].endswith("/proposer/proches/")
    assert "#1" in answer.content.decode()
    assert client.post(PLACES + "proposer/proches/").headers["Location"] == "/demain/publier/"


def test_what_perhaps_says_the_contrary_comes_last_under_its_label(client, consultation, author):
    with writing() as now:
        speaking.propose(consultation, Text("Interdire un marché le samedi", "Place."), account=author, now=now)
        speaking.propose(consultation, Text("Un marché le samedi matin sur la place", "Oui."), account=author, now=now)
    typed = {"title": "Autoriser un marché le samedi", "body": "Place."}
    page = client.post(PLACES + "proposer/", typed, follow=True).content.decode()
    assert page.index("Oui, je soutiens #2") < page.index("dit peut-être le contraire") < page.index("Lire #1")


@pytest.mark.parametrize("unseen", ["   ", "\u200b\u200b", "\u2800 \u3164", "\u00ad\n\u2060"])
def test_a_text_of_which_nothing_is_seen_is_empty(unseen):
    assert not ProposalForm({"title": unseen, "body": "Ici."}).is_valid()
    assert not ProposalForm({"title": "Un banc", "body": unseen}).is_valid()
    assert ProposalForm({"title": "👩‍👩‍👧", "body": "نص"}).is_valid()


def test_an_empty_form_says_what_to_do(client, consultation):
    answer = client.post(PLACES + "proposer/", {"title": "", "body": ""})
    assert answer.status_code == 422
    assert answer.content.decode().count("error") >= 2


def test_after_the_close_nothing_is_published_and_nothing_typed_is_lost(client, consultation, author):
    client.force_login(author)
    client.post(PLACES + "proposer/", PROPOSAL)
    with writing() as now:
        Consultation.objects.filter(pk=consultation.pk).update(closes_at=now)
    assert client.post("/demain/publier/", {}).status_code == 403
    assert "Un marché couvert" in client.get("/demain/publier/").content.decode()
    assert not Contribution.objects.exists()


@pytest.mark.parametrize(
    ("address", "answers", "kind"),
    [
        ("argument/?sens=contre", {"side": "against", "body": "Trop cher."}, Kind.ARGUMENT),
        ("source/", {"title": "Étude", "url": "https://exemple.fr/e", "category": "study", "body": ""}, Kind.SOURCE),
        ("complement/", {"title": "Et le dimanche", "body": "Aussi le dimanche."}, Kind.COMPLETION),
    ],
)
def test_answers_are_published_under_the_same_series(client, consultation, author, address, answers, kind):
    with writing() as now:
        proposal = speaking.propose(consultation, Text(**PROPOSAL), account=author, now=now)
    client.force_login(author)
    page = client.get(f"/demain/contributions/1/{address}")
    assert page.status_code == 200
    client.post(f"/demain/contributions/1/{address}", answers)
    client.post("/demain/publier/", {})
    answer = Contribution.objects.get(number=2)
    assert (answer.kind, answer.about) == (kind, proposal)


def test_one_changes_and_takes_back_only_ones_own_text(client, consultation, author):
    with writing() as now:
        proposal = speaking.propose(consultation, Text(**PROPOSAL), account=author, now=now)
        other = a_person("Autre", on=now)
    client.force_login(other)
    changed = {"title": "Autre titre", "body": "Autre texte"}
    assert client.post("/demain/contributions/1/modifier/", changed).status_code == 403
    assert client.post("/demain/contributions/1/retirer/").status_code == 403
    client.force_login(author)
    client.post("/demain/contributions/1/modifier/", changed)
    proposal.refresh_from_db()
    assert (proposal.title, proposal.revision) == ("Autre titre", 2)
    late = {"title": "Titre tardif", "body": "Écrit sur la première version", "revision": "1"}
    page = client.post("/demain/contributions/1/modifier/", late)
    assert (page.status_code, Contribution.objects.get(number=1).title) == (422, "Autre titre")
    assert "Écrit sur la première version" in page.content.decode()
    assert 'name="revision" value="2"' in page.content.decode()
    assert client.post("/demain/contributions/1/modifier/", late | {"revision": "2"}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.title, proposal.revision) == ("Titre tardif", 3)
    client.post("/demain/contributions/1/retirer/")
    proposal.refresh_from_db()
    assert (proposal.status, proposal.body, proposal.number) == ("withdrawn", "", 1)


def test_a_form_filled_as_robots_do_is_held_then_passes_once_confirmed(client, consultation):
    client.post(PLACES + "proposer/", PROPOSAL)
    held = client.post("/demain/publier/", {**IDENTITY, "website": "https://exemple.fr"})
    assert held.status_code == 200
    assert "Jeanne" in held.content.decode()
    assert not Mail.objects.exists()
    client.post("/demain/publier/", IDENTITY)
    assert Mail.objects.count() == 1


def test_whoever_set_a_second_factor_up_passes_it_before_publishing(client, consultation, author):
    Account.objects.filter(pk=author.pk).update(has_second_factor=True)
    client.post(PLACES + "proposer/", PROPOSAL)
    client.post("/demain/publier/", {**IDENTITY, "mail": author.email})
    answer = client.post("/demain/publier/", {"code": sent_code()}, follow=True)
    assert answer.redirect_chain[1][0] == "/connexion/second-facteur/?suite=%2Fdemain%2Fpublier%2F"
    assert not Contribution.objects.exists()
    assert "draft" in client.session


def test_the_author_of_a_proposal_accepts_a_completion_and_nobody_else_does(client, consultation, author):
    with writing() as now:
        proposal = speaking.propose(consultation, Text(**PROPOSAL), account=author, now=now)
        other = a_person("Autre", on=now)
        completion = speaking.complete(proposal, Text("Et le dimanche", "Aussi."), account=other, now=now)
    client.force_login(other)
    assert client.post("/demain/contributions/2/accepter/").status_code == 403
    client.force_login(author)
    page = client.get("/demain/contributions/1/").content.decode()
    assert 'action="/demain/contributions/2/accepter/"' in page
    assert client.post("/demain/contributions/2/accepter/").status_code == 302
    completion.refresh_from_db()
    assert completion.accepted_on is not None
    assert 'action="/demain/contributions/2/accepter/"' not in client.get("/demain/contributions/1/").content.decode()
