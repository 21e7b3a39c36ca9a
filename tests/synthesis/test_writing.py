"""A statement is saved with citations that hold, loses nothing of what was typed, and overwrites nobody."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from polyphonie.core.writing import writing
from polyphonie.moderation.models import Ground
from polyphonie.synthesis.actions.topics import add_topic, merge_topic, move_topic, remove_topic, rename_topic, set_frame
from polyphonie.synthesis.actions.writing import synthesis_of
from polyphonie.synthesis.content import columns_of, content_of
from polyphonie.synthesis.models import Citation, PastStatement, Statement, Synthesis
from polyphonie.synthesis.queries.desk import as_written, with_citations
from polyphonie.synthesis.queries.readiness import hands_of
from tests import concertations
from tests.synthesis.scene import DESK, WRITE, Scene, a_scene, said_again, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def test_a_statement_cites_by_number_quotes_what_is_there_and_is_shown_with_both(scene: Scene):
    client = scene.sits()
    trees, square = scene.trees.number, scene.square.number
    text = f"Les habitants veulent de l’ombre : « la place est une fournaise » #{trees}, voir aussi Contribution {square}."
    answer = client.post(WRITE, typed(text))
    assert answer.status_code == 302, answer.content.decode()
    statement = Statement.objects.get()
    assert statement.text == f"Les habitants veulent de l’ombre : « ⟦1⟧ » #{trees}, voir aussi #{square}."
    assert "fournaise" not in statement.text
    assert list(statement.citations.values_list("contribution__number", "revision", "qualifier", "field")) == [
        (trees, 1, "plain", "body"), (square, 1, "see_also", ""),
    ]  # fmt: skip
    assert statement.edited_by == "rapporteur/1"
    page = client.get(DESK).content.decode()
    assert "la place est une fournaise" in page
    assert f'/demain/contributions/{square}/">#{square}</a></cite>' in page


def test_a_draft_is_read_by_joins_and_never_by_a_condition_for_each_text_that_it_cites(scene: Scene):
    client = scene.sits()
    client.post(WRITE, typed(f"On le demande #{scene.trees.number} #{scene.square.number}."))
    with CaptureQueriesContext(connection) as queries:
        synthesis = Synthesis.objects.get()
        content_of(synthesis)
        as_written(with_citations(synthesis.statements.all()))
    asked = [query["sql"] for query in queries]
    assert len(asked) >= 6
    assert not [sql for sql in asked if '"id" = ' in sql and " OR " in sql], "SQLite takes 1,000 conditions, of more citations"


def test_an_unknown_a_hidden_and_a_foreign_number_are_refused_each_in_its_place_and_the_text_comes_back(scene: Scene):
    client = scene.sits()
    text = f"On le demande #99999, #{scene.hidden.number} et #{scene.foreign.number}."
    answer = client.post(WRITE, typed(text))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Statement.objects.exists()
    for sentence in ("n’existe pas dans cette concertation", "n’est plus affichée", "appartient à une autre consultation"):
        assert sentence in page
    assert f"On le demande #99999, #{scene.hidden.number} et #{scene.foreign.number}.</textarea>" in page
    assert "<mark>#99999</mark>" in page


def test_quoted_words_that_nobody_wrote_are_refused_with_the_nearest_and_those_with_a_slip_are_repaired(scene: Scene):
    client, number = scene.sits(), scene.trees.number
    answer = client.post(WRITE, typed(f"On lit « il faut abattre cent tilleuls » #{number}."))
    assert answer.status_code == 422
    assert "Les plus proches sont « Il faut planter cent tilleuls »" in answer.content.decode().replace("\u202f", " ").replace(
        "\u00a0", " "
    )
    answer = client.post(WRITE, typed(f"On lit « l'été la place est une fournaise » #{number}."))
    assert answer.status_code == 302
    citation = Citation.objects.get()
    assert citation.is_repaired
    assert scene.trees.body[citation.start : citation.end] == "l’été, la place est une fournaise"


def test_a_quotation_is_empty_once_what_it_quotes_is_hidden(scene: Scene):
    client = scene.sits()
    client.post(WRITE, typed(f"On lit « la place est une fournaise » #{scene.trees.number}."))
    with writing() as now:
        scene.trees.refresh_from_db()
        concertations.hide_by_moderation(scene.trees, ground=Ground.CHARTER_ABUSE, facts="Une insulte.", now=now)
    page = client.get(f"{DESK}?liste=toutes").content.decode()
    assert "fournaise" not in page
    assert "[citation retirée]" in page


def test_two_rapporteurs_at_once_never_overwrite_each_other(scene: Scene):
    one, other, number = scene.sits(0), scene.sits(1), scene.trees.number
    one.post(WRITE, typed(f"Des arbres #{number}."))
    one.post(WRITE, typed(f"Beaucoup d’arbres #{number}.", edition="1"))
    answer = other.post(WRITE, typed(f"Peu d’arbres #{number}.", edition="1"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Beaucoup d’arbres" in page
    assert f"Peu d’arbres #{number}.</textarea>" in page
    assert 'name="edition" value="2"' in page
    assert Statement.objects.get().text == f"Beaucoup d’arbres #{number}."
    assert other.post(WRITE, typed(f"Des arbres, peu ou beaucoup #{number}.", edition="2")).status_code == 302
    assert {past.text for past in PastStatement.objects.all()} == {f"Des arbres #{number}.", f"Beaucoup d’arbres #{number}."}


def test_the_same_words_sent_twice_are_written_once_and_a_new_revision_is_cited_when_saved_again(scene: Scene):
    client, words = scene.sits(), typed(f"Des arbres #{scene.trees.number}.")
    for _time in range(2):
        assert client.post(WRITE, words).status_code == 302
    statement = Statement.objects.get()
    assert statement.edition == 1
    said_again(scene.trees, "Il faut planter deux cents tilleuls.")
    assert client.post(WRITE, {**words, "edition": "1"}).status_code == 302
    assert statement.citations.get().revision == 2


def test_what_is_taken_out_is_kept(scene: Scene):
    client, words = scene.sits(), typed(f"Des arbres #{scene.trees.number}.")
    client.post(WRITE, words)
    client.post(WRITE, {**words, "edition": "1", "act": "remove"})
    assert not Statement.objects.exists()
    past = PastStatement.objects.get()
    assert past.is_removed
    assert past.citations == [{"number": scene.trees.number, "revision": 1, "qualifier": "plain"}]


def test_the_desk_opens_with_the_consultation_and_says_when_before(scene: Scene):
    with writing() as now:
        concertations.a_draft(scene.process, now=now, slug="plus-tard", title="Plus tard")
    client = scene.sits()
    answer = client.get(reverse("synthesis:desk", kwargs={"process": "demain", "consultation": "plus-tard"}))
    assert answer.status_code == 403
    assert "Le bureau s’ouvre avec la consultation" in answer.content.decode()
    assert "0 lue sur 2" in client.get("/demain/redaction/").content.decode()


FRAMING = {
    "add": lambda synthesis, _one, _two, by: add_topic(synthesis, "Un troisième", actor=by),
    "rename": lambda _synthesis, one, _two, by: rename_topic(one, "Autrement dit", actor=by),
    "move": lambda _synthesis, one, _two, by: move_topic(one, is_up=False, actor=by),
    "merge": lambda _synthesis, one, two, by: merge_topic(one, two, actor=by),
    "remove": lambda _synthesis, one, _two, by: remove_topic(one, actor=by),
    "frame": lambda synthesis, _one, _two, by: set_frame(
        synthesis, introduction="Voici.", columns=columns_of(synthesis), edition=synthesis.edition, actor=by
    ),
}


@pytest.mark.parametrize("act", FRAMING)
def test_whoever_arranges_a_draft_is_one_of_its_hands_and_what_was_read_is_to_be_read_again(scene: Scene, act: str):
    with writing():
        synthesis = synthesis_of(scene.consultation)
        one, two = (add_topic(synthesis, label, actor="rapporteur/1") for label in ("Un", "Deux"))
        synthesis.state = Synthesis.State.REVIEWED
        synthesis.save()
        FRAMING[act](synthesis, type(one).objects.get(pk=one.pk), two, "rapporteur/2")
    assert hands_of(synthesis) == {"rapporteur/1", "rapporteur/2"}
    synthesis.refresh_from_db()
    assert synthesis.state == Synthesis.State.DRAFT


def test_whoever_wrote_a_sentence_that_is_gone_stays_one_of_its_hands(scene: Scene):
    client = scene.sits()
    client.post(WRITE, typed(f"On plante des tilleuls #{scene.trees.number}."))
    Statement.objects.all().delete()
    assert "rapporteur/1" in hands_of(Synthesis.objects.get(consultation=scene.consultation))
