"""PDF are asked for, made one at a time, served from a file, and gone as soon as something they show is taken away."""

import os
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from polyphonie.core import papers
from polyphonie.core.writing import writing
from polyphonie.ledger.sealing import seal
from polyphonie.moderation.models import Ground
from polyphonie.synthesis import shelf
from polyphonie.synthesis.pressing import press_next
from polyphonie.synthesis.queries.book import volumes_of
from tests import concertations, people, strictness
from tests.synthesis.drafts import Scene, a_published

pytestmark = pytest.mark.django_db


@pytest.fixture
def press(monkeypatch):
    """A press that gives the page itself: what would be on the PDF."""
    monkeypatch.setattr(papers, "missing", lambda: "")
    monkeypatch.setattr(papers, "printed", lambda page: papers.Printed(3, page.encode()))


@pytest.fixture
def scene() -> Scene:
    return a_published()


def addresses(scene: Scene) -> dict[str, str]:
    slug, consultation = scene.process.slug, scene.consultation.slug
    desk, version = f"/{slug}/redaction/{consultation}/", f"/{slug}/syntheses/{consultation}/versions/1/synthese"
    names = {"book": f"{desk}cahier/", "volume": f"{desk}cahier/tome-1.pdf", "draft": f"{desk}brouillon.pdf"}
    return {**names, "file": f"{desk}fichier/", "pdf": f"{version}.pdf", "html": f"{version}.html"}


def rapporteur(scene: Scene) -> Client:
    client = Client(headers={"accept-language": "fr"})
    people.enter(client, scene.roles["rapporteur"].account)
    return client


def press_all() -> int:
    made = 0
    while press_next(now=timezone.now()):
        made += 1
    return made


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def hide(scene: Scene) -> None:
    with writing() as now:
        concertations.hide_by_moderation(scene.one, ground=Ground.CHARTER_ABUSE, facts="Une insulte.", now=now)


def test_a_version_has_its_pdf_once_it_is_made_and_its_page_then_links_to_it(press, scene: Scene):
    at, page = addresses(scene), f"/{scene.process.slug}/syntheses/{scene.consultation.slug}/"
    visitor = Client(headers={"accept-language": "fr"})
    assert visitor.get(at["pdf"]).status_code == 404
    assert at["pdf"] not in read(visitor, page)
    assert at["html"] in read(visitor, page)
    assert press_all() == 1
    assert at["pdf"] in read(visitor, page)
    told = visitor.get(at["pdf"])
    assert (told["Content-Type"], told["Content-Disposition"]) == (
        "application/pdf",
        f'attachment; filename="synthese-{scene.consultation.slug}-v1.pdf"',
    )
    assert b"des tilleuls" in b"".join(told.streaming_content)
    assert visitor.get(at["pdf"], headers={"if-none-match": told["ETag"]}).status_code == 304
    assert press_all() == 0


def test_a_version_is_printed_again_when_the_register_has_gone_on_for_a_day(press, scene: Scene):
    press_all()
    tomorrow = timezone.now() + timedelta(days=1, seconds=1)
    assert not press_next(now=tomorrow)
    with writing() as now:
        sealed = seal(scene.process.log, now=now)
    assert sealed is not None
    assert not press_next(now=tomorrow - timedelta(hours=1))
    assert press_next(now=tomorrow)
    place = shelf.Place(scene.process.slug, shelf.VERSION, scene.consultation.slug, 1)
    assert shelf.made(place).checkpoint == sealed.note
    assert sealed.note.split("\n")[0] in shelf.volume(place, 1).read_text()


def test_hiding_a_text_takes_every_pdf_away_at_once_and_what_is_made_again_has_none_of_its_words(press, scene: Scene):
    at, client = addresses(scene), rapporteur(scene)
    for name in ("book", "draft"):
        assert client.post(at[name]).status_code == 302
    assert "Le PDF se prépare" in read(client, at["book"])
    assert press_all() == 3
    for name in ("volume", "draft", "pdf"):
        assert "des tilleuls" in read(client, at[name]), name
    hide(scene)
    assert [client.get(at[name]).status_code for name in ("volume", "draft", "pdf")] == [404, 404, 404]
    assert "Faire le PDF" in read(client, at["book"])
    for name in ("book", "draft"):
        client.post(at[name])
    assert press_all() == 3
    for name in ("volume", "draft", "pdf", "html", "book"):
        words = read(client, at[name])
        assert "tilleuls" not in words, name
        assert "retirée" in words or "Masqué par la modération" in words, name


