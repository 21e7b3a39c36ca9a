"""Is one asked, once, apart from any vote, whether a concertation may use one's opinions; and can one take it back?"""

import os
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from polyphonie.accounts.models import Account, Consent
from polyphonie.accounts.wordings import OPINIONS_VERSION, TERMS, opinions_wording, terms_wording
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.agreeing import agree, take_agreement_back
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.consultation.actions.booth import read_by_hand, read_by_orm
from polyphonie.consultation.actions.voting import AgreementMissing, cast_vote, withdraw_vote
from polyphonie.consultation.models import Vote
from polyphonie.consultation.rules import agreement_refusal, taken_back_refusal
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing, writing_at
from polyphonie.ledger.canonical import b64
from polyphonie.processes.models import Process
from tests.consultation.test_privacy import every_table
from tests.people import CITIZEN, Town, a_citizen, a_town, enter

pytestmark = pytest.mark.django_db
WORDS = {
    ("1", "fr"): "79cfb9d3",
    ("1", "en"): "f848e471",
}
"""The beginning of the mark of each version's words: words that change take a new version, and their line here."""


@pytest.fixture
def town() -> Town:
    return a_town()


@pytest.fixture
def newcomer(town: Town) -> Account:
    return a_citizen("Nouvelle")


def ballot(text: Contribution, after: int = 0, position: str = "agree") -> dict[str, object]:
    return {"number": text.number, "position": position, "after": after, "revision": 1, "n": b64(os.urandom(16))}


def vote(text: Contribution, account: Account, *, after: int = 0, position: int = 1):
    with writing(lock=text.consultation, shared=True) as now:
        return cast_vote(
            text, account=account, position=position, nonce=os.urandom(16), after=after, revision=text.revision, now=now
        )


def client_of(account: Account) -> Client:
    client = Client(headers={"accept-language": "fr"})
    enter(client, account)
    return client


def test_what_a_vote_reads_of_the_agreement_is_what_the_orm_reads(town: Town, newcomer: Account) -> None:
    text, process = town.proposal, town.process

    def read() -> bool:
        by_hand, by_orm = read_by_hand(text.pk, newcomer.pk), read_by_orm(text.pk, newcomer.pk)
        assert by_hand.has_agreed is by_orm.has_agreed
        return by_hand.has_agreed

    assert not read()
    with writing(lock=newcomer) as now:
        agree(newcomer, process, now=now)
    assert read()
    Consent.objects.filter(account=newcomer).update(subject="process/elsewhere")
    assert not read()
    Process.objects.filter(pk=process.pk).update(asks_consent=False)
    assert read()
    Process.objects.filter(pk=process.pk).update(asks_consent=True)
    Consent.objects.filter(account=newcomer).update(subject=f"process/{process.slug}", withdrawn_on=timezone.localdate())
    assert not read()


def test_the_rules_say_why() -> None:
    assert agreement_refusal(asks_consent=True, has_agreed=False)
    assert agreement_refusal(asks_consent=True, has_agreed=True) is None
    assert agreement_refusal(asks_consent=False, has_agreed=False) is None
    assert taken_back_refusal(waits_for_close=True)
    assert taken_back_refusal(waits_for_close=False) is None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_words_of_a_version_never_change(language: str) -> None:
    with translation.override(language):
        wording = opinions_wording()
    assert wording.mark.startswith(WORDS[OPINIONS_VERSION, language]), "new words: raise OPINIONS_VERSION, and add a line"


def test_a_vote_without_agreement_is_sent_to_the_question_and_changes_no_row(town: Town, newcomer: Account) -> None:
    client = client_of(newcomer)
    before = every_table()
    answer = client.post("/demain/voter/", ballot(town.proposal))
    assert every_table() == before
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/demain/accord/?numero={town.proposal.number}&suite=")
    page = client.get(answer["Location"]).content.decode()
    assert "J’accepte que mes opinions politiques" in page
    assert town.proposal.title in page
    assert "checked" not in page


