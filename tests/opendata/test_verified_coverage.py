"""Does the verifier compute the coverage of a synthesis as the product does, written apart from it? On made-up consultations."""

import json
import random
from dataclasses import replace

import pytest

from polyphonie.opendata import verify
from polyphonie.opinion.citing.balance import authors_by
from polyphonie.opinion.citing.cited import Claim, Voice, gathered
from polyphonie.opinion.citing.coverage import coverage

NUMBERS = range(1, 41)


def made_up(seed: int):
    """Voices of every kind, claims that cite some (and numbers that are nobody's), families, and what is near."""
    chance = random.Random(seed)
    voices = []
    for number in NUMBERS:
        kind = chance.choice(["proposal"] * 4 + ["argument", "argument", "source", "completion"])
        about = None if kind == "proposal" else chance.choice([*NUMBERS, 99, number])
        voices.append(
            Voice(
                number,
                kind,
                about,
                chance.choice(["for", "against"]) if kind == "argument" else "",
                *(chance.choice([0, 1, 7, 30]) for _position in range(3)),
                author=chance.choice(["", "Ada", "Blaise", "Émilie", *"abcdefghijkl"]),
                topics=tuple(sorted(chance.sample(["arbres", "eau", "été"], chance.choice([0, 1, 1, 2])))),
                reason=chance.choice(["", " ", "Déjà dit."]),
            )
        )
    kinds = ["controversy", "agreement"]
    claims = [Claim(f"s{rank}", chance.choice(kinds), tuple(chance.choices([*NUMBERS, 77], k=rank % 5))) for rank in range(9)]
    shuffled = chance.sample(list(NUMBERS), 20)
    families = [shuffled[:7], shuffled[7:9], shuffled[9:11]]
    cited = {number for claim in claims for number in claim.cites} & set(NUMBERS)
    nearest = [(number, min(cited), chance.randrange(10**6)) for number in NUMBERS if number not in cited and number % 2]
    return voices, claims, families, nearest


def people_by_origin(seed: int) -> list[dict[str, object]]:
    """What is published of the authors of proposals, by origin, and what the verifier finds: the same."""
    voices, claims, _families, _nearest = made_up(seed)
    chance = random.Random(seed)
    voices = [replace(voice, author=f"Nom {chance.randrange(60)}") for voice in voices]
    origins = {voice.number: chance.choice(["web", "web", "web", "paper", "event"]) for voice in voices}
    rows = authors_by(gathered(voices, claims), origins)
    told = [
        {"value": row.value, "authors": row.authors.whole, "cited": row.authors.part, "is_pooled": row.is_pooled} for row in rows
    ]
    texts = {number: verify.Text(*[None] * (len(verify.Text._fields) - 1), origin) for number, origin in origins.items()}
    asked = [[claim.label, claim.kind, list(claim.cites)] for claim in claims]
    assert verify.authors_by_origin(voices, asked, texts) == told
    return told


@pytest.mark.parametrize("seed", range(12))
def test_every_figure_is_found_again(seed):
    voices, claims, families, nearest = made_up(seed)
    similarities = [(one, other, near / 10**6) for one, other, near in nearest]
    wanted = json.loads(json.dumps(coverage(voices, claims, families=families, similarities=similarities).as_json()))
    told = [verify.Voice(*(getattr(voice, name) for name in verify.Voice._fields)) for voice in voices]
    asked = [[claim.label, claim.kind, sorted(set(claim.cites))] for claim in claims]
    found = verify.coverage(told, asked, {"families": families, "nearest": nearest})
    assert json.loads(json.dumps(found)) == wanted
    assert {*found, "authors", "voices", "near"} == set(verify.FIGURES)


def test_authors_by_origin_are_found_again_small_groups_together():
    found = [people_by_origin(seed) for seed in range(40)]
    assert any(row["is_pooled"] for rows in found for row in rows)
    assert any(not row["is_pooled"] for rows in found for row in rows)


def test_a_consultation_without_anything_is_found_again():
    wanted = json.loads(json.dumps(coverage([], []).as_json()))
    found = verify.coverage([], [], {"families": [], "nearest": []})
    assert found == wanted


class Nothing:
    """A register that hides nothing."""

    hidden: dict[str, bool] = {}


