"""Do the pages of a consultation read well for everyone, and take each answer once?"""

import re

import pytest

from polyphonie.accounts.actions.voter import ensure_voter_secret
from polyphonie.accounts.models import Account
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.models import Vote
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from tests.concertations import a_person, a_process, an_open_consultation

PLACES = "/demain/consultations/places/"


@pytest.fixture
def consultation(db) -> Consultation:
    with writing() as now:
        return an_open_consultation(a_process(now=now), now=now)


@pytest.fixture
def voter(consultation) -> Account:
    with writing() as now:
        author = a_person("Autrice", on=now)
        for rank in range(1, 13):
            speaking.propose(consultation, Text(f"Proposition {rank}", f"Le texte {rank}."), account=author, now=now)
        account = a_person("Votante", on=now)
        ensure_voter_secret(account)
    return account


def hidden_fields(page: str, number: int) -> dict[str, str]:
    form = page.split(f'id="avis-{number}"')[1].split("</form>", maxsplit=1)[0]
    return dict(re.findall(r'name="(number|revision|after|n|suite)" value="([^"]*)"', form))


def test_a_visitor_reads_the_list_without_a_form_that_posts(client, voter):
    page = client.get(PLACES)
    text = page.content.decode()
    assert page.status_code == 200
    assert 'method="post"' not in text
    assert "Proposition 1" in text
    assert page.headers["ETag"] == client.get(PLACES).headers["ETag"]


@pytest.mark.parametrize("word", ["a-decouvrir", "recentes", "soutenues", "qui-divisent", "argumentees", "inconnu"])
def test_each_order_is_shown_with_its_rule(client, voter, word):
    assert client.get(PLACES, {"ordre": word}).status_code == 200


def test_the_latest_first_is_the_latest_first(client, voter):
    numbers = re.findall(r'id="c(\d+)"', client.get(PLACES, {"ordre": "recentes"}).content.decode())
    assert numbers == [str(number) for number in range(12, 0, -1)]


def test_one_votes_from_the_list_and_it_is_said(client, voter):
    client.force_login(voter)
    fields = hidden_fields(client.get(PLACES).content.decode(), 3)
    answer = client.post("/demain/voter/", {**fields, "position": "agree"})
    assert answer.status_code == 302
    assert Vote.objects.get().position == 1
    assert 'aria-current="true"' in client.get(PLACES).content.decode()


def test_the_same_form_sent_twice_counts_once(client, voter):
    client.force_login(voter)
    fields = {**hidden_fields(client.get(PLACES).content.decode(), 3), "position": "mixed"}
    assert [client.post("/demain/voter/", fields).status_code for _ in range(2)] == [302, 302]
    assert Vote.objects.get().seq == 1


def test_an_old_page_gets_a_409_and_a_fresh_form(client, voter):
    client.force_login(voter)
    fields = hidden_fields(client.get(PLACES).content.decode(), 3)
    client.post("/demain/voter/", {**fields, "position": "agree"})
    other = hidden_fields(client.get("/demain/contributions/4/avis/").content.decode(), 4)
    answer = client.post("/demain/voter/", {**fields, "n": other["n"], "position": "disagree"})
    assert answer.status_code == 409
    fresh = hidden_fields(answer.content.decode(), 3)
    assert client.post("/demain/voter/", {**fresh, "position": "disagree"}).status_code == 302
    assert Vote.objects.get().position == -1


def test_a_changed_text_gets_a_409_with_what_changed(client, voter, consultation):
    client.force_login(voter)
    fields = hidden_fields(client.get(PLACES).content.decode(), 3)
    with writing() as now:
        text = Contribution.objects.get(consultation=consultation, number=3)
        speaking.revise(text, Text("Proposition 3", "Un autre texte."), account=text.author, now=now)
    answer = client.post("/demain/voter/", {**fields, "position": "agree"})
    assert answer.status_code == 409
    assert "<ins>" in answer.content.decode()
    assert not Vote.objects.exists()


def test_a_vote_clicked_before_signing_in_is_not_kept(client, voter):
    answer = client.post("/demain/voter/", {"number": "3", "position": "agree", "suite": PLACES})
    assert answer.headers["Location"].startswith("/connexion/?suite=")
    assert not Vote.objects.exists()


def test_one_returns_to_ones_page_and_nowhere_else(client, voter):
    client.force_login(voter)
    fields = hidden_fields(client.get(PLACES).content.decode(), 3)
    answer = client.post("/demain/voter/", {**fields, "suite": "//exemple.org/", "position": "agree"})
    assert answer.headers["Location"] == "/demain/contributions/3/#avis-3"


def test_giving_ones_view_walks_through_all_and_remembers_no_pass(client, voter):
    client.force_login(voter)
    address, seen = PLACES + "avis/", []
    for _ in range(12):
        page = client.get(address).content.decode()
        seen.append(re.findall(r'id="avis-(\d+)"', page)[0])
        if len(seen) % 2:
            address = re.findall(r'href="([^"]*passe=[^"]*)"', page)[0].replace("&amp;", "&")
        else:
            fields = hidden_fields(page, int(seen[-1]))
            answer = client.post(
                "/demain/voter/", {**fields, "suite": fields["suite"].replace("&amp;", "&"), "position": "agree"}
            )
            address = answer.headers["Location"]
    assert len(set(seen)) == 12
    assert 'id="avis-' not in client.get(address).content.decode()
    assert Vote.objects.count() == 6


def test_after_ten_one_is_asked_for_a_missing_idea(client, voter):
    assert "/proposer/" in client.get(PLACES + "avis/", {"vues": "10"}).content.decode()


def test_a_draft_is_nobodys_business(client, voter, consultation):
    Consultation.objects.filter(pk=consultation.pk).update(state="draft")
    assert client.get(PLACES).status_code == 404


@pytest.mark.parametrize("garbage", [{"page": "99999999"}, {"page": "-1"}, {"ordre": "x" * 5000}, {"passe": "1.2.x.٣"}])
def test_any_address_is_answered(client, voter, garbage):
    assert client.get(PLACES, garbage).status_code == 200
    assert client.get(PLACES + "avis/", garbage).status_code == 200


def test_the_list_costs_the_same_whatever_its_length(client, voter, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        client.get(PLACES + "?ordre=recentes")
    client.force_login(voter)
    with django_assert_max_num_queries(9):
        client.get(PLACES)


def test_how_lists_are_ordered_is_explained(client, voter):
    page = client.get(PLACES + "ordres/").content.decode()
    assert "draw/v1" in page


def test_every_section_of_a_consultation_taken_over_is_reached_even_past_those_its_filter_offers(client, voter, consultation):
    Consultation.objects.update(is_imported=True)
    text = Contribution.objects.order_by("pk").first()
    for rank in range(61):
        text.pk, text.number, text.section = None, 1000 + rank, f"Article {rank:03}"
        text.save()
    page = client.get(PLACES).content.decode()
    assert '<option value="Article 059">' in page
    assert '<option value="Article 060">' not in page
    assert f'href="{PLACES}sections/">Les 61 sections' in page
    assert "section=Article+060#liste" in client.get(f"{PLACES}sections/").content.decode()
    chosen = client.get(PLACES, {"section": "Article 060"}).content.decode()
    assert '<option value="Article 060" selected>' in chosen
    assert "1 proposition<" in chosen
