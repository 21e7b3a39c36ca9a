"""Does one find what a synthesis says, and what is said of it, as one finds voices; and nothing that was taken back?"""

import pytest
from django.test import Client

from polyphonie.annotations import search
from polyphonie.annotations.actions import hide, restore, withdraw_annotation
from polyphonie.annotations.models import SearchText
from polyphonie.core.writing import writing
from polyphonie.synthesis.models import Synthesis
from tests.synthesis.drafts import Scene, a_published

pytestmark = pytest.mark.django_db


def found(scene: Scene, asked: str, **more: object) -> list[str]:
    return [hit.address for hit in search.search(scene.process, asked, **more).shown]


def test_a_sentence_is_found_as_people_type_and_quoted_words_never() -> None:
    scene = a_published()
    text = f"/demain/syntheses/{scene.consultation.slug}/"
    for asked, expected in {
        "idees": ["lien"],
        "dominer": ["lien"],
        '"une idée domine"': ["lien"],
        "idée -domine": [],
        "veut": ["accord"],
        "tilleuls": [],
        "ombre": ["a"],
        "abiment rue": ["b"],
        "zzz": [],
        "": [],
    }.items():
        assert found(scene, asked) == [f"{text}#s-{key}" for key in expected], asked
    assert not SearchText.objects.filter(stems__contains="tilleul").exists()
    assert found(scene, "ombre", slug="ailleurs") == []


def test_the_last_version_alone_is_searched_with_its_introduction() -> None:
    scene = a_published()
    Synthesis.objects.filter(pk=scene.synthesis.pk).update(introduction="Trente personnes ont écrit.")
    scene.write("lien", "Deux avis dominent.", topic="arbres")
    scene.read()
    scene.publish(closes_at=None)
    assert found(scene, "idée") == []
    assert found(scene, "avis")[0].endswith("#s-lien")
    assert found(scene, "trente") == [f"/demain/syntheses/{scene.consultation.slug}/"]


def test_a_comment_is_found_while_it_is_shown() -> None:
    scene = a_published()
    comment = scene.comment("accord", title="Quels arbres ?")
    shown = [f"/demain/syntheses/{scene.consultation.slug}/discussions/1/"]
    assert found(scene, "dites") == found(scene, "arbre") == shown
    with writing() as now:
        hide(comment, ground="charter_abuse", actor="moderator/1", now=now)
    assert found(scene, "dites") == []
    with writing() as now:
        restore(comment, actor="moderator/1", now=now)
    assert found(scene, "dites") == shown
    with writing() as now:
        withdraw_annotation(comment, author=scene.author, now=now)
    assert not SearchText.objects.filter(stems__contains="dit").exists()


def test_the_page_shows_the_first_of_them_and_all_when_asked(client: Client) -> None:
    scene = a_published()
    for rank in range(4):
        scene.comment("accord", title=f"De l’ombre {rank} ?")
    page = client.get("/demain/recherche/", {"q": "ombre"}).content.decode()
    assert "Dans les synthèses" in page
    assert "#s-a" in page
    assert f"/demain/contributions/{scene.pro.number}/" in page
    assert "Voir les 5 passages" in page
    every = client.get("/demain/recherche/", {"q": "ombre", "genre": "synthese"}).content.decode()
    assert "5 passages trouvés" in every
    assert every.count("Commentaire d’une synthèse") == 4
    assert f"/demain/contributions/{scene.pro.number}/" not in every
    assert "Dans les synthèses" not in client.get("/demain/recherche/", {"q": "ombre", "genre": "argument"}).content.decode()


def test_the_index_is_the_same_written_anew() -> None:
    scene = a_published()
    scene.comment("accord")
    names = ("annotation", "block", "rank", "words", "stems")
    kept = list(SearchText.objects.order_by("rank", "block").values_list(*names))
    with writing():
        search.rebuild(scene.synthesis.document)
    assert list(SearchText.objects.order_by("rank", "block").values_list(*names)) == kept
