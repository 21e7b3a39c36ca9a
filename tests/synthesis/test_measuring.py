"""What do the background jobs find for a synthesis, when do they look again, and what is kept of it?"""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from polyphonie.consultation.models import OpinionAnalysis
from polyphonie.core.writing import writing_at
from polyphonie.opinion.apart import Failed
from polyphonie.synthesis import tasks
from polyphonie.synthesis.actions.measuring import note_measure
from polyphonie.synthesis.actions.reading import sort_text
from polyphonie.synthesis.content import content_of
from polyphonie.synthesis.models import Measure
from polyphonie.synthesis.queries import measuring
from polyphonie.synthesis.queries.covering import coverage_of, coverage_of_draft
from polyphonie.synthesis.queries.live import line_of
from tests import people
from tests.synthesis.drafts import WRITER, a_published, a_scene, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch):
    """What the process of its own is asked, and what it answers here."""
    requests: list[str] = []

    def answer(what, numbers, votes, *, unplaced=(), settings=None):
        requests.append(what)
        if what == "nearness":
            first, second = sorted(numbers)[:2]
            return {"formula": "nearness/2", "families": [[first, second]], "pairs": [[first, second, 870_000]]}
        return {"formula": "representation/1", "voters": 60, "with_one": 0.8, "cited": settings["cited"]}

    monkeypatch.setattr(tasks, "computed", answer)
    monkeypatch.setattr(measuring, "computed", answer)
    return requests


def later(monkeypatch, minutes):
    now = timezone.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(tasks.timezone, "now", lambda: now)


def analysed(scene, **result):
    OpinionAnalysis.objects.create(
        consultation=scene.consultation, computed_at=timezone.now(), result={"verdict": "no_groups", "input_hash": "h", **result}
    )


def test_proposals_are_compared_again_only_when_one_changed_and_some_time_passed(asked, monkeypatch):
    scene = a_scene(closed=False)
    assert (tasks.compare_proposals(), tasks.compare_proposals()) == (1, 0)
    later(monkeypatch, 11)
    assert tasks.compare_proposals() == 0
    assert asked == ["nearness"], "nothing changed"
    seen = Measure.objects.get().read_at
    scene.one.__class__.objects.filter(pk=scene.one.pk).update(revision=2)
    assert tasks.compare_proposals() == 0, "looked at a moment ago"
    later(monkeypatch, 22)
    assert tasks.compare_proposals() == 1
    assert asked == ["nearness", "nearness"]
    assert Measure.objects.get().read_at > seen


def test_the_last_families_enter_the_coverage_that_is_published(asked):
    scene = a_scene()
    fill(scene)
    tasks.compare_proposals()
    scene.read()
    measured = scene.publish().coverage
    one, two = scene.one.number, scene.two.number
    assert measured["near"]["families"] == [[one, two]]
    assert measured["near"]["nearest"] == [[two, one, 870_000]]
    assert measured["near"]["computed_at"]
    assert measured["by_families"] == {"part": 2, "whole": 2}, "its near-duplicate is cited"
    assert measured["soft"] == {"part": 1_870_000, "whole": 2_000_000}
    assert measured["headline"]["cited"] == {"part": 1, "whole": 2}


def test_a_text_that_is_not_shown_any_more_is_in_no_family(asked):
    scene = a_scene()
    fill(scene)
    tasks.compare_proposals()
    scene.two.__class__.objects.filter(pk=scene.two.pk).update(status="withdrawn")
    near = coverage_of(scene.synthesis, content_of(scene.synthesis))["near"]
    assert (near["families"], near["nearest"]) == ([], [])


def test_a_draft_is_measured_as_what_will_be_published_after_each_change(asked):
    scene = a_scene()
    fill(scene)
    tasks.compare_proposals()
    arbres = scene.synthesis.topics.get()

    def sorted_again():
        with writing_at(scene.now):
            sort_text(scene.synthesis, scene.two, topic=arbres, actor=WRITER, now=scene.now)

    def voted():
        type(scene.two).objects.filter(pk=scene.two.pk).update(agree=30, imported_disagree=12)

    def hidden():
        type(scene.one).objects.filter(pk=scene.one.pk).update(status="hidden")

    def compared_again():
        Measure.objects.update(basis="other", result={"formula": "nearness/2", "families": [], "pairs": []})

    seen = []
    for change in (
        lambda: None,
        lambda: scene.synthesis.uncited_reasons.all().delete(),
        sorted_again,
        voted,
        lambda: scene.write("neuve", f"Des pavés #{scene.two.number}."),
        compared_again,
        hidden,
    ):
        change()
        content = content_of(scene.synthesis)
        beside, published = coverage_of_draft(scene.synthesis, content, now=scene.now), coverage_of(scene.synthesis, content)
        for measured in (beside, published):
            measured["headline"] = {**measured["headline"], "uncited": ()}
            for name in ("input_hash", "families_to_read", "voices", "sorted"):
                measured.pop(name, None)
            del measured["near"]["nearest"]
        assert json.dumps(beside) == json.dumps(published)
        seen.append(json.dumps(beside))
    assert len(set(seen)) == len(seen) == 7, "each change is seen"


