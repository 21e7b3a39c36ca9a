"""Is the demonstration's content whole, coherent and varied, before any database sees it?"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import polyphonie

FOLDER = Path(polyphonie.__file__).parent / "portal" / "demonstration"
CITATION = re.compile(r"\{p:([^}]*)\}")
RESERVED_ADDRESS = re.compile(r"https?://([\w-]+\.)*example\.(org|com|net)(/|$)")
SOURCE_CATEGORIES = {"study", "law", "press", "data", "experience", "other"}
PERSON_CATEGORIES = {
    "",
    "citizen",
    "business",
    "union",
    "association",
    "researcher",
    "administration",
    "local_authority",
    "student_group",
}


def load(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


CONCERTATION = load("concertation.toml")
PEOPLE = load("people.toml")
CONSULTATIONS = {item["slug"]: item for item in CONCERTATION["consultations"]}
FILES = {path.name: load(path.name) for path in sorted(FOLDER.glob("proposals-*.toml"))}


def every(kind: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each item of a kind, with the consultation it belongs to."""
    for name, content in FILES.items():
        consultation = CONSULTATIONS[name.removeprefix("proposals-").removesuffix(".toml")]
        for item in content.get(kind, []):
            yield consultation, item


PROPOSALS = {item["key"]: item for _, item in every("proposals")}
PERSONS = {person["key"]: person for person in PEOPLE["people"]}
ORGANISATIONS = {item["key"]: item for item in PEOPLE["organisations"]}
ALL_TEXTS = [
    (kind, consultation, item)
    for kind in ("proposals", "arguments", "sources", "completions")
    for consultation, item in every(kind)
]


def test_the_process_says_everything_the_method_asks_for() -> None:
    process = CONCERTATION["process"]
    said = "title hashtag tagline introduction organiser charter who_decides what_becomes legal_basis appeal_body"
    for field in said.split(" "):
        assert process[field].strip(), field
    assert process["feedback_in_days"] > 0
    assert "invent" in process["introduction"]
    assert "invent" in process["organiser"]
    referral = CONCERTATION["referral"]
    assert referral["received_on"] < min(item["opens_in"] for item in CONSULTATIONS.values())
    assert referral["deadline_on"] >= max(item["closes_in"] for item in CONSULTATIONS.values())
    assert len(referral["questions"]) >= 4


def test_four_themes_hold_eight_consultations() -> None:
    numbers = [theme["number"] for theme in CONCERTATION["themes"]]
    assert numbers == [1, 2, 3, 4]
    assert len(CONSULTATIONS) == len(CONCERTATION["consultations"]) == 8
    assert {item["theme"] for item in CONSULTATIONS.values()} == set(numbers)


@pytest.mark.parametrize("slug", CONSULTATIONS)
def test_the_dates_of_a_consultation_agree_with_its_state(slug: str) -> None:
    item = CONSULTATIONS[slug]
    opens, closes = item["opens_in"], item["closes_in"]
    assert opens < closes
    assert item["questions"]
    assert set(item["natures"]) <= {"diagnosis", "solution"}
    is_consistent = {
        "draft": opens > 0,
        "announced": opens > 0,
        "open": opens < 0 and closes > 3,
        "closing_soon": opens < 0 < closes <= 1,
        "closed": closes < 0,
    }
    assert is_consistent[item["state"]]
    if item["declared_under_crpa"]:
        assert closes - opens >= 15
    for extension in item.get("extensions", []):
        assert extension["reason"].strip()
        assert extension["decided_on"] < 0
        assert extension["from_closes_in"] < extension["to_closes_in"] == closes


def test_consultations_are_found_in_every_state() -> None:
    states = Counter(item["state"] for item in CONSULTATIONS.values())
    assert states == {"closed": 2, "open": 3, "closing_soon": 1, "announced": 1, "draft": 1}
    assert sum(bool(item.get("extensions")) for item in CONSULTATIONS.values()) == 1


def test_people_are_many_and_of_several_minds() -> None:
    assert len(PERSONS) == len(PEOPLE["people"]) == 250
    assert len({person["name"] for person in PERSONS.values()}) == 250
    leanings = Counter(person["leaning"] for person in PERSONS.values())
    assert leanings["a"] > leanings["b"] > leanings["c"] >= 30
    assert {person["category"] for person in PERSONS.values()} == PERSON_CATEGORIES
    assert all(person["joined"] < 0 for person in PERSONS.values())


def test_organisations_have_known_members() -> None:
    assert 8 <= len(ORGANISATIONS) == len(PEOPLE["organisations"]) <= 12
    for organisation in ORGANISATIONS.values():
        assert organisation["kind"] in {"public_organisation", "private_organisation"}
        assert organisation["members"]
        assert set(organisation["members"]) <= PERSONS.keys()
    assert {item["verified"] for item in ORGANISATIONS.values()} == {True, False}


