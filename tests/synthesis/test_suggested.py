"""What is suggested is applied by a person or not at all; what is refused stays away; what is hidden leaves with its words."""

import pytest

from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from polyphonie.moderation.models import Ground
from polyphonie.processes.models import Consultation
from polyphonie.synthesis import tasks
from polyphonie.synthesis.models import (
    DecidedSuggestion,
    KeptPassage,
    Measure,
    Presorted,
    Reading,
    Statement,
    Synthesis,
    Topic,
    Writer,
)
from polyphonie.synthesis.queries import finding, measuring, suggested
from polyphonie.synthesis.queries.covering import topics_by_number
from tests import concertations
from tests.synthesis.scene import DESK, Scene, a_scene, said_again

pytestmark = pytest.mark.django_db
BOARD = f"{DESK}suggestions/"


@pytest.fixture
def scene() -> Scene:
    scene = a_scene()
    with writing() as now:
        for rank in range(10):
            text = Text(f"Une fontaine {rank}", "Il faut une fontaine publique, au milieu de la grande place.")
            speaking.propose(scene.consultation, text, account=scene.author, now=now)
    return scene


def fountains(scene: Scene) -> list:
    return list(Contribution.objects.filter(title__startswith="Une fontaine").order_by("number"))


def named(settings) -> dict:
    """A phrase for a topic, as the process tells it."""
    saying = sorted(number for numbers in settings["topics"].values() for number in numbers)
    start = settings["texts"][str(saying[0])][1].index("grande place")
    place = [saying[0], "body", start, start + 12]
    return {"numbers": saying, "places": [place], "here": 9, "everywhere": 9, "specificity": 3000}


def computed_now(scene: Scene, monkeypatch) -> list:
    """The job runs; its process is played by an answer of the same shape."""
    numbers = [one.number for one in fountains(scene)]

    def answer(what, known, _votes, *, settings):
        if what == "phrases":
            return {"formula": "phrases/1", "parameters": {}, "topics": {key: [named(settings)] for key in settings["topics"]}}
        if what == "nearness":
            return {"formula": "nearness/2", "families": [numbers[:3], [scene.trees.number, scene.square.number]], "pairs": []}
        shown = [number for number in numbers if number in known]
        start = settings["texts"][str(shown[0])][1].index("fontaine publique")
        phrase = {
            "numbers": shown,
            "places": [[shown[0], "body", start, start + 17]],
            "here": 10,
            "everywhere": 10,
            "specificity": 4000,
        }
        return {
            "formula": "suggestions/1", "seed": 0, "parameters": {"trials": 4}, "texts": len(known), "stability": 800,
            "topics": [{"numbers": shown, "phrases": [phrase], "extracts": [[shown[1], "body", 0, 60]]}], "unplaced": [],
        }  # fmt: skip

    for module in (tasks, measuring, finding):
        monkeypatch.setattr(module, "computed", answer)
    tasks.compare_proposals()
    assert tasks.suggest_topics() == 1
    return numbers


def words(answer) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def mark_of(scene: Scene, kind: str) -> str:
    return next(one.mark for one in suggested.board_of(scene.consultation).all_offered() if one.kind == kind)


@pytest.fixture
def board(scene: Scene, monkeypatch) -> Scene:
    assert "Chercher des suggestions" in words(scene.sits().get(BOARD))
    scene.sits().post(BOARD, {"act": "begin"})
    computed_now(scene, monkeypatch)
    return scene


def test_an_accepted_topic_holds_what_nobody_sorted_and_nothing_is_read_by_it(board: Scene):
    client, texts = board.sits(), fountains(board)
    by_hand = texts[3]
    client.post(f"{DESK}lecture/{by_hand.number}/", {"act": "new", "label": "À part"})
    page = words(client.get(BOARD))
    for sentence in ("Fontaine publique", "10 textes", "dont 9 que personne n’a classés", "germe 0", "à 80 %"):
        assert sentence in page
    assert not Topic.objects.filter(label="Eau").exists()
    assert client.post(BOARD, {"act": "accept", "mark": mark_of(board, "topic"), "label": "Eau"}).status_code == 302
    topic = Topic.objects.get(label="Eau")
    assert set(Presorted.objects.values_list("contribution__number", flat=True)) == {one.number for one in texts} - {
        by_hand.number
    }
    assert Reading.objects.get().topic.label == "À part"
    sorted_under = topics_by_number(Synthesis.objects.get())
    assert list(sorted_under.values()).count(topic.key) == 9
    assert Writer.objects.filter(actor="rapporteur/1").exists()
    page = words(client.get(f"{DESK}lecture/"))
    assert "1 lue sur 12" in page
    here = f"{DESK}lecture/{texts[0].number}/"
    assert "Une suggestion acceptée la met sous « Eau »" in words(client.get(here))
    client.post(here, {"act": "topic", "topic": "none"})
    assert not Presorted.objects.filter(contribution=texts[0]).exists()
    for page in (BOARD, f"{DESK}historique/"):
        history = words(client.get(page))
        assert "acceptée" in history
        assert "rapporteur n° 1, " in history.casefold()