def test_without_a_job_nothing_is_said_to_be_near():
    near = a_published().synthesis.versions.get().coverage["near"]
    assert near == {"formula": "", "computed_at": None, "families": [], "nearest": []}


def test_what_was_read_last_is_kept_whichever_job_ends_first():
    scene = a_scene()
    now = timezone.now()
    with writing_at(now):
        kept = {"basis": "b", "result": {"families": [], "pairs": []}}
        assert note_measure(scene.synthesis, Measure.Kind.NEARNESS, **kept, read_at=now)
        assert not note_measure(scene.synthesis, Measure.Kind.NEARNESS, basis="a", result={}, read_at=now - timedelta(seconds=1))
        assert note_measure(scene.synthesis, Measure.Kind.NEARNESS, basis="", result=None, read_at=now + timedelta(seconds=1))
    found = Measure.objects.get()
    assert (found.basis, found.result) == ("b", {"families": [], "pairs": []})


def test_what_voters_find_waits_for_the_closing_and_the_analysis(asked):
    scene = a_scene(closed=False)
    assert tasks.represent_voters() == 0
    scene = a_scene(slug="autre")
    assert tasks.represent_voters() == 0
    analysed(scene)
    assert tasks.represent_voters() == 1
    assert asked == ["representation"]
    assert Measure.objects.get().result["verdict"] == "found"


def test_each_version_is_represented_once_with_its_time(asked, monkeypatch):
    scene = a_published()
    analysed(scene)
    assert tasks.represent_voters() == 2
    version = scene.synthesis.versions.get()
    assert version.representation["verdict"] == "found"
    assert version.representation["cited"] == [scene.one.number, scene.pro.number, scene.con.number]
    assert version.representation["computed_at"]
    assert asked == ["representation"], "the draft says the same: what was found for it is the version's"
    later(monkeypatch, 11)
    assert tasks.represent_voters() == 0
    assert asked == ["representation"]


def test_few_voters_start_no_process(asked):
    scene = a_published()
    analysed(scene, verdict="too_few")
    tasks.represent_voters()
    assert scene.synthesis.versions.get().representation["verdict"] == "too_few"
    assert asked == []


def test_a_computation_that_fails_is_noted_and_tried_again_in_an_hour(monkeypatch):
    def fails(*_asked, **_settings):
        raise Failed("no memory")

    scene = a_published()
    analysed(scene)
    monkeypatch.setattr(tasks, "computed", fails)
    monkeypatch.setattr(measuring, "computed", fails)
    tasks.compare_proposals()
    tasks.represent_voters()
    assert [measure.result for measure in Measure.objects.order_by("kind")] == [{}, {}]
    assert scene.synthesis.versions.get().representation["verdict"] == "failed"
    assert list(measuring.versions_to_represent(now=timezone.now())) == []
    assert len(list(measuring.versions_to_represent(now=timezone.now() + timedelta(minutes=61)))) == 1


def test_a_final_synthesis_is_measured_no_more(asked):
    scene = a_scene()
    scene.synthesis.state = "final"
    scene.synthesis.save()
    assert tasks.compare_proposals() == 0


def test_the_line_above_the_desk_tells_what_the_last_job_found_with_its_time():
    scene = a_published()
    group = {"group": "A", "voters": 60, "with_one": 0.85, "satisfaction": 1.0, "is_left_behind": False, "unrepresented": []}
    result = {"verdict": "found", "groups": [group], "unrepresented": [{"number": scene.two.number, "at_least": 20}]}
    assert line_of(scene.consultation).found_at is None
    with writing_at(scene.now) as now:
        note_measure(scene.synthesis, Measure.Kind.REPRESENTATION, basis="b", result=result, read_at=now)
    line = line_of(scene.consultation)
    assert (line.groups, line.unrepresented, line.found_at) == ([("A", 0.85)], 1, now)
    client = Client(headers={"accept-language": "fr"})
    people.enter(client, scene.roles["rapporteur"].account)
    page = client.get(f"/demain/redaction/{scene.consultation.slug}/").content.decode()
    assert "A 85" in page
    assert "1 voix sans place" in page
    Measure.objects.update(result={"verdict": "too_few"})
    assert line_of(scene.consultation).groups == []
