"""A synthesis leaves as Markdown and comes back the same; a file that is wrong changes nothing, and says where it is wrong."""

import random
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.contributions.fates import fate_in_words
from polyphonie.core.writing import writing
from polyphonie.synthesis.actions.taking_over import take_over
from polyphonie.synthesis.actions.writing import lock_of, synthesis_of
from polyphonie.synthesis.content import content_of
from polyphonie.synthesis.models import PastStatement, Statement, Synthesis, Topic, UncitedReason, Writer
from polyphonie.synthesis.parsed import MOST_BYTES, parsed
from polyphonie.synthesis.queries.published import Drawn
from polyphonie.synthesis.queries.taking_over import planned
from polyphonie.synthesis.written import draft_as_markdown
from tests.synthesis.scene import DESK, WRITE, Scene, a_scene, typed

pytestmark = pytest.mark.django_db
FILE = f"{DESK}fichier/"
DRAFT = f"{DESK}brouillon.md"


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def words(answer) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def by_hand(scene: Scene) -> str:
    """What a rapporteur types in an editor, who knows nothing of keys."""
    return f"""# Ma synthèse

On a lu tout.

## Ombre

### Points d'accord

On veut de l’ombre : « la place est une fournaise » #{scene.trees.number}.

- Une idée domine.

### Controverses

#### Position A

Les enfants joueraient, selon #{scene.shade.number}.

#### Position B

Les livraisons souffriraient #{scene.noise.number}.

## Ce qui n'est pas cité, et pourquoi

- #{scene.square.number} (Fusionnée avec d'autres) Dit autrement.
"""


def taken(scene: Scene, text: str) -> None:
    with writing(lock=lock_of(scene.consultation)) as now:
        synthesis = synthesis_of(scene.consultation)
        take_over(synthesis, planned(synthesis, text), actor="rapporteur/1", now=now)


def exported(scene: Scene) -> str:
    return draft_as_markdown(Drawn(scene.process, content_of(Synthesis.objects.get(consultation=scene.consultation))))


def ordered(content: dict) -> dict:
    """The same, its sentences in the order of the page."""
    rank = {column["kind"]: place for place, column in enumerate(content["columns"])}
    return content | {"statements": sorted(content["statements"], key=lambda one: (one["topic"], rank[one["column"]]))}


def state_of(answer) -> str:
    """The fingerprint of the draft that a page showed beside the file."""
    return re.search(r'name="state" value="(\w*)"', answer.content.decode())[1]


def nothing_is_written() -> None:
    Statement.objects.all().delete()
    Synthesis.objects.all().delete()


def fate_words(scene: Scene, text: str) -> str:
    return text.replace("Fusionnée avec d'autres", fate_in_words("merged"))


def test_a_file_written_by_hand_is_shown_then_taken_over_in_one_act_with_its_citations(scene: Scene):
    client, text = scene.sits(), fate_words(scene, by_hand(scene))
    shown = client.post(FILE, {"content": text, "act": "show"})
    assert shown.status_code == 200
    for sentence in (
        "nouveau sujet : « Ombre »",
        "4 nouvelles phrases",
        "l’introduction change",
        "1 raison pour ce qui n’est pas cité",
    ):
        assert sentence in words(shown)
    assert not Synthesis.objects.exists()
    answer = client.post(FILE, {"content": text, "act": "take", "state": ""})
    assert answer.status_code == 302, words(answer)
    synthesis = Synthesis.objects.get()
    assert synthesis.introduction == "On a lu tout."
    rows = list(synthesis.statements.values_list("topic__label", "column", "position", "text"))
    assert rows == [
        ("Ombre", "agreement", "", f"On veut de l’ombre : « ⟦1⟧ » #{scene.trees.number}."),
        ("Ombre", "agreement", "", "Une idée domine."),
        ("Ombre", "controversy", "a", f"Les enfants joueraient, selon #{scene.shade.number}."),
        ("Ombre", "controversy", "b", f"Les livraisons souffriraient #{scene.noise.number}."),
    ]
    assert UncitedReason.objects.get().reason == "Dit autrement."
    assert Writer.objects.get().actor == "rapporteur/1"
    again = client.post(FILE, {"content": text, "act": "show"})
    assert "le brouillon dit déjà tout cela" in words(again)
    assert (Statement.objects.count(), Topic.objects.count(), PastStatement.objects.count()) == (4, 1, 0)