def test_proposal_keys_are_unique() -> None:
    keys = [item["key"] for _, item in every("proposals")]
    assert len(keys) == len(set(keys))
    assert all(re.fullmatch(r"[a-z0-9-]+", key) for key in keys)


def test_only_consultations_that_have_opened_hold_texts() -> None:
    assert FILES
    for name in FILES:
        assert CONSULTATIONS[name.removeprefix("proposals-").removesuffix(".toml")]["opens_in"] < 0


def test_every_text_has_a_known_author_who_had_joined() -> None:
    for kind, _, item in ALL_TEXTS:
        author = PERSONS[item["author"]]
        assert author["joined"] <= item["on_day"], (kind, item["author"])
        if "speaks_for" in item:
            assert item["author"] in ORGANISATIONS[item["speaks_for"]]["members"]


def test_every_text_falls_inside_its_consultation() -> None:
    for kind, consultation, item in ALL_TEXTS:
        assert consultation["opens_in"] <= item["on_day"] <= min(consultation["closes_in"], 0), (kind, item)


def test_every_answer_comes_after_the_proposal_it_is_about() -> None:
    for kind, consultation, item in ALL_TEXTS:
        if kind != "proposals":
            proposal = PROPOSALS[item["about"]]
            assert item["on_day"] > proposal["on_day"], (kind, item["about"])
            assert any(proposal is known for home, known in every("proposals") if home is consultation)
        for revision in item.get("revisions", []):
            assert item["on_day"] < revision["on_day"] < min(consultation["closes_in"], 0)


def test_proposals_keep_to_their_shape() -> None:
    for consultation, item in every("proposals"):
        for version in [item, *item.get("revisions", [])]:
            assert 10 <= len(version["title"]) <= 120, item["key"]
            assert len(version["body"].split()) >= 25, item["key"]
        assert item["nature"] in (consultation["natures"] or [""]), item["key"]
        assert item["origin"] in {"web", "public_debate", "workshop", "paper"}
        assert bool(item.get("origin_source")) == (item["origin"] == "public_debate")
        assert set(item["appeal"]) == {"a", "b", "c"}
        assert all(0 <= share <= 1 for share in item["appeal"].values())
        assert 0.2 <= item["popularity"] <= 3


def test_arguments_sources_and_completions_keep_to_their_shape() -> None:
    for _, item in every("arguments"):
        assert item["side"] in {"for", "against"}
        assert item["body"].strip()
    for _, item in every("sources"):
        assert item["category"] in SOURCE_CATEGORIES
        assert item["title"].strip()
        assert item["body"].strip()
    for _, item in every("completions"):
        assert len(item["title"]) <= 120
        assert isinstance(item["accepted"], bool)
        assert item["author"] != PROPOSALS[item["about"]]["author"]


def test_no_two_texts_are_the_same() -> None:
    bodies = [item["body"].strip() for _, _, item in ALL_TEXTS]
    bodies += [revision["body"].strip() for item in PROPOSALS.values() for revision in item.get("revisions", [])]
    assert not [body for body, count in Counter(bodies).items() if count > 1]
    titles = [item["title"] for item in PROPOSALS.values()]
    assert len(titles) == len(set(titles))


def test_every_citation_leads_to_an_earlier_proposal() -> None:
    citing = [(item["on_day"], item["body"]) for _, _, item in ALL_TEXTS]
    citing += [(item["on_day"], item["body"]) for item in CONCERTATION["progress_updates"]]
    found = 0
    for day, body in citing:
        for key in CITATION.findall(body):
            assert PROPOSALS[key]["on_day"] < day, key
            found += 1
    assert found >= 5


def test_links_lead_only_to_reserved_addresses() -> None:
    for path in FOLDER.glob("*.toml"):
        if path.name == "ambition-numerique.toml":
            continue
        for address in re.findall(r"https?://[^\s\"')»]+", path.read_text(encoding="utf-8")):
            assert RESERVED_ADDRESS.match(address), (path.name, address)


def test_the_totals_are_those_of_a_living_concertation() -> None:
    totals = Counter(kind for kind, _, _ in ALL_TEXTS)
    assert totals["proposals"] == 150
    assert 290 <= totals["arguments"] <= 360
    assert 80 <= totals["sources"] <= 90
    assert 15 <= totals["completions"] <= 20
    origins = Counter(item["origin"] for item in PROPOSALS.values())
    assert origins["public_debate"] == 10
    assert origins["workshop"] >= 3
    assert origins["paper"] >= 3
    assert sum(bool(item.get("revisions")) for item in PROPOSALS.values()) >= 5
    assert {item["accepted"] for _, item in every("completions")} == {True, False}
    assert {item["category"] for _, item in every("sources")} == SOURCE_CATEGORIES


