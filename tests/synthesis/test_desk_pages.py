"""Reading, sorting, laying out, explaining, settling: each act of the desk by its form, without a script."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.core.writing import writing
from polyphonie.processes.models import Act, ActKind
from polyphonie.synthesis.models import (
    KeptPassage,
    PastStatement,
    PrivateNote,
    Reading,
    SettledDoubt,
    Statement,
    Synthesis,
    Topic,
    UncitedReason,
)
from polyphonie.synthesis.queries.doubts import unsettled
from polyphonie.synthesis.rules import Progress, next_step
from tests.synthesis.scene import DESK, WRITE, Scene, a_scene, said_again, typed

pytestmark = pytest.mark.django_db
READ = f"{DESK}lecture/"


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def words(answer) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_one_reads_sorts_and_is_brought_the_next_and_what_one_sorted_is_sorted_for_all(scene: Scene):
    one, other = scene.sits(0), scene.sits(1)
    first, second = f"{READ}{scene.trees.number}/", f"{READ}{scene.square.number}/"
    assert f'href="{first}"' in words(one.get(READ))
    answer = one.post(first, {"act": "new", "label": "Ombre"})
    assert (answer.status_code, answer["Location"]) == (302, f"{second}#lecture")
    page = words(one.get(second))
    assert "Les enfants pourraient jouer." in page
    assert "Les commerçants ne pourraient plus livrer." in page
    assert "1 lue sur 2" in words(other.get(READ))
    topic, voice = Topic.objects.get().key, 'class="voice" data-number="'
    assert re.findall(f'{voice}([0-9]+)"', words(one.get(f"{DESK}?ecrire={topic}&liste=sujet"))) == [str(scene.trees.number)]
    one.post(second, {"act": "topic", "topic": "none"})
    for page in (f"{DESK}?liste=toutes&trie=sans-sujet", f"{DESK}non-citees/?trie=sans-sujet"):
        shown = words(one.get(page))
        assert f"#{scene.square.number}</" in shown, page
        assert f"#{scene.trees.number}</" not in shown, page
    answer = one.post(second, {"act": "topic", "topic": topic})
    assert answer["Location"] == f"{READ}#content"
    assert "Tout est lu." in words(one.get(READ))
    assert Reading.objects.filter(topic__label="Ombre").count() == 2
    assert one.get(f"{READ}{scene.shade.number}/")["Location"] == second


def test_what_changed_or_was_answered_since_it_was_read_comes_first(scene: Scene):
    client = scene.sits()
    for text in (scene.trees, scene.square):
        client.post(f"{READ}{text.number}/", {"act": "topic", "topic": "none"})
    said_again(scene.square, "On y étouffe entre les voitures et les camions.")
    assert "1 a changé ou reçu une réponse" in words(client.get(READ))
    assert f'href="{READ}{scene.square.number}/"' in words(client.get(READ))
    client.post(f"{READ}{scene.square.number}/", {"act": "topic", "topic": "none"})
    with writing() as now:
        scene.trees.refresh_from_db()
        speaking.complete(scene.trees, Text("Et des bancs", "Dessous."), account=scene.author, now=now)
    assert f'href="{READ}{scene.trees.number}/"' in words(client.get(READ))


def test_two_who_read_at_once_are_brought_different_texts(scene: Scene):
    with writing() as now:
        third = speaking.propose(scene.consultation, Text("Une fontaine", "De l’eau."), account=scene.author, now=now)
    one, other = scene.sits(0), scene.sits(1)
    assert one.post(f"{READ}{scene.trees.number}/", {"act": "topic", "topic": "none"})["Location"].endswith(
        f"/{scene.square.number}/#lecture"
    )
    assert f'href="{READ}{third.number}/"' in words(other.get(READ))


def test_said_already_notes_and_passages(scene: Scene):
    one, other = scene.sits(0), scene.sits(1)
    here = f"{READ}{scene.trees.number}/"
    assert one.post(here, {"act": "same", "same_as": str(scene.trees.number)}).status_code == 422
    assert one.post(here, {"act": "same", "same_as": "#99999"}).status_code == 422
    one.post(here, {"act": "same", "same_as": f"#{scene.square.number}"})
    assert "redit par" in words(one.get(f"{READ}{scene.square.number}/"))
    one.post(here, {"act": "apart"})
    assert "redit par" not in words(one.get(f"{READ}{scene.square.number}/")), "taken back, and still read"
    assert Reading.objects.get().same_as is None
    one.post(here, {"act": "note", "note": "À vérifier auprès de la voirie."})
    assert PrivateNote.objects.get().account == scene.rapporteurs[0]
    assert "À vérifier auprès de la voirie." in words(one.get(here))
    assert "À vérifier auprès de la voirie." not in words(other.get(here))
    refused = one.post(here, {"act": "passage", "words": "des mots que personne n’a écrits"})
    assert refused.status_code == 422
    assert "des mots que personne n’a écrits</textarea>" in words(refused)
    one.post(here, {"act": "passage", "words": "la place est une  fournaise"})
    kept = KeptPassage.objects.get()
    assert scene.trees.body[kept.start : kept.end] == "la place est une fournaise"
    assert "« la place est une fournaise » #" in words(one.get(f"{DESK}?phrase=nouvelle&passage={kept.pk}"))
    one.post(here, {"act": "drop", "passage": str(kept.pk)})
    assert not KeptPassage.objects.exists()


def test_topics_are_added_renamed_moved_and_merged_with_all_they_hold(scene: Scene):
    client, plan = scene.sits(), f"{DESK}plan/"
    client.post(plan, {"act": "add", "label": "Ombre\nArbres\nVoitures"})
    shade, trees, cars = Topic.objects.all()
    client.post(plan, {"act": "rename", "topic": shade.key, "label": "L’ombre"})
    client.post(plan, {"act": "down", "topic": shade.key})
    assert [topic.label for topic in Topic.objects.all()] == ["Arbres", "L’ombre", "Voitures"]
    client.post(WRITE, typed(f"Des arbres #{scene.trees.number}.", topic=trees.key))
    page = words(client.get(f"{DESK}?ecrire=tous"))
    assert page.index('id="topic-' + trees.key) < page.index("Des arbres") < page.index('id="topic-' + cars.key), (
        "all on one screen"
    )
    assert client.post(plan, {"act": "remove", "topic": trees.key}).status_code == 422
    client.post(plan, {"act": "merge", "topic": trees.key, "into": shade.key})
    assert Statement.objects.get().topic == shade
    client.post(plan, {"act": "remove", "topic": cars.key})
    assert Topic.objects.get() == shade


def test_the_introduction_and_the_columns_are_chosen_and_never_overwritten(scene: Scene):
    client, plan = scene.sits(), f"{DESK}plan/"
    client.post(WRITE, typed(f"Des arbres #{scene.trees.number}."))
    frame = {"act": "frame", "edition": "1", "introduction": "Ce qui a été dit.", "shown-agreement": "1", "rank-agreement": "2",
             "shown-action_lead": "1", "label-action_lead": "Ce qu’on propose", "rank-action_lead": "1"}  # fmt: skip
    assert client.post(plan, frame).status_code == 302
    synthesis = Synthesis.objects.get()
    assert synthesis.columns == [{"kind": "action_lead", "label": "Ce qu’on propose"}, {"kind": "agreement", "label": ""}]
    assert client.post(plan, {**frame, "introduction": "Autre chose."}).status_code == 409
    without = {name: value for name, value in frame.items() if "action_lead" not in name}
    refused = client.post(plan, {**without, "edition": "2"})
    assert refused.status_code == 422
    assert "Des phrases sont dans cette colonne : Pistes d’action" in words(refused)


def test_a_reason_is_given_in_bulk_shown_in_the_line_and_taken_back(scene: Scene):
    client, page = scene.sits(), f"{DESK}non-citees/"
    numbers = [str(scene.trees.number), str(scene.square.number)]
    assert client.post(page, {"number": numbers, "fate": "", "reason": "Déjà fait."}).status_code == 422
    refused = client.post(page, {"number": numbers, "fate": "not_retained", "reason": ""})
    assert refused.status_code == 422
    client.post(page, {"number": numbers, "fate": "not_retained", "reason": "La ville l’a déjà décidé."})
    assert UncitedReason.objects.filter(fate="not_retained", given_by="rapporteur/1").count() == 2
    assert "0 attend" in words(client.get(page))
    client.post(page, {"back": numbers[0]})
    assert UncitedReason.objects.count() == 1
    assert "1 ni citée ni expliquée" in words(client.get(DESK))


def test_one_reason_is_given_to_a_page_or_to_a_whole_list_and_never_to_what_came_since_it_was_seen(scene: Scene):
    client, page = scene.sits(), f"{DESK}non-citees/"
    assert "Sans raison (2)" in words(client.get(page))
    assert "2 d’entre elles n’ont pas été lues au bureau" not in words(client.get(page)), "the whole list is on the page"
    reason = {"fate": "not_retained", "reason": "La ville l’a déjà décidé."}
    refused = client.post(page, {**reason, "scope": "whole", "seen": "1"})
    assert refused.status_code == 422
    assert "La liste a grandi d’une contribution" in words(refused)
    client.post(page, {**reason, "scope": "whole", "seen": "2"})
    assert UncitedReason.objects.count() == 2
    given = words(client.get(f"{page}?liste=avec-raison"))
    assert "Avec une raison (2)" in given
    assert "La ville l’a déjà décidé." in given
    assert "Voir le prochain pas" in words(client.get(page))
    client.post(page, {**reason, "reason": "Voté en mars.", "scope": "shown", "on_page": [str(scene.trees.number)]})
    assert list(UncitedReason.objects.order_by("contribution").values_list("reason", flat=True)) == [
        "Voté en mars.",
        "La ville l’a déjà décidé.",
    ]
    assert client.post(page, {**reason, "scope": "whole", "seen": "0"}).status_code == 422, "an empty list"


def test_marks_of_one_kind_are_settled_together_with_one_reason_in_the_public_trail(scene: Scene):
    client, page = scene.sits(), f"{DESK}a-verifier/"
    for key in ("un", "deux"):
        client.post(WRITE, typed(f"Il faut évidemment planter des tilleuls #{scene.trees.number}.", key=key))
    client.post(WRITE, typed("On en parle beaucoup.", key="trois", column="disagreement"))
    synthesis = Synthesis.objects.get()
    assert {mark.check for mark in unsettled(synthesis)} == {"V3", "V7"}
    marks = [f"{mark.statement} {mark.about}" for mark in unsettled(synthesis) if mark.check == "V7"]
    assert len(marks) == 4
    assert "3 phrases à vérifier" in words(client.get(DESK))
    assert client.post(page, {"check": "V7", "mark": marks, "reason": ""}).status_code == 422
    client.post(page, {"check": "V7", "mark": marks, "reason": "Le conseil demande ces mots."})
    assert SettledDoubt.objects.get().settled_by == "rapporteur/1"
    assert Act.objects.filter(kind=ActKind.DOUBTS, actor="rapporteur/1").count() == 1
    assert {mark.check for mark in unsettled(synthesis)} == {"V3"}
    client.post(
        WRITE,
        typed(f"Il faut évidemment planter des tilleuls #{scene.trees.number} #{scene.square.number}.", key="un", edition="1"),
    )
    assert {mark.check for mark in unsettled(synthesis)} == {"V3", "V7"}, "another citation is another doubt"


def test_one_goes_on_to_the_next_statement_beside_the_last_and_to_the_other_position(scene: Scene):
    client = scene.sits()
    text = f"On débat des voitures #{scene.square.number}."
    said = typed(text, act="next", column="controversy", position="a")
    onwards = client.post(f"{WRITE}?liste=toutes", said)["Location"]
    assert onwards.endswith("phrase=nouvelle&colonne=controversy&position=b&apres=phrase1&liste=toutes#id_text")
    page = words(client.get(onwards))
    assert re.search('<option value="b" selected>', page)
    assert text.split(" #", maxsplit=1)[0] in page
    page = words(client.get(f"{DESK}?phrase=nouvelle&citer={scene.trees.number}"))
    assert page.index('id="col-agreement"') < page.index('id="phrase"') < page.index('id="col-disagreement"'), (
        "where it will stand"
    )


def test_former_words_are_taken_up_again(scene: Scene):
    client, text = scene.sits(), f"On lit « la place est une fournaise » #{scene.trees.number}."
    client.post(WRITE, typed(text))
    client.post(WRITE, typed(text, edition="1", act="remove"))
    past = PastStatement.objects.get()
    assert "la place est une fournaise" in words(client.get(f"{DESK}historique/"))
    page = words(client.get(f"{DESK}?phrase=phrase1&ancienne={past.pk}"))
    assert f"{text}</textarea>" in page
    assert client.post(WRITE, typed(text)).status_code == 302
    assert Statement.objects.get().key == "phrase1"


def plain(page: str) -> str:
    """Without its tags nor narrow spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page).replace("\u202f", " "))