def test_what_leaves_comes_back_changed_where_it_was_changed_and_nowhere_else(scene: Scene):
    taken(scene, fate_words(scene, by_hand(scene)))
    client = scene.sits()
    text = client.get(DRAFT).content.decode()
    keys = dict(Statement.objects.values_list("text", "key"))
    changed = text.replace("Une idée domine.", f"Une idée domine #{scene.trees.number}.").replace("## Ombre", "## Chaleur")
    shown = words(client.post(FILE, {"content": changed, "act": "show"}))
    assert "1 phrase changée" in shown
    assert "le sujet « Ombre » devient « Chaleur »" in shown
    assert "3 phrases restent telles quelles" in shown
    taken(scene, changed)
    assert Topic.objects.get().label == "Chaleur"
    assert Statement.objects.get(key=keys["Une idée domine."]).citations.get().contribution == scene.trees
    assert PastStatement.objects.get().text == "Une idée domine."
    assert set(Statement.objects.values_list("key", flat=True)) == set(keys.values())


def test_the_file_is_shown_again_when_someone_wrote_in_the_draft_meanwhile(scene: Scene):
    client, text = scene.sits(), fate_words(scene, by_hand(scene))
    taken(scene, text)
    left = client.get(DRAFT).content.decode().replace("Une idée domine.", "Une idée l’emporte.")
    state = state_of(client.post(FILE, {"content": left, "act": "show"}))
    client.post(WRITE, typed(f"Autre chose #{scene.square.number}.", key="autre"))
    answer = client.post(FILE, {"content": left, "act": "take", "state": state})
    assert "Le brouillon a changé depuis" in words(answer)
    assert "1 phrase du brouillon n’est pas dans le fichier : elle reste" in words(answer)
    assert Statement.objects.filter(text="Une idée domine.").exists()
    state = state_of(answer)
    assert client.post(FILE, {"content": left, "act": "take", "state": state}).status_code == 302
    assert Statement.objects.filter(key="autre").exists()


def test_what_is_wrong_is_told_by_line_and_nothing_is_written(scene: Scene):
    hidden, foreign = scene.hidden.number, scene.foreign.number
    text = f"""## Ombre

Sans colonne.

### Points d'accord

On cite #99999.

On cite #{hidden} et #{foreign}.

« ce que nul n’a dit » #{scene.trees.number}.

### Points de vue

Oui.

#### Position A

<script>alert(1)</script>
"""
    answer = scene.sits().post(FILE, {"content": text, "act": "take", "state": ""})
    assert answer.status_code == 422
    page = words(answer)
    assert re.findall(r"Ligne (\d+)", page) == ["3", "7", "9", "9", "11", "13", "17", "19"]
    for sentence in (
        "Cette phrase n’est dans aucune colonne", "n’existe pas dans cette concertation", "n’est plus affichée",
        "appartient à une autre consultation", "ne dit pas cela", "n’est pas une colonne", "C’est du HTML",
    ):  # fmt: skip
        assert sentence in page, sentence
    assert "<script>alert" not in page
    assert not Synthesis.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x" * 10_000_000, "Ce fichier est trop gros"),
        (b"## Ombre\0", "caractères nuls"),
        (b"\x89PNG\r\n\x1a\n\xff", "UTF-8"),
        ("## Ombre".encode("utf-16"), ""),
        (b"", "Choisissez un fichier"),
        (b"<!doctype html><html><body>", "C’est du HTML"),
        (b"bonjour", ""),
        (b"```\n## Ombre", "ne se ferme jamais"),
        (b"<!-- introduction -->\n## Ombre", "L’introduction s’ouvre"),
        (b"<!-- colonnes " + b"[" * 100_000 + b" -->", "ne peut pas être lu"),
        (b"## A\n### Controverses\n<!-- phrase a -->\nOui.\n\n<!-- phrase a -->\nNon.", "la même clé que celle de la ligne 4"),
    ],
)
def test_hostile_files_are_refused_in_a_sentence(scene: Scene, content: bytes, sentence: str):
    file = SimpleUploadedFile("synthese.md", content)
    answer = scene.sits().post(FILE, {"file": file, "act": "show"})
    assert answer.status_code == (200 if content == b"bonjour" else 422)
    assert sentence in words(answer)
    assert not Synthesis.objects.exists()


