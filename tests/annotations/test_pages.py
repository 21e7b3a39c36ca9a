"""One comments on a page of its own, with or without JavaScript; anonymous pages are the same for all; rapporteurs answer."""

import re
import sys
from datetime import timedelta
from types import ModuleType

import pytest
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from polyphonie.accounts.models import Account
from polyphonie.annotations import queries
from polyphonie.annotations.actions import Words, answer_discussion, hide, publish_version, reply, withdraw_annotation
from polyphonie.annotations.beside import beside
from polyphonie.annotations.models import Annotation, Document
from polyphonie.annotations.places import PLACES, Places
from polyphonie.annotations.queries import current_version, integrated_by_block, panel_of
from polyphonie.annotations.urls import of_kind
from polyphonie.annotations.views import reading
from polyphonie.config import urls as site
from polyphonie.core.writing import writing, writing_at
from polyphonie.notifications.models import Event
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Process, Role
from tests.annotations.texts import BLOCKS, FIRST, a_document, comment
from tests.concertations import a_person, a_process
from tests.people import enter

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "/demain/syntheses/places/"


@pytest.fixture
def document() -> Document:
    with writing() as now:
        process = a_process(now=now, is_listed=True)
        return a_document(process, now=now)


@pytest.fixture
def camille(document: Document) -> Account:
    with writing() as now:
        return a_person("Camille", on=now)


def _browser(account: Account | None = None) -> Client:
    client = Client(headers={"accept-language": "fr"})
    if account is not None:
        enter(client, account)
    return client


