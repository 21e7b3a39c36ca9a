"""The reading book: everything under its topic, hidden texts without their words, volumes that hold so much and no more."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.writing import writing
from polyphonie.ledger.sealing import seal
from polyphonie.synthesis.models import Reading, Topic
from polyphonie.synthesis.paper import book_document, book_of
from polyphonie.synthesis.queries.book import Piece, filled, general_index, volumes_of
from tests.synthesis.scene import DESK, Scene, a_scene

BOOK = f"{DESK}cahier/"


@pytest.fixture
def scene(db) -> Scene:
    return a_scene()


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u202f", " ").replace("\u00a0", " ").split())


def test_everything_is_there_by_topic_with_its_arguments_side_by_side_and_its_number_in_the_index(scene: Scene):
    client = scene.sits()
    client.post(f"{DESK}lecture/{scene.trees.number}/", {"act": "new", "label": "Ombre et fraîcheur"})
    answer = client.get(BOOK)
    assert answer.status_code == 200
    page = answer.content.decode()
    text = words(page)
    assert [label in text for label in ("Ombre et fraîcheur", "Pas encore trié")] == [True, True]
    assert text.index("Planter des tilleuls") < text.index("Rendre la place aux piétons")
    sides = re.search(r'<div class="arguments"><section>(.*?)</section><section>(.*?)</section>', page, re.DOTALL)
    assert sides is not None
    assert ["Les enfants pourraient jouer." in sides[1], "ne pourraient plus livrer." in sides[2]] == [True, True]
    index = page[page.index('class="index"') :]
    for piece in (scene.trees, scene.square, scene.shade, scene.noise, scene.hidden):
        assert f'href="#n{piece.number}"' in index
        assert f'id="n{piece.number}"' in page
    assert "pas encore de point de contrôle" in text
    assert "Dominique" not in text


def test_it_carries_the_latest_checkpoint(scene: Scene):
    with writing() as now:
        sealed = seal(scene.process.log, now=now)
    assert sealed is not None
    assert sealed.note in html.unescape(scene.sits().get(BOOK).content.decode())


def test_a_text_that_is_not_shown_keeps_its_number_and_notice_and_its_words_go_nowhere(scene: Scene):
    Contribution.objects.filter(pk=scene.shade.pk).update(status=Status.WITHDRAWN, status_since=timezone.now())
    volumes = volumes_of(scene.consultation)
    pieces = [piece for chapter in filled(scene.consultation, volumes[0]) for text in chapter.texts for piece in text.everything]
    gone: dict[int, Piece] = {piece.number: piece for piece in pieces if piece.notice}
    assert set(gone) == {scene.hidden.number, scene.shade.number}
    assert all(not (piece.title or piece.body or piece.url or piece.tallies) for piece in gone.values())
    document = book_document(book_of(scene.consultation, volumes, 1, now=timezone.now()))
    assert "Masqué par la modération le" in words(document)
    assert "Retiré par son auteur le" in words(document)
    assert not [one for one in ("volets", "moins chers", "pourraient jouer") if one in document]
    assert "fournaise" in document


def test_volumes_hold_so_much_and_cut_a_topic_only_when_none_can_hold_it(scene: Scene):
    whole = [chapter.numbers for volume in volumes_of(scene.consultation) for chapter in volume]
    volumes = volumes_of(scene.consultation, most=3)
    assert [number for volume in volumes for chapter in volume for number in chapter.numbers] == [*whole[0]]
    assert [[chapter.is_continued for chapter in volume] for volume in volumes] == [[False], [True], [True]]
    document = book_document(book_of(scene.consultation, volumes, 3, now=timezone.now()))
    assert "Tome 3 sur 3" in words(document)
    (index,) = general_index(scene.consultation, volumes)
    first, second = scene.trees.number, f"#{scene.square.number}–#{scene.noise.number}"
    assert index.replace("\u00a0", " ") == f"#{first} (1), {second} (2), #{scene.hidden.number} (3)"
    assert book_of(scene.consultation, volumes, 1, now=timezone.now()).general == ()


def test_what_is_said_about_one_proposal_is_shared_out_among_volumes_when_none_can_hold_it(scene: Scene):
    square, said = scene.square.number, [scene.shade.number, scene.noise.number]
    volumes = volumes_of(scene.consultation, most=1)
    parts = [filled(scene.consultation, volume)[0] for volume in volumes if list(volume[0].numbers) == [square]]
    assert [[piece.number for text in part.texts for piece in text.everything] for part in parts] == [
        [square, said[0]],
        [square, said[1]],
    ]
    index = ", ".join(general_index(scene.consultation, volumes)).replace("\u00a0", " ")
    place = 1 + next(rank for rank, volume in enumerate(volumes) if volume[0].span)
    assert f"({place}), #{said[1]} ({place + 1})" in index
    document = book_document(book_of(scene.consultation, volumes, place + 1, now=timezone.now()))
    assert "occupe plusieurs tomes" in words(document)


def test_reading_the_book_costs_the_same_queries_whatever_it_holds(scene: Scene):
    client = scene.sits()
    client.get(BOOK)
    with CaptureQueriesContext(connection) as few:
        assert client.get(BOOK).status_code == 200
    for rank in range(6):
        client.post(f"{DESK}lecture/{scene.trees.number}/", {"act": "new", "label": f"Sujet {rank}"})
    assert Topic.objects.count() == 6
    with CaptureQueriesContext(connection) as more:
        assert client.get(BOOK).status_code == 200
    assert len(more) <= len(few) + 2
    assert Reading.objects.count() == 1


def test_only_rapporteurs_have_it_and_a_volume_that_is_not_there_is_not_found(scene: Scene, client):
    assert client.get(BOOK).status_code == 302
    assert scene.sits().get(f"{BOOK}?tome=2").status_code == 404
    assert scene.sits().get(f"{BOOK}?tome=0").status_code == 200