def test_the_whole_coverage_is_shown_as_it_will_be_published(scene: Scene):
    client = scene.sits()
    assert "Rien n’est encore écrit." in words(client.get(f"{DESK}couverture/"))
    client.post(WRITE, typed(f"Des arbres #{scene.trees.number}."))
    page = words(client.get(f"{DESK}couverture/"))
    assert "0 proposition sur 2 a été lue ; 1 est citée ; 1 ne l’est pas" in plain(page)
    assert "Aucune raison n’est encore donnée." in page
    assert "Calculé une fois la consultation close" in page
    assert "coverage/1" in page
    client.post(WRITE, typed(f"Une place sans voiture #{scene.square.number}.", key="phrase2"))
    client.post(f"{READ}{scene.trees.number}/", {"act": "topic", "topic": "none"})
    page = words(client.get(f"{DESK}couverture/"))
    assert re.search(r"1 proposition sur 2 a été lue ; 2 sont citées", plain(page)), "what is measured once is measured again"


BUDGETS = {"": 32, "?phrase=nouvelle": 34, "?liste=toutes": 31, "?ecrire=tous": 32,
           "lecture/": 20, "plan/": 12, "a-verifier/": 20, "non-citees/": 23,
           "couverture/": 26, "historique/": 12}  # fmt: skip