def test_adversarial_lines_take_no_time():
    for line in ("<!-- " + " " * 300_000, "- #1 " + " " * 300_000 + "x", "## " + " " * 300_000 + "x", "«" + " «" * 200_000):
        parsed(f"## Sujet\n### Controverses\n{line}\n## Ce qui n'est pas cité, et pourquoi\n{line}", {})
    assert len(parsed("a" * (MOST_BYTES // 2), {}).troubles) == 1


PIECES = (
    "# dièse", "- tiret", "* étoile", "> citation", "\\ barre", "`code`", "```", "<!-- phrase x -->", "<b>gras</b>", "1. un",
    "«", "»", "⟦1⟧", "selon #{n}", "#{n}", "voir aussi #{n}", "« Il faut planter » #{n}", "« l’été » (#{n})",
    "Contribution {n}", "  ", "###", "|a|",
)  # fmt: skip


def test_export_then_import_then_export_is_the_identity(scene: Scene):
    """A dozen drafts drawn from what could be taken for something else, each taken over in a draft of its own."""
    draw = random.Random(4)
    with writing() as now:
        said = {"account": scene.author, "now": now}
        odd = speaking.propose(
            scene.consultation, Text("« Il faut planter »", "Il dit : « Il faut planter »,\n\nl’été ou\nl’hiver."), **said
        )
    tried = 0
    for _round in range(12):
        nothing_is_written()
        with writing(lock=lock_of(scene.consultation)):
            synthesis = synthesis_of(scene.consultation)
        synthesis.introduction = "\n".join(draw.choices([*PIECES, "", "## Titre", "<!-- fin -->", "\\<!-- fin -->"], k=4)).strip()
        synthesis.save()
        lines = ["<!-- introduction -->", "<!-- fin -->"]
        for topic in draw.sample(["Ombre", "# Eau", "<!-- sujet -->", "Ce qui ### compte", "`"], k=3):
            lines += [f"## {topic}"]
            for column in draw.sample(["agreement", "disagreement", "controversy", "action_lead"], k=2):
                lines += [f"### {column}"]
                for _sentence in range(draw.randrange(1, 4)):
                    number = draw.choice([scene.trees.number, odd.number])
                    sentence = " ".join(draw.choices(PIECES, k=draw.randrange(1, 5))).replace("{n}", str(number))
                    lines += ["", draw.choice(["<!-- liaison -->", "<!-- -->"]), f"\\{sentence}"]
        text = "\n".join(lines).replace("<!-- introduction -->\n<!-- fin -->\n", "")
        with writing(lock=lock_of(scene.consultation)) as now:
            plan = planned(synthesis, text)
            if plan.troubles:
                continue
            take_over(synthesis, plan, actor="rapporteur/1", now=now)
        tried += 1
        first, before = exported(scene), content_of(Synthesis.objects.get())
        nothing_is_written()
        taken(scene, first)
        assert exported(scene) == first
        assert ordered(content_of(Synthesis.objects.get())) == ordered(before)
        with writing(lock=lock_of(scene.consultation)):
            assert planned(Synthesis.objects.get(), first).does_nothing
    print(f"{tried} drafts came back the same")
    assert tried >= 8
