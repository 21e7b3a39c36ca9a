"""« Déjà dit par #… »: what is proposed to whoever reads; the lists of near texts and of what a group of opinion says."""

import pytest
from django.utils import timezone

from polyphonie.consultation.actions import speaking
from polyphonie.consultation.models import OpinionAnalysis
from polyphonie.contributions.actions import Text
from polyphonie.core.writing import writing
from polyphonie.synthesis.models import Measure, Reading, Synthesis
from tests.synthesis.scene import DESK, a_scene

pytestmark = pytest.mark.django_db
READ = f"{DESK}lecture/"


def words(answer) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_near_texts_are_listed_before_and_after_the_job_and_those_already_read_proposed_as_the_same_or_perhaps_contrary():
    scene = a_scene()
    client = scene.sits()
    with writing() as now:
        again, contrary = (
            speaking.propose(scene.consultation, Text(title, body), account=scene.author, now=now)
            for title, body in [
                ("Planter des tilleuls", "Il faut planter cent tilleuls : l’été, la place est une fournaise !"),
                ("Ne pas planter de tilleuls", "Il ne faut pas planter cent tilleuls sur la place."),
            ]
        )
    client.post(f"{READ}{scene.square.number}/", {"act": "topic", "topic": "none"})
    for _way in ("searched", "measured"):
        page = words(client.get(f"{DESK}?liste=proches&numero={scene.trees.number}"))
        assert page.index(f'data-number="{again.number}"') < page.index(f'data-number="{contrary.number}"')
        assert f'data-number="{scene.square.number}"' not in page
        near = [[scene.trees.number, again.number, 900_000], [scene.trees.number, contrary.number, 700_000]]
        found = {"formula": "nearness/2", "families": [[1, scene.trees.number, 2]], "pairs": sorted(near)}
        Measure.objects.get_or_create(
            synthesis=Synthesis.objects.get(),
            kind="nearness",
            defaults={"result": found, "basis": "b", "read_at": timezone.now()},
        )
    assert 'id="hints"' not in words(client.get(f"{READ}{again.number}/")), "none of them is read yet"
    client.post(f"{READ}{scene.trees.number}/", {"act": "new", "label": "Ombre"})
    page = words(client.get(f"{READ}{again.number}/"))
    assert "dit presque la même chose" in page
    assert f'name="same_as" value="{scene.trees.number}" data-key="m"' in page
    page = words(client.get(f"{READ}{contrary.number}/"))
    assert "dit peut-être le contraire" in page
    assert 'data-key="m"' not in page
    client.post(f"{READ}{again.number}/", {"act": "same", "same_as": str(scene.trees.number)})
    assert Reading.objects.get(contribution=again).topic.label == "Ombre"
    assert "Donnez un numéro ci-dessus" in words(client.get(f"{DESK}?liste=proches"))


def test_what_a_group_says_is_listed_where_the_analysis_claims_groups_and_only_there():
    scene = a_scene()
    client = scene.sits()
    trees, square = scene.trees.number, scene.square.number
    table = {
        "rows": [{"number": square, "groups": [[40, 10, 10], [10, 10, 40], [10, 10, 10]]}],
        "representing": [[{"number": trees, "agrees": True, "share": 0.9}], []],
    }
    result = {"verdict": "groups", "groups": [{"name": "A"}, {"name": "B"}], "dividing": [{"number": square}], "table": table}
    analysis = OpinionAnalysis.objects.create(consultation=scene.consultation, computed_at=timezone.now(), result=result)
    page = words(client.get(f"{DESK}?liste=groupe&groupe=A"))
    assert page.index(f'data-number="{trees}"') < page.index(f'data-number="{square}"')
    assert "Dans ce groupe : 90 % d’accord" in page
    assert "Dans ce groupe : 67 % d’accord ; dans les autres : 17 %" in page
    assert "non vérifiable" in page
    assert f'data-number="{trees}"' not in words(client.get(f"{DESK}?liste=groupe&groupe=B"))
    assert "Rien dans cette liste" in words(client.get(f"{DESK}?liste=groupe&groupe=Z"))
    analysis.result = {"verdict": "no_groups"}
    analysis.save()
    page = words(client.get(f"{DESK}?liste=groupe&groupe=A"))
    assert "Groupe A" not in page.replace("groupe A", "")
    assert f'data-number="{square}"' not in page