def test_what_was_read_before_a_text_was_hidden_is_not_kept_when_it_is_printed_after(press, scene: Scene, monkeypatch):
    at, client = addresses(scene), rapporteur(scene)
    client.post(at["draft"])

    def slow(page: str) -> papers.Printed:
        assert "des tilleuls" in page
        hide(scene)
        return papers.Printed(1, page.encode())

    monkeypatch.setattr(papers, "printed", slow)
    assert not press_next(now=timezone.now())
    assert client.get(at["draft"]).status_code == 404
    assert not list(shelf.Place(scene.process.slug, shelf.DRAFT, scene.consultation.slug).folder.glob("*.pdf"))
    monkeypatch.setattr(papers, "printed", lambda page: papers.Printed(1, page.encode()))
    assert press_next(now=timezone.now()), "what was asked for stays asked for"
    assert "tilleuls" not in read(client, at["draft"])


def test_a_book_is_made_a_volume_at_a_time_and_served_once_whole(press, scene: Scene):
    at, client = addresses(scene), rapporteur(scene)
    place = shelf.Place(scene.process.slug, shelf.BOOK, scene.consultation.slug)
    volumes = volumes_of(scene.consultation, most=2)
    shelf.ask(place, volumes=volumes)
    assert press_next(now=timezone.now())
    assert client.get(at["volume"]).status_code == 404
    assert "1 tome sur 2" in read(client, at["book"])
    assert press_next(now=timezone.now())
    assert "Planter" in read(client, at["volume"])
    assert "Tome 2 sur 2" in read(client, at["volume"].replace("tome-1", "tome-2")).replace("\u00a0", " ")
    assert client.get(at["volume"].replace("tome-1", "tome-3")).status_code == 404


def test_a_press_that_fails_is_said_and_tried_again_later(press, scene: Scene, monkeypatch):
    at, client = addresses(scene), rapporteur(scene)
    client.post(at["book"])

    def broken(page: str) -> papers.Printed:
        raise papers.Unprintable("no ink")

    monkeypatch.setattr(papers, "printed", broken)
    assert not press_next(now=timezone.now())
    assert "n’a pas pu être fait" in read(client, at["book"])
    assert [place.kind for place in shelf.waiting()] == []
    place = shelf.Place(scene.process.slug, shelf.BOOK, scene.consultation.slug)
    long_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(place.folder / shelf.FAILED, (long_ago, long_ago))
    assert shelf.waiting() == [place]


def test_where_no_pdf_can_be_made_nothing_offers_one(scene: Scene, monkeypatch):
    monkeypatch.setattr(papers, "missing", lambda: papers.SYSTEM)
    at, client = addresses(scene), rapporteur(scene)
    assert 'id="pdf"' not in read(client, at["book"])
    assert 'id="pdf"' not in read(client, at["file"])
    assert client.post(at["book"]).status_code == 403
    assert not press_next(now=timezone.now())


def test_the_html_of_a_version_holds_all_it_shows(scene: Scene):
    page = read(Client(headers={"accept-language": "fr"}), addresses(scene)["html"])
    loaded = [part for part in page.split("src=")[1:] + page.split("url(")[1:] if not part.startswith(('"data:', "data:"))]
    assert not loaded
    assert "<link" not in page
    assert "<script" not in page
    assert '<html lang="fr">' in page
    assert "Déjà prévu au budget." in page


@pytest.mark.once
def test_a_real_pdf_of_a_version_is_tagged(scene: Scene):
    if papers.missing():
        strictness.missing("pdf", "WeasyPrint does not work here")
    assert press_next(now=timezone.now())
    pdf = shelf.volume(shelf.Place(scene.process.slug, shelf.VERSION, scene.consultation.slug, 1), 1).read_bytes()
    assert pdf.startswith(b"%PDF-1.7")
