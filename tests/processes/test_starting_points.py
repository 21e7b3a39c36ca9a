"""Does a concertation start from a file, give one back, and refuse what is not one with a clear reason?"""

import json
from datetime import date, timedelta

import pytest

from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.processes import starting_points
from polyphonie.processes.actions.starting import free_process_slug, start_process
from polyphonie.processes.models import Role
from polyphonie.processes.queries import roles_held
from polyphonie.processes.rules.method import is_left_to_write
from polyphonie.processes.starting_points import SHIPPED, read, shipped, starting_point_of, written
from tests.concertations import a_person

WHOLE = json.loads(written(shipped("par-themes")))


def started(point, *, opens_on=date(2027, 3, 1), slug="demain"):
    with writing() as now:
        clerk = a_person(f"Clerc {slug}", on=now, is_administrator=True)
        return start_process(
            point, starter=clerk, slug=slug, title="Demain", organiser="Commune", opens_on=opens_on, now=now
        ), clerk


def changed(path, value):
    document = json.loads(json.dumps(WHOLE))
    place = document
    *way, last = path
    for step in way:
        place = place[step]
    place[last] = value
    return json.dumps(document)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_files_that_are_shipped_can_be_read(name):
    point = shipped(name)
    assert point.title
    assert point.summary
    assert is_left_to_write(written(point))


@pytest.mark.parametrize("name", SHIPPED)
def test_each_exists_in_english_with_the_same_shape_and_the_same_calendar(name):
    french, english = shipped(name), shipped(name, "en-gb")
    assert (english.feedback_days, set(english.process)) == (french.feedback_days, set(french.process))
    assert shape(english) == shape(french)
    assert is_left_to_write(written(english))
    assert "à compléter" not in written(english)
    said = [french.title, french.summary, *(item.questions for item in french.consultations)]
    assert not set(said) & {english.title, english.summary, *(item.questions for item in english.consultations)}


def shape(point):
    untold = {"title", "presentation", "questions"}
    return [{key: value for key, value in vars(item).items() if key not in untold} for item in point.consultations]


def test_only_shipped_names_are_read_from_the_disk():
    assert shipped("../models") is None


def test_the_three_shapes_are_there():
    assert shipped("une-question").is_one_question
    assert len(shipped("par-themes").themes) == 3
    assert len(shipped("plan-d-actions").consultations) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("name", SHIPPED)
def test_a_concertation_gives_back_the_file_it_started_from(name):
    point = shipped(name)
    process, _clerk = started(point)
    back = starting_point_of(process)
    assert back.process == point.process
    assert (back.themes, back.consultations, back.feedback_days) == (point.themes, point.consultations, point.feedback_days)
    assert read(written(back)) == back
    again, _clerk = started(back, slug="encore")
    assert starting_point_of(again).consultations == back.consultations


@pytest.mark.django_db
def test_the_calendar_counts_days_across_a_change_of_clocks():
    process, _clerk = started(shipped("une-question"), opens_on=date(2027, 3, 20))
    held = process.consultations.get()
    assert held.closes_at - held.opens_at == timedelta(days=21) - timedelta(hours=1)
    assert starting_point_of(process).consultations[0].open_days == 21


@pytest.mark.django_db
def test_whoever_starts_it_is_its_first_organiser():
    process, clerk = started(shipped("une-question"))
    assert roles_held(clerk, process.slug) == {Role.ORGANISER}
    clerk.refresh_from_db()
    assert clerk.needs_second_factor


@pytest.mark.django_db
def test_someone_without_the_right_starts_nothing():
    with pytest.raises(Refused), writing() as now:
        start_process(
            shipped("une-question"), starter=a_person("Passant", on=now), slug="a-b", title="A", organiser="B",
            opens_on=None, now=now,
        )  # fmt: skip


@pytest.mark.django_db
def test_a_file_holds_no_person_and_no_appeal_body():
    process, clerk = started(shipped("une-question"))
    process.appeal_body = "Madame Untel"
    text = written(starting_point_of(process))
    assert "Madame Untel" not in text
    assert clerk.display_name not in text
    assert process.organiser not in json.loads(text)["process"].values()


@pytest.mark.django_db
def test_two_concertations_never_share_an_address():
    started(shipped("une-question"))
    assert free_process_slug("Demain") == "demain-2"
    assert free_process_slug("2027") == "concertation-2027"
    assert free_process_slug("???") == "concertation"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ('{"format": NaN}', "JSON"),
        ("[]", "format"),
        ('{"format": "autre"}', "format"),
        ("x" * (starting_points.MOST_BYTES + 1), "256"),
        (changed(["inconnue"], 1), "inconnue"),
        (changed(["title"], ""), "title"),
        (changed(["title"], 12), "title"),
        (changed(["title"], "a" * 201), "title"),
        (changed(["process"], []), "process"),
        (changed(["process", "organiser"], "Commune"), "process.organiser"),
        (changed(["process", "licence"], "a" * 81), "process.licence"),
        (changed(["feedback_days"], -1), "feedback_days"),
        (changed(["feedback_days"], True), "feedback_days"),
        (changed(["themes"], {}), "themes"),
        (changed(["themes"], [{"title": "a"}] * 51), "themes"),
        (changed(["themes", 1, "title"], " "), "themes[2].title"),
        (changed(["themes", 0], "Bouger"), "themes[1]"),
        (changed(["consultations"], [{"title": "a"}] * 301), "consultations"),
        (changed(["consultations", 0, "theme"], 4), "consultations[1].theme"),
        (changed(["consultations", 0, "theme"], True), "consultations[1].theme"),
        (changed(["consultations", 0, "open_days"], 0), "consultations[1].open_days"),
        (changed(["consultations", 0, "open_days"], 10**9), "consultations[1].open_days"),
        (changed(["consultations", 0, "has_diagnoses"], "oui"), "consultations[1].has_diagnoses"),
        (changed(["consultations", 0, "questions"], "a" * 20_001), "consultations[1].questions"),
        (changed(["consultations", 0, "state"], "open"), "consultations[1].state"),
    ],
)  # fmt: skip
def test_what_is_not_a_starting_point_is_refused_with_its_place(text, said):
    with pytest.raises(Refused) as refused:
        read(text)
    assert said in refused.value.reason


def test_controls_and_direction_overrides_are_dropped():
    assert read(changed(["title"], "De\u202emain\u0000")).title == "Demain"