def published():
    """A synthesis as its line of syntheses.jsonl gives it, and the texts of contributions.csv; every author has a name."""
    voices, claims, families, nearest = made_up(3)
    voices = [replace(voice, author=voice.author or "Zoé", topics=voice.topics[:1]) for voice in voices]
    reasons = [{"number": voice.number, "fate": "merged", "reason": voice.reason} for voice in voices if voice.reason]
    statements = [
        {"key": one.label, "column": one.kind, "topic": "", "is_linking": False, "citations": [{"number": n} for n in one.cites]}
        for one in claims
    ]
    measured = coverage(
        voices, claims, families=families, similarities=[(one, other, near / 10**6) for one, other, near in nearest]
    ).as_json()
    texts = {
        voice.number: verify.Text(
            voice.kind, "rues", "published", voice.side, voice.about or 0, 1,
            (voice.agree, voice.mixed, voice.disagree), (0, 0, 0), "", voice.author, "web",
        )
        for voice in voices
    }  # fmt: skip
    measured["authors"] = {
        "origin": verify.authors_by_origin(voices, [[one.label, one.kind, one.cites] for one in claims], texts)
    }
    measured["near"] = {"formula": "nearness/2", "families": [sorted(family) for family in families], "nearest": nearest}
    measured["voices"] = [voice.number for voice in voices]
    measured["sorted"] = {str(voice.number): list(voice.topics) for voice in voices if voice.topics}
    content = {"statements": statements, "uncited": reasons}
    return json.loads(json.dumps({"consultation": "rues", "version": 2, "content": content, "coverage": measured})), texts


def said_of(entry, texts):
    report = verify.Report()
    verify.check_coverage(Nothing(), [entry], texts, ({}, {}), report)
    return report


def otherwise(value):
    """Another value of the same shape."""
    if isinstance(value, dict):
        name = next(iter(value))
        return {**value, name: otherwise(value[name])}
    if isinstance(value, list):
        return value[1:] or [{}]
    return "0" * len(value) if isinstance(value, str) else (value or 0) + 1


@pytest.mark.parametrize("name", [name for name in verify.FIGURES if name not in ("voices", "near")])
def test_each_figure_that_is_altered_is_named(name):
    entry, texts = published()
    assert not said_of(entry, texts).failures["coverage"]
    entry["coverage"][name] = otherwise(entry["coverage"][name])
    report = said_of(entry, texts)
    assert report.failures["coverage"] == 1
    assert report.first["coverage"] == f"synthèse de « rues » (version 2) : « {verify.FIGURES[name]} » ne se recalcule pas."


@pytest.mark.parametrize("change", [{"author": ""}, {"status": "withdrawn", "author": ""}])
def test_what_was_withdrawn_since_accuses_nobody_and_the_rest_is_still_computed(change):
    entry, texts = published()
    texts[1] = texts[1]._replace(**change)
    assert not said_of(entry, texts).failures["coverage"]
    entry["coverage"]["soft"]["part"] += 1
    assert said_of(entry, texts).failures["coverage"] == 1


def test_a_family_or_a_nearest_text_that_is_altered_shows_in_what_follows_from_it():
    entry, texts = published()
    entry["coverage"]["near"]["families"].pop()
    assert said_of(entry, texts).failures["coverage"] >= 1
    entry, texts = published()
    entry["coverage"]["near"]["nearest"][0][2] += 5
    assert said_of(entry, texts).failures["coverage"] >= 2, "the print of the inputs, and the mean nearness"


def a_family_of_one(near):
    near["families"].append([near["families"][0].pop()])


def a_member_twice(near):
    near["families"][1].append(near["families"][0][0])


def a_stranger_in_a_family(near):
    near["families"][0].append(4_000)


def a_nearest_text_that_is_not_cited(near):
    near["nearest"][0][1] = near["nearest"][1][0]


def nearer_than_itself(near):
    near["nearest"][0][2] = 10**6 + 1


def two_nearest_of_one(near):
    near["nearest"].append(near["nearest"][0])


def a_cited_text_among_the_others(near):
    near["nearest"][0][0] = near["nearest"][0][1]


def by_an_unknown_formula(near):
    near["formula"] = "nearness/0"


UNSOUND = [
    a_family_of_one, a_member_twice, a_stranger_in_a_family, a_nearest_text_that_is_not_cited, nearer_than_itself,
    two_nearest_of_one, a_cited_text_among_the_others, by_an_unknown_formula,
]  # fmt: skip


@pytest.mark.parametrize("change", UNSOUND)
def test_what_no_comparison_finds_is_refused_even_when_all_that_follows_from_it_was_made_again(change):
    entry, texts = published()
    figures = entry["coverage"]
    change(figures["near"])
    voices = list(verify.voices_of(figures["voices"], entry, texts, {}))
    figures.update(json.loads(json.dumps(verify.coverage(voices, verify.claims_of(entry["content"]), figures["near"]))))
    report = said_of(entry, texts)
    assert report.failures["coverage"] == 1
    assert report.first["coverage"] == "synthèse de « rues » (version 2) : « textes proches » ne se recalcule pas."


def test_a_text_that_is_not_counted_is_named():
    entry, texts = published()
    texts[41] = texts[1]
    assert said_of(entry, texts).first["coverage"] == "synthèse de « rues » (version 2) : « voix comptées » ne se recalcule pas."