def test_agreeing_writes_one_row_dated_to_the_day_and_voting_writes_to_none_that_names_an_account(
    town: Town, newcomer: Account
) -> None:
    client = client_of(newcomer)
    address = f"/demain/contributions/{town.proposal.number}/avis/"
    before = every_table()
    assert client.post("/demain/accord/", {"suite": address}).status_code == 422
    assert every_table() == before
    answer = client.post("/demain/accord/", {"suite": address, "agrees": "on"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    agreed = every_table()
    assert {table for table in agreed if agreed[table] != before[table]} == {"accounts_consent"}
    proof = Consent.objects.get(account=newcomer, subject="process/demain")
    assert (proof.given_on, proof.wording, proof.language) == (timezone.localdate(), OPINIONS_VERSION, "fr")
    assert proof.wording_hash == opinions_wording().mark
    assert client.post("/demain/voter/", ballot(town.proposal)).status_code == 302
    voted = every_table()
    assert {table for table in voted if voted[table] != agreed[table]} == {"consultation_vote", "ledger_waitingentry"}
    client.post("/demain/accord/", {"suite": address, "agrees": "on"})
    assert Consent.objects.filter(account=newcomer, subject="process/demain").count() == 1


def test_the_pages_where_one_votes_ask_it_in_place_of_the_vote_form(town: Town, newcomer: Account) -> None:
    for address in (f"/demain/contributions/{town.proposal.number}/avis/", "/demain/consultations/places/avis/"):
        page = client_of(newcomer).get(address).content.decode()
        assert 'action="/demain/accord/"' in page
        assert 'action="/demain/voter/"' not in page
        page = town.visit(CITIZEN).get(address).content.decode()
        assert 'action="/demain/accord/"' not in page
        assert 'action="/demain/voter/"' in page


def test_no_other_site_is_led_to_after_agreeing(newcomer: Account) -> None:
    answer = client_of(newcomer).post("/demain/accord/", {"suite": "//ailleurs.example/", "agrees": "on"})
    assert answer["Location"] == "/demain/"


def test_nobody_speaks_or_votes_without_having_agreed_where_it_is_asked(town: Town, newcomer: Account) -> None:
    with pytest.raises(AgreementMissing):
        vote(town.proposal, newcomer)
    for verb in (
        lambda now: speaking.propose(town.consultation, Text("Un banc", "Un."), account=newcomer, now=now),
        lambda now: speaking.argue(town.proposal, Text(body="Oui."), side="for", account=newcomer, now=now),
    ):
        with pytest.raises(Refused, match="opinions politiques"), writing(lock=town.consultation, shared=True) as now:
            verb(now)
    with writing() as now:
        agree(newcomer, town.process, now=now)
    vote(town.proposal, newcomer)
    town.process.asks_consent = False
    town.process.save()
    vote(town.proposal, a_citizen("Sans demande"))


def test_who_opens_an_account_accepts_the_terms_in_force(newcomer: Account) -> None:
    proof = Consent.objects.get(account=newcomer, subject=TERMS)
    wording = terms_wording(proof.given_on)
    assert (proof.wording, proof.wording_hash) == (wording.version, wording.mark)


def test_what_taking_it_back_entails_is_said_and_done(town: Town, newcomer: Account) -> None:
    with writing() as now:
        agree(newcomer, town.process, now=now)
    vote(town.proposal, newcomer)
    client = client_of(newcomer)
    mine = client.get("/mon-espace/accords/").content.decode()
    assert "Demain, nos places" in mine
    assert "J’accepte que mes opinions politiques" in mine, "the very words that were ticked"
    page = client.get("/mon-espace/accords/demain/").content.decode().replace("\u00a0", " ")
    for said in ("Vous n’écrivez et ne votez plus", "reste licite", "un par un", "fermez votre compte"):
        assert said in page
    assert client.post("/mon-espace/accords/demain/", {}).status_code == 302
    proof = Consent.objects.get(account=newcomer, subject="process/demain")
    assert proof.withdrawn_on == timezone.localdate()
    assert client.get("/mon-espace/accords/demain/").status_code == 404
    with pytest.raises(AgreementMissing):
        vote(town.others_proposal, newcomer)
    with writing(lock=town.consultation, shared=True) as now:
        withdraw_vote(town.proposal, account=newcomer, nonce=os.urandom(16), after=1, now=now)
    assert Vote.objects.get(contribution=town.proposal).position is None


def test_votes_taken_back_all_at_once_leave_at_the_close_and_do_not_change_before(town: Town, newcomer: Account) -> None:
    with writing() as now:
        agree(newcomer, town.process, now=now)
    vote(town.proposal, newcomer)
    with writing() as now:
        assert take_agreement_back(newcomer, town.process, withdraws_votes=True, now=now) == 1
    with writing() as now:
        agree(newcomer, town.process, now=now)
    with pytest.raises(Refused, match="à la clôture"):
        vote(town.proposal, newcomer, after=1, position=-1)
    with pytest.raises(Refused, match="à la clôture"), writing(lock=town.consultation, shared=True) as now:
        withdraw_vote(town.proposal, account=newcomer, nonce=os.urandom(16), after=1, now=now)
    vote(town.others_proposal, newcomer)
    town.consultation.refresh_from_db()
    with writing_at(town.consultation.closes_at + timedelta(seconds=1), lock=town.consultation) as now:
        close_consultation(town.consultation, now=now)
    town.proposal.refresh_from_db()
    town.others_proposal.refresh_from_db()
    assert (town.proposal.agree, town.others_proposal.agree) == (0, 1)


def test_earlier_terms_are_followed_by_those_in_force(newcomer: Account) -> None:
    Consent.objects.filter(account=newcomer, subject=TERMS).update(wording="2020-01-01", wording_hash="0" * 64)
    client = client_of(newcomer)
    assert "Les conditions ont changé" in client.get("/mon-espace/accords/").content.decode()
    assert client.post("/mon-espace/accords/").status_code == 302
    assert "Les conditions ont changé" not in client.get("/mon-espace/accords/").content.decode()
    assert Consent.objects.filter(account=newcomer, subject=TERMS).count() == 2