def test_one_writes_first_identifies_then_publishes_and_nothing_typed_is_lost(document: Document, camille: Account) -> None:
    Process.objects.update(asks_consent=True)
    client = _browser()
    address = f"{TEXT}annoter/?bloc=s1&de=0&a=9"
    page = client.get(address)
    assert "<mark>Une parti</mark>" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    answer = client.post(address, {"title": "Combien ?", "body": "Combien sont-ils ?"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/connexion/?suite=")
    assert not Annotation.objects.exists()
    enter(client, camille)
    page = client.get(address)
    assert 'value="Combien ?"' in page.content.decode()
    answer = client.post(address, {"title": "Combien ?", "body": "Combien sont-ils ?"})
    assert answer.status_code == 422  # the agreement is asked
    answer = client.post(address, {"title": "Combien ?", "body": "Combien sont-ils ?", "agrees": "on"})
    assert answer.headers["Location"] == f"{TEXT}discussions/1/"
    said = Annotation.objects.get()
    assert (said.anchors.get().exact, said.author) == ("Une parti", camille)
    shown = _browser().get(f"{TEXT}discussions/1/").content.decode()
    assert re.search(r"par <bdi>Camille</bdi>, créé le \d\d-\d\d-\d{4} \d\d:\d\d", shown)
    assert '<form method="post"' not in shown


def test_without_javascript_the_words_are_copied_into_the_form(document: Document, camille: Account) -> None:
    client = _browser(camille)
    address = f"{TEXT}annoter/?bloc=s2"
    typed = {"title": "Citation", "body": "Que dit-elle ?"}
    assert client.post(address, {**typed, "passage": "absents du paragraphe"}).status_code == 422
    client.post(address, {**typed, "passage": "« … » #292"})
    assert Annotation.objects.get().anchors.get().exact == "« \ufffc » #292"
    again = client.post(address, {**typed, "passage": "« … » #292"})  # sent twice, it is published once
    assert (again.headers["Location"], Annotation.objects.count()) == (f"{TEXT}discussions/1/", 1)
    unsure = client.post(address, {**typed, "passage": "a"})
    assert "copiez-en quelques-uns de plus" in unsure.content.decode()
    client.post(address, typed)
    assert Annotation.objects.get(number=2).anchors.get().end == 0
    assert client.post(f"{TEXT}discussions/2/repondre/", {"body": "Oui."}).status_code == 302
    twice = client.post(f"{TEXT}discussions/2/repondre/", {"body": "Oui."})
    assert twice.headers["Location"] == f"{TEXT}discussions/2/#commentaire-3"
    assert client.get(f"{TEXT}annoter/?bloc=s9").status_code == 404
    assert client.get("/ailleurs/syntheses/places/annoter/?bloc=s1").status_code == 404


def test_a_passage_chosen_before_another_version_appeared_is_shown_in_it_before_it_is_commented_on(
    document: Document, camille: Account
) -> None:
    client, typed = _browser(camille), {"title": "Combien ?", "body": "Mes mots gardés.", "seen": "1"}
    start = FIRST.index("habitants")
    address = f"{TEXT}annoter/?version=1&bloc=s1&de={start}&a={start + 9}"
    assert "<mark>habitants</mark>" in client.get(address).content.decode()
    with writing() as now:
        publish_version(document, [{"key": "s1", "text": f"À noter : {FIRST}"}, BLOCKS[1]], actor="rapporteur/1", now=now)
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert (answer.status_code, Annotation.objects.count()) == (422, 0)
    assert "<mark>habitants</mark>" in page
    assert "a paru entre-temps" in page
    assert "Mes mots gardés." in page
    assert "a paru depuis" in client.get(address).content.decode()
    assert client.post(address, {**typed, "seen": "2"}).status_code == 302
    assert Annotation.objects.get().anchors.get().exact == "habitants"
    gone = client.post(f"{TEXT}annoter/?version=1&bloc=s3&de=0&a=3", typed)
    assert (gone.status_code, "Mes mots gardés." in gone.content.decode()) == (404, True)


def test_a_reply_is_printed_under_its_discussion_and_has_an_address(document: Document, camille: Account) -> None:
    with writing() as now:
        said = comment(document, "Une partie", author=camille, now=now)
        google = a_person("Google France", on=now)
    client = _browser(google)
    answer = client.post(f"{TEXT}discussions/1/repondre/", {"body": "Ils sont 57."})
    assert answer.headers["Location"] == f"{TEXT}discussions/1/#commentaire-2"
    assert client.get(f"{TEXT}discussions/2/").headers["Location"] == f"{TEXT}discussions/1/#commentaire-2"
    assert client.get(f"{TEXT}discussions/2/repondre/").headers["Location"] == f"{TEXT}discussions/1/repondre/"
    anonymous = _browser()
    first = anonymous.get(f"{TEXT}discussions/1/")
    assert "Ils sont 57." in first.content.decode()
    assert anonymous.get(f"{TEXT}discussions/1/", headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    assert "Ils sont 57." in anonymous.get(f"{TEXT}discussions/flux.atom").content.decode()
    assert Event.objects.get().account == said.author
    assert client.get(f"{TEXT}discussions/2/retirer/").status_code == 200
    client.post(f"{TEXT}discussions/2/retirer/")
    page = anonymous.get(f"{TEXT}discussions/1/").content.decode()
    assert "Ils sont 57." not in page
    assert "retiré par son auteur" in page
    assert "Ils sont 57." not in anonymous.get(f"{TEXT}discussions/flux.atom").content.decode()


def test_after_the_window_the_form_says_so_and_keeps_what_was_typed(document: Document, camille: Account) -> None:
    with writing() as now:
        Document.objects.update(opens_at=now - timedelta(days=2), closes_at=now - timedelta(days=1))
    page = _browser(camille).post(f"{TEXT}annoter/?bloc=s1", {"title": "Trop tard", "body": "Mes mots gardés."})
    assert "Mes mots gardés." in page.content.decode()
    assert "clos depuis" in page.content.decode()
    assert not Annotation.objects.exists()


def test_rapporteurs_answer_what_has_no_answer_first_and_the_answer_is_public(document: Document, camille: Account) -> None:
    with writing() as now:
        comment(document, "Une partie", author=camille, now=now, title="Premier")
        comment(document, "habitants", author=camille, now=now, title="Second")
        rapporteur = a_person("Rapporteuse", on=now)
        grant_role(document.process, rapporteur, Role.RAPPORTEUR, actor="organiser/1", now=now)
    address = "/demain/redaction/places/discussions/"
    assert _browser().get(address).status_code == 302
    assert _browser(camille).get(address).status_code == 403
    client = _browser(rapporteur)
    nothing = client.get("/demain/redaction/ailleurs/discussions/")
    assert (nothing.status_code, "Rien n’est encore publié" in nothing.content.decode()) == (404, True)
    assert client.post(address, {"discussion": "1", "answer": "declined", "reason": " "}).status_code == 422
    client.post(address, {"discussion": "1", "answer": "declined", "reason": "Le nombre est donné."})
    page = client.get(address).content.decode()
    assert page.index("Second") < page.index("Premier")
    assert page.count("<blockquote") == 2, "each with its number and the paragraph it is about"
    assert "N° 2" in page
    assert "Le nombre est donné." in _browser().get(f"{TEXT}discussions/1/").content.decode()
    assert Annotation.objects.get(number=1).answered_by == "rapporteur/1"
    late = client.post(address, {"discussion": "1", "answer": "noted", "answered_at": ""})  # as another rapporteur had it open
    assert (late.status_code, "a répondu à cette discussion entre-temps" in late.content.decode()) == (422, True)
    seen = re.search(r'name="answered_at" value="(\d[^"]+)"', late.content.decode())
    assert seen is not None
    client.post(address, {"discussion": "1", "answer": "noted", "answered_at": seen[1]})
    assert Annotation.objects.get(number=1).answer == "noted"


def test_a_text_of_another_kind_has_all_its_pages_from_its_places_and_one_line_of_addresses(
    document: Document, camille: Account, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    bill = Places(text="/demain/textes/loi/", desk="/demain/ecrire/loi/", answers=Role.RAPPORTEUR)
    monkeypatch.setitem(PLACES, "bill", lambda _process, _slug: bill)
    bills = of_kind("bill", "<slug:process>/textes/<slug:slug>/", "<slug:process>/ecrire/<slug:slug>/discussions/")
    known = ModuleType("with_bills")
    known.urlpatterns = [path("", include((bills, "annotations"))), *site.urlpatterns]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "with_bills", known)
    settings.ROOT_URLCONF = "with_bills"
    Document.objects.update(kind="bill", slug="loi")
    with writing() as now:
        rapporteur = a_person("Rapporteuse", on=now)
        grant_role(document.process, rapporteur, Role.RAPPORTEUR, actor="organiser/1", now=now)
    client = _browser(camille)
    said = client.post(bill.passage("s1", 0, 9, version=1), {"title": "Combien ?", "body": "Combien sont-ils ?", "seen": "1"})
    assert said.headers["Location"] == bill.discussion(1)
    assert client.post(bill.reply(1), {"body": "Douze."}).headers["Location"] == bill.reply_in(1, 2, page=1)
    _browser(rapporteur).post("/demain/ecrire/loi/discussions/", {"discussion": "1", "answer": "noted"})
    page = _browser().get(bill.discussion(1)).content.decode()
    assert [words in page for words in ("Combien sont-ils", "Douze.", "noté")] == [True, True, True]
    assert "Douze." in _browser().get(bill.feed).content.decode()


def test_the_panel_browses_by_place_or_date_and_hides_what_is_hidden(document: Document, camille: Account) -> None:
    version = current_version(document)
    assert version is not None
    with writing() as now:
        last = comment(document, "", author=camille, now=now, block="s3")
        comment(document, "habitants", author=camille, now=now)
        comment(document, "Une partie", author=camille, now=now)
    with writing_at(last.published_at + timedelta(hours=1)) as now:
        reply(last, words=Words(body="Une réponse."), author=camille, now=now)
    panel = panel_of(version)
    assert [(one.number, one.position, one.before, one.after) for one in panel.discussions] == [
        (3, 1, None, 2),
        (2, 2, 3, 1),
        (1, 3, 2, None),
    ]
    assert [one.number for one in panel_of(version, "date").discussions] == [1, 2, 3]
    with writing() as now:
        hide(Annotation.objects.get(number=2), ground="charter_abuse", actor="moderator/1", now=now)
        withdraw_annotation(Annotation.objects.get(number=3), author=camille, now=now)
    panel = panel_of(version)
    assert [one.number for one in panel.discussions] == [2, 1]
    assert _browser().get(f"{TEXT}discussions/3/").status_code == 410
    page = _browser().get(f"{TEXT}discussions/2/").content.decode()
    assert "masqué par la modération" in page
    assert "combien" not in page
    assert "Camille" not in page


def test_many_discussions_and_replies_are_read_by_pages(
    document: Document, camille: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "DISCUSSIONS_AT_ONCE", 2)
    monkeypatch.setattr(queries, "REPLIES_BESIDE", 1)
    for module in (queries, reading):
        monkeypatch.setattr(module, "REPLIES_AT_ONCE", 2)
    with writing() as now:
        said = [comment(document, "", author=camille, now=now, title=title) for title in ("Un", "Deux", "Trois")]
        for body in ("Alpha", "Beta", "Gamma"):
            reply(said[0], words=Words(body=body), author=camille, now=now)
    version = current_version(document)
    assert version is not None
    first, second = panel_of(version), panel_of(version, page=9)
    assert [(one.number, one.position, one.after) for one in second.discussions] == [(3, 3, None)]
    assert (first.total, first.pages, first.discussions[0].other_replies) == (3, 2, 2)
    marked = beside(version, asked={}, now=version.published_at).drawn("s1", [(FIRST, None)])
    assert [f'href="#discussion-{number}"' in marked for number in (1, 2, 3)] == [True, True, False]
    assert f'href="{TEXT}discussions/3/"' in marked
    page = _browser().get(f"{TEXT}discussions/1/").content.decode()
    assert [body in page for body in ("Alpha", "Beta", "Gamma")] == [True, True, False]
    last = _browser().get(f"{TEXT}discussions/6/").headers["Location"]
    assert last == f"{TEXT}discussions/1/?page=2#commentaire-6"
    page = _browser().get(last.partition("#")[0]).content.decode()
    assert [body in page for body in ("Alpha", "Beta", "Gamma")] == [False, False, True]


def test_the_next_version_knows_which_discussions_it_integrates_and_where(document: Document, camille: Account) -> None:
    with writing() as now:
        why, other, noted = (comment(document, words, author=camille, now=now) for words in ("Une partie", "habitants", ""))
        for one, answer in ((other, "integrated"), (why, "integrated"), (noted, "noted")):
            answer_discussion(one, answer, actor="rapporteur/1", now=now)
        assert integrated_by_block(document) == {"s1": [1, 2]}
        hide(other, ground="charter_abuse", actor="moderator/1", now=now)
        assert integrated_by_block(document) == {"s1": [1]}
        changed = [{"key": "s1", "text": FIRST.replace("Une partie", "57")}, *BLOCKS[1:]]
        lost = comment(document, "craignent", author=camille, now=now, block="s2")
        changed[1] = {"key": "s2", "text": "Autre chose."}
        second = publish_version(document, changed, actor="rapporteur/1", now=now)
    assert integrated_by_block(document) == {}
    told = Event.objects.filter(key__endswith=f"/in/{second.pk}").order_by("pk").values_list("line", flat=True)
    assert [line.partition("»")[2] for line in told] == [
        " a paru : elle intègre votre commentaire n° 1",
        f" a paru, sans le passage de votre commentaire n° {lost.number}",
    ]
    assert [one.number for one in panel_of(second).detached] == [1, lost.number]
    page = _browser().get(f"{TEXT}discussions/1/").content.decode()
    assert "intégré en version 2" in page
    assert f'href="{TEXT}versions/2/changements/"' in page
    assert "pas encore répondu" in _browser().get(f"{TEXT}discussions/{lost.number}/").content.decode()