"""Statements of the database for each page of the desk, whatever is written."""


def test_each_page_of_the_desk_asks_the_database_as_often_whatever_is_written(scene: Scene):
    client = scene.sits()
    asked = {}
    for count in (2, 9):
        for rank in range(count):
            text = f"Il faut « la place est une fournaise » #{scene.trees.number}, voir aussi #{scene.square.number}."
            assert client.post(WRITE, typed(text, key=f"k{count}{rank}", column="agreement")).status_code == 302
        with writing() as now:
            for rank in range(count):
                speaking.propose(scene.consultation, Text(f"Idée {count} {rank}", "Dite."), account=scene.author, now=now)
        for page in BUDGETS:
            client.get(f"{DESK}{page}")
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"{DESK}{page}").status_code == 200
            asked.setdefault(page, []).append(len(queries))
    print(asked)
    assert all(few == many <= BUDGETS[page] for page, (few, many) in asked.items()), asked


def test_the_desk_says_the_next_step_and_no_page_of_it_is_missing_before_anything_is_written(scene: Scene):
    client = scene.sits()
    assert "Lire les 2 propositions" in words(client.get(DESK))
    assert "suggestions/" not in words(client.get(DESK)).split("Prochain pas")[1].split("</p>")[0], "two are soon read"
    for page in ("relecture/", "publication/"):
        assert "Rien n’est encore écrit" in words(client.get(f"{DESK}{page}"))
    client.post(f"{READ}{scene.trees.number}/", {"act": "topic", "topic": "none"})
    assert "1 lue sur 2. Continuer à lire" in re.sub("<[^>]*>", "", words(client.get(DESK)))
    client.post(WRITE, typed(f"Planter des tilleuls, évidemment #{scene.trees.number}."))
    assert "revoir 1 phrase" in words(client.get(DESK))


def test_the_next_step_is_the_first_thing_that_publication_still_waits_for():
    ready = Progress(read=9, total=9, statements=3, doubtful=0, unexplained=0, state="draft", is_closed=True)
    steps = [
        ("begin", {"read": 0, "statements": 0}), ("write", {"statements": 0}), ("check", {"doubtful": 1, "read": 3}),
        ("read", {"read": 3, "unexplained": 2}), ("explain", {"unexplained": 2}), ("review", {}),
        ("publish", {"state": "reviewed"}), ("wait", {"state": "reviewed", "is_closed": False}),
        ("done", {"state": "published", "doubtful": 1}), ("check", {"state": "published", "doubtful": 1, "is_changed": True}),
        ("review", {"state": "published", "is_changed": True}), ("review", {"read": 3}),
        ("publish", {"state": "published", "is_changed": True, "is_read_again": True}),
    ]  # fmt: skip
    for step, changes in steps:
        assert next_step(replace(ready, **changes)) == step