def test_a_phrase_names_its_topic_and_an_extract_is_kept_to_be_quoted(board: Scene):
    client = board.sits()
    client.post(BOARD, {"act": "accept", "mark": mark_of(board, "phrase")})
    assert Topic.objects.get().label == "Fontaine publique"
    client.post(BOARD, {"act": "accept", "mark": mark_of(board, "extract")})
    kept = KeptPassage.objects.get()
    assert kept.contribution.body[kept.start : kept.end].startswith("Il faut une fontaine publique")
    assert kept.kept_by == "rapporteur/1"
    assert not Statement.objects.exists()


def test_a_family_is_said_already_by_its_first_and_contraries_never(board: Scene):
    client, texts = board.sits(), fountains(board)
    families = suggested.board_of(board.consultation).families
    assert [len(one.texts) for one in families] == [3, 2]
    client.post(BOARD, {"act": "accept", "mark": families[0].mark})
    assert set(Presorted.objects.values_list("contribution__number", "same_as__number")) == {
        (texts[1].number, texts[0].number), (texts[2].number, texts[0].number),
    }  # fmt: skip
    for body, text in (("Il faut autoriser les voitures.", board.trees), ("Il faut interdire les voitures.", board.square)):
        Contribution.objects.filter(pk=text.pk).update(body=body, title="Les voitures")
    refused = client.post(BOARD, {"act": "accept", "mark": families[1].mark})
    assert refused.status_code == 422
    assert "peut-être le contraire" in words(refused)
    assert Presorted.objects.count() == 2


def test_what_is_refused_comes_back_only_when_its_texts_change(board: Scene, monkeypatch):
    client = board.sits()
    assert client.post(BOARD, {"act": "refuse_all"}).status_code == 302
    assert suggested.board_of(board.consultation).all_offered() == []
    assert set(DecidedSuggestion.objects.values_list("is_accepted", "decided_by")) == {(False, "rapporteur/1")}
    assert not Topic.objects.exists()
    Measure.objects.all().delete()
    computed_now(board, monkeypatch)
    assert suggested.board_of(board.consultation).all_offered() == []
    for text in fountains(board)[:6]:
        said_again(text, "Il faut une fontaine publique, et des arbres autour, au milieu.")
    Measure.objects.all().delete()
    computed_now(board, monkeypatch)
    kinds = {one.kind for one in suggested.board_of(board.consultation).all_offered()}
    assert {"topic", "phrase", "family"} <= kinds
    refused = DecidedSuggestion.objects.filter(kind="family").last()
    client.post(BOARD, {"act": "again", "decision": refused.pk})
    assert not DecidedSuggestion.objects.filter(pk=refused.pk).exists()


def test_what_is_hidden_or_changed_leaves_at_once_with_its_words(board: Scene):
    client, texts = board.sits(), fountains(board)
    assert "fontaine publique" in words(client.get(BOARD)).casefold()
    assert mark_of(board, "extract")
    assert mark_of(board, "phrase")
    said_again(texts[1], "Tout autre chose, dit autrement.")
    assert not [one for one in suggested.board_of(board.consultation).all_offered() if one.kind == "extract"]
    with writing() as now:
        texts[0].refresh_from_db()
        concertations.hide_by_moderation(texts[0], ground=Ground.CHARTER_ABUSE, facts="Une insulte.", now=now)
    page = words(client.get(BOARD))
    assert f"Une fontaine {texts[0].title[-1]}" not in page
    assert not [one for one in suggested.board_of(board.consultation).all_offered() if one.kind == "phrase"]
    stored = str(list(Measure.objects.values_list("result", flat=True))) + str(list(DecidedSuggestion.objects.values()))
    assert "fontaine" not in stored.casefold()


def test_two_who_decide_at_once_decide_once_and_nothing_is_computed_for_a_copy(board: Scene):
    mark = mark_of(board, "topic")
    assert board.sits(0).post(BOARD, {"act": "refuse", "mark": mark}).status_code == 302
    late = board.sits(1).post(BOARD, {"act": "accept", "mark": mark, "label": "Eau"})
    assert late.status_code == 409
    assert not Topic.objects.exists()