def test_texts_are_short_long_and_in_more_than_one_manner() -> None:
    lengths = sorted(len(item["body"].split()) for item in PROPOSALS.values())
    assert lengths[0] < 45
    assert lengths[-1] > 550
    assert sum(length > 110 for length in lengths) >= 6
    bodies = " ".join(item["body"] for item in PROPOSALS.values())
    assert "·es" in bodies
    assert "https://example.org/" in bodies
    assert re.search("[\N{GRINNING FACE}-\N{PERSON WITH FOLDED HANDS}]", bodies)
    assert "pt" in {item.get("language", "fr") for item in PROPOSALS.values()}


def test_proposals_please_everyone_some_or_nobody() -> None:
    appeals = [item["appeal"] for item in PROPOSALS.values()]
    assert sum(min(appeal.values()) >= 0.6 for appeal in appeals) >= 20
    assert sum(abs(appeal["a"] - appeal["b"]) >= 0.35 for appeal in appeals) >= 20
    assert sum(max(appeal.values()) <= 0.45 for appeal in appeals) >= 4


def test_pairs_that_say_the_same_or_the_contrary_are_of_one_consultation() -> None:
    home = {item["key"]: consultation["slug"] for consultation, item in every("proposals")}
    pairs = CONCERTATION["demonstration"]
    assert len(pairs["near_duplicates"]) >= 5
    assert len(pairs["contraries"]) >= 3
    for one, other in pairs["near_duplicates"] + pairs["contraries"]:
        assert home[one] == home[other]
        assert PROPOSALS[one]["author"] != PROPOSALS[other]["author"]


def test_progress_updates_are_past_and_signed() -> None:
    updates = CONCERTATION["progress_updates"]
    assert [item["on_day"] for item in updates] == sorted(item["on_day"] for item in updates)
    assert all(item["on_day"] < 0 and item["title"] and item["body"].strip() for item in updates)
    assert {item["role"] for item in updates} == {"organiser", "authority"}


AMBITION = load("ambition-numerique.toml")


def test_ambition_numerique_has_its_four_themes_and_twenty_six_consultations() -> None:
    per_theme = Counter(item["theme"] for item in AMBITION["consultations"])
    assert per_theme == {1: 6, 2: 7, 3: 6, 4: 7}
    assert {item["number"]: item["consultations"] for item in AMBITION["themes"]} == per_theme
    dates = {item["number"]: (item["opened_on"], item["closed_on"]) for item in AMBITION["themes"]}
    assert all((item["opened_on"], item["closed_on"]) == dates[item["theme"]] for item in AMBITION["consultations"])
    titles = [item["title"] for item in AMBITION["consultations"]]
    assert len(set(titles)) == 26
    assert AMBITION["process"]["last_closing"] == max(closing for _, closing in dates.values())


def test_the_figures_of_ambition_numerique_say_what_they_count() -> None:
    figures = {item["key"]: item for item in AMBITION["figures"]}
    assert len(figures) == len(AMBITION["figures"])
    assert figures["contributions"]["value"] == 17678
    for item in figures.values():
        assert item["qualifier"] in {"exact", "about", "more_than", "recomputed"}
        assert item["definition"].strip()
    days = AMBITION["days"]
    assert figures["day_workshops"]["value"] == sum(item["workshops"] for item in days)
    assert figures["day_pitches"]["value"] == sum(item["pitches"] for item in days)
    assert figures["day_video_links"]["value"] == sum(item["video_links"] for item in days)
    assert figures["day_attendees_sum"]["value"] == sum(item["attendees"]["value"] for item in days)
    assert figures["livestream_sum"]["value"] == sum(item["livestream"]["value"] for item in days)


def test_ambition_numerique_invents_nothing_and_quotes_no_one() -> None:
    assert AMBITION["referral"]["number"] == "1348"
    assert AMBITION["referral"]["letter"] == ""
    assert not AMBITION.keys() & {"proposals", "arguments", "people", "contributions"}
    for item in AMBITION["extensions"]:
        assert item["actual_closing"] > item["announced_closing"]
        assert item["reason"] == ""
    for item in AMBITION["milestones"]:
        assert item["precision"] in {"day", "month", "about"}
        assert len(item["date"]) == (10 if item["precision"] == "day" else 7)
    first_days = [item["date"] for item in AMBITION["milestones"] if item["precision"] == "day"]
    assert first_days == sorted(first_days)
