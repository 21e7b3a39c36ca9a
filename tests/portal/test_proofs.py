"""My receipts, a receipt looked up, a text recounted: conveniences that say they are, and that see what they are asked to see."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.actions.revising import carry_over_votes
from polyphonie.consultation.models import Vote
from polyphonie.consultation.receipts import receipt_for
from polyphonie.contributions.actions import Text, new_revision
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.ledger.canonical import unb64
from polyphonie.ledger.models import Entry
from polyphonie.ledger.tasks import seal_logs
from polyphonie.opendata.verify import kept_notes
from polyphonie.portal.queries.recount import recounted
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import CLOSING, NOON, a_proposal, accounts, act, an_open_consultation, vote, withdraw

LOOK_UP = "/marvejols/registre/recu/"


@pytest.fixture
def voted(db):
    """Twenty-one people voted on two texts in a sealed batch; the second then changed their mind, the third withdrew."""
    consultation = an_open_consultation()
    texts = [a_proposal(consultation, f"Proposition {rank}") for rank in range(2)]
    people = accounts(21)
    for rank, person in enumerate(people):
        for text in texts:
            vote(text, person, 1 - rank % 3)
    with act(consultation, NOON + timedelta(minutes=20)) as now:
        seal_batch(consultation, now=now)
    return consultation, texts, people


def closed(consultation):
    with act(consultation, CLOSING) as now:
        close_consultation(Consultation.objects.get(pk=consultation.pk), now=now)
    seal_logs()


def signed_in(account):
    client = Client()
    client.force_login(account)
    return client


def test_my_receipts_are_listed_for_me_and_computed_when_asked(voted):
    _consultation, texts, people = voted
    before = [model.objects.count() for model in (Vote, Entry)]
    client = signed_in(people[0])
    page = client.get("/mon-espace/recus/").content.decode()
    for text in texts:
        assert f"/marvejols/contributions/{text.number}/recu/" in page
    answer = client.get("/mon-espace/recus/?fichier")
    receipts = kept_notes(answer.content.decode())
    assert [receipt.promise["contribution"] for receipt in receipts if hasattr(receipt, "promise")] == [1, 2]
    assert "no-store" in answer.headers["Cache-Control"]
    assert [model.objects.count() for model in (Vote, Entry)] == before
    assert "recu/" not in signed_in(accounts(1)[0]).get("/mon-espace/recus/").content.decode().split("<main")[1]


def test_a_receipt_shows_every_leaf_of_its_mark_and_the_later_one_that_replaces_it(voted, client):
    consultation, texts, people = voted
    kept = [receipt_for(texts[0], person).text for person in people[:3]]
    seal_logs()
    page = client.post(LOOK_UP, {"words": kept[0]}).content.decode()
    assert "Sa ligne est au registre" in page
    assert "signé par la clé de reçu" in page
    vote(texts[0], people[1], -1, at=NOON + timedelta(days=1))
    withdraw(texts[0], people[2], at=NOON + timedelta(days=1))
    closed(consultation)
    pages = [client.post(LOOK_UP, {"words": words}).content.decode() for words in kept]
    assert ["Un vote plus récent le remplace" in page for page in pages] == [False, True, False]
    assert ["Un retrait plus récent l’annule" in page for page in pages] == [False, False, True]
    assert "celle que promet votre reçu" in pages[1]
    uploaded = client.post(LOOK_UP, {"file": SimpleUploadedFile("recu.txt", kept[1].encode())}).content.decode()
    assert "Un vote plus récent le remplace" in uploaded


def test_a_receipt_whose_leaf_was_dropped_or_that_was_altered_says_so(voted, client):
    consultation, texts, people = voted
    vote(texts[0], people[1], -1, at=NOON + timedelta(days=1))
    kept = receipt_for(texts[0], people[1]).text
    closed(consultation)
    Entry.objects.filter(leaf_hash=Vote.objects.get(leaf_hash=_promised(kept)).leaf_hash).delete()
    assert "n’est pas au registre" in client.post(LOOK_UP, {"words": kept}).content.decode()
    altered = kept.replace('"position":-1', '"position":1')
    page = client.post(LOOK_UP, {"words": altered}).content.decode()
    assert "signé par aucune clé" in page.replace("n’est ", "")
    assert "se contredit" in page


def _promised(receipt: str) -> bytes:
    return unb64(json.loads(receipt.split("\n")[1])["leaf_hash"])


@pytest.mark.parametrize("words", ["", "bonjour", "a/receipt\n{}\n\n— a AAAAAAAA\n", "\x00", "é" * 90_000])
def test_what_is_no_receipt_is_said_so(voted, client, words):
    answer = client.post(LOOK_UP, {"words": words})
    assert answer.status_code == 422


def test_a_receipt_of_elsewhere_is_told_apart(voted, client):
    _consultation, texts, people = voted
    kept = receipt_for(texts[0], people[0]).text.replace("/marvejols/receipt", "/ailleurs/receipt")
    assert "Un autre registre" in client.post(LOOK_UP, {"words": kept}).content.decode()


def test_look_ups_are_rationed(voted, client):
    _consultation, texts, people = voted
    kept = receipt_for(texts[0], people[0]).text
    answers = [client.post(LOOK_UP, {"words": kept}).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


def test_a_text_is_recounted_from_what_is_published(voted, client):
    consultation, texts, people = voted
    with act(consultation, NOON + timedelta(hours=1)) as now:
        text = Contribution.objects.get(pk=texts[0].pk)
        new_revision(text, Text(text.title, "Il faisait trop chaud."), reason=Revision.Reason.TYPOGRAPHIC, now=now)
        carry_over_votes(text, actor="moderator/1", now=now)
    withdraw(texts[1], people[0], at=NOON + timedelta(days=1))
    closed(consultation)
    for text, opened in ((texts[0], 21), (texts[1], 20)):
        found = recounted(Contribution.objects.select_related("process").get(pk=text.pk))
        assert (found.opened, found.wrong, found.marks, found.is_right) == (opened, 0, opened, True)
        assert sum(found.totals[0].recounted) == opened
        assert (
            "chaque total est celui qui est affiché"
            in client.get(f"/marvejols/contributions/{text.number}/recompter/").content.decode()
        )


def test_a_recount_sees_a_total_a_position_and_a_double_vote(voted):
    _consultation, texts, _people = voted
    seal_logs()

    def found():
        return recounted(Contribution.objects.select_related("process").get(pk=texts[0].pk))

    assert found().is_right
    Contribution.objects.filter(pk=texts[0].pk).update(agree=99)
    assert not found().is_right
    Contribution.objects.filter(pk=texts[0].pk).update(agree=7)
    assert found().is_right
    turned = Vote.objects.filter(contribution=texts[0], published_position=1).order_by("pk")[0]
    Vote.objects.filter(pk=turned.pk).update(published_position=-1)
    assert found().wrong == 1