def test_later_texts_are_offered_to_the_topic_that_was_accepted(board: Scene, monkeypatch):
    client = board.sits()
    client.post(BOARD, {"act": "accept", "mark": mark_of(board, "topic"), "label": "Eau"})
    assert "joining" not in {one.kind for one in suggested.board_of(board.consultation).all_offered()}
    with writing() as now:
        for rank in (10, 11):
            text = Text(f"Une fontaine {rank}", "Il faut une fontaine publique de plus, au milieu de la grande place.")
            speaking.propose(board.consultation, text, account=board.author, now=now)
    Measure.objects.all().delete()
    computed_now(board, monkeypatch)
    page = words(client.get(BOARD))
    assert "2 textes arrivés depuis, qui lui ressemblent" in page
    (joining,) = [one for one in suggested.board_of(board.consultation).all_offered() if one.kind == "joining"]
    assert [text.title for text in joining.texts] == ["Une fontaine 10", "Une fontaine 11"]
    client.post(f"{DESK}lecture/{joining.texts[0].number}/", {"act": "topic", "topic": "none"})
    client.post(BOARD, {"act": "accept", "mark": mark_of(board, "joining")})
    assert Presorted.objects.filter(topic__label="Eau").count() == 11, "what somebody read meanwhile stays as it was sorted"
    assert "joining" not in {one.kind for one in suggested.board_of(board.consultation).all_offered()}
    assert "textes arrivés après leur sujet « Eau »" in words(client.get(BOARD))


def test_phrases_are_suggested_for_a_topic_that_people_made(board: Scene, monkeypatch):
    client, texts = board.sits(), fountains(board)
    client.post(f"{DESK}lecture/{texts[0].number}/", {"act": "new", "label": "À part"})
    for text in texts[1:4]:
        client.post(f"{DESK}lecture/{text.number}/", {"act": "topic", "topic": Topic.objects.get().key})
    assert tasks.suggest_phrases() == 1
    assert tasks.suggest_phrases() == 0, "not again before the next measure is due"
    (standing,) = suggested.board_of(board.consultation).standing
    assert (standing.standing.label, [one.words for one in standing.phrases]) == ("À part", ["grande place"])
    assert "Pour les sujets que vous avez" in words(client.get(BOARD))
    client.post(BOARD, {"act": "accept", "mark": standing.phrases[0].mark})
    assert Topic.objects.get().label == "Grande place"
    assert suggested.board_of(board.consultation).standing == []


def test_a_plan_begins_with_the_sections_of_the_source_and_this_is_undone(scene: Scene):
    texts = fountains(scene)
    for section, some in {"L’eau": texts[:4], "La nuit": texts[4:]}.items():
        Contribution.objects.filter(pk__in=[one.pk for one in some]).update(section=section)
    browser, plan = scene.sits(), f"{DESK}plan/"
    assert "rubriques" not in browser.get(plan).text, "nothing is said where nothing was taken over"
    Consultation.objects.update(is_imported=True)
    browser.post(plan, {"act": "add", "label": "La nuit"})
    browser.post(f"{DESK}lecture/{texts[0].number}/", {"act": "topic", "topic": "none"})
    assert "2 rubriques" in browser.get(plan).text
    assert browser.post(plan, {"act": "sections"}).status_code == 302
    assert list(Topic.objects.order_by("rank").values_list("label", flat=True)) == ["La nuit", "L’eau"]
    sorted_under = dict(Presorted.objects.values_list("contribution__number", "topic__label"))
    assert sorted_under == {one.number: "La nuit" if one in texts[4:] else "L’eau" for one in texts[1:]}
    assert Reading.objects.count() == 1, "only what was read is read"
    assert browser.post(plan, {"act": "sections"}).status_code == 409, "once"
    assert browser.post(plan, {"act": "undo-sections"}).status_code == 302
    assert (Topic.objects.get().label, Presorted.objects.count()) == ("La nuit", 0), "what stood before stays"
    browser.post(plan, {"act": "sections"})
    browser.post(f"{DESK}lecture/{texts[1].number}/", {"act": "topic", "topic": Topic.objects.get(label="L’eau").key})
    browser.post(plan, {"act": "undo-sections"})
    assert set(Topic.objects.values_list("label", flat=True)) == {"La nuit", "L’eau"}, "what was sorted since stays"
