"""What the desk proposes to cite: by the words of the sentence, by the beginning of a number, and never put in unchosen."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.core.serving.fragments import HEADER
from polyphonie.core.writing import writing
from polyphonie.synthesis.models import Statement
from polyphonie.synthesis.queries.suggesting import told_before
from polyphonie.synthesis.views.suggesting import with_citation
from tests.synthesis.scene import WRITE, Scene, a_scene, typed

PROPOSE = f"{WRITE}proposer/"
MOST_QUERIES = 24


def test_the_sentence_in_which_one_writes_is_what_is_looked_for():
    text = "On veut de l’ombre #12. Les livreurs s’inquiètent #"
    assert told_before(text, len(text)).strip() == "Les livreurs s’inquiètent"
    assert told_before(text, text.index(" #12")).strip() == "On veut de l’ombre"
    assert told_before("#", 1).strip() == ""
    assert told_before("", 99) == ""


def test_a_citation_goes_before_the_final_stop():
    assert with_citation("Planter des arbres.", 12) == "Planter des arbres #12."
    assert with_citation("Planter #1", 12) == "Planter #1 #12"
    assert with_citation("", 12) == "#12"


@pytest.mark.django_db
def test_the_desk_proposes_by_words_and_by_number_and_puts_in_what_one_chooses():
    scene: Scene = a_scene()
    client = scene.sits()

    def proposed(text: str, **said: str) -> list[int]:
        answer = client.post(PROPOSE, {**typed(text), **said}, headers={HEADER: "1"})
        assert answer.status_code == 200
        return [int(number) for number in re.findall(r'data-cites="#(\d+)"', answer.content.decode())]

    assert proposed("Les commerces craignent pour leurs livraisons #")[0] == scene.noise.number
    assert proposed("Un été sous les tilleuls de la place #")[:2] == [scene.trees.number, scene.square.number]
    assert scene.hidden.number not in proposed("Acheter mes volets, les moins chers #")
    assert scene.foreign.number not in proposed("Élargir les trottoirs pour les poussettes #")
    assert scene.trees.number not in proposed(f"Un été sous les tilleuls de la place #{scene.trees.number} #")
    assert proposed("", asked="tilleul") == [scene.trees.number]
    assert proposed("", asked=str(scene.trees.number))[0] == scene.trees.number
    assert proposed("", asked="987654") == proposed("#") == proposed("«»'\" & | !:* () - ﷽ 日本 #") == []

    with writing() as now:
        for rank in range(9):
            speaking.propose(scene.consultation, Text(f"Idée {rank}", "Des tilleuls encore."), account=scene.author, now=now)
    with CaptureQueriesContext(connection) as queries:
        assert len(proposed("Des tilleuls #")) == 6
    assert len(queries) <= MOST_QUERIES

    page = client.post(PROPOSE, {**typed("Des livraisons empêchées."), "act": "propose"}).content.decode()
    assert f'name="cite" value="{scene.noise.number}"' in page
    page = client.post(PROPOSE, {**typed("Des livraisons empêchées."), "cite": str(scene.noise.number)}).content.decode()
    assert f"Des livraisons empêchées #{scene.noise.number}.</textarea>" in page
    assert not Statement.objects.exists()
