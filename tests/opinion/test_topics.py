"""Phrases proper to a part of the texts, and topics: by hand, on planted subjects, and on the labelled French corpus."""

import json
import random
import subprocess
import sys
from fractions import Fraction
from math import comb, log10

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from polyphonie.opinion.texts.phrases import key_phrases, specificity
from polyphonie.opinion.texts.topics import topics
from tests.opinion.corpus import MEASURES, french_corpus
from tests.opinion.growth import FOLLOWS_ITS_INPUT, growth
from tests.opinion.polis import DATA


@pytest.mark.parametrize(("here", "part", "total", "whole"), [(3, 10, 4, 50), (1, 10, 1, 50), (5, 20, 5, 21), (4, 8, 30, 40)])
def test_specificity_is_the_tail_of_the_hypergeometric_law(here, part, total, whole):
    ways = sum(comb(total, k) * comb(whole - total, part - k) for k in range(here, min(part, total) + 1))
    assert specificity(here, part=part, total=total, whole=whole) == pytest.approx(
        -log10(Fraction(ways, comb(whole, part))), abs=1e-9
    )


def test_a_phrase_that_cannot_be_avoided_has_no_specificity_and_too_many_do_not_fit():
    assert specificity(2, part=10, total=5, whole=13) == 0
    with pytest.raises(ValueError, match="fit"):
        specificity(6, part=10, total=5, whole=50)


def test_phrases_begin_and_end_with_a_meaning_and_count_inflections_together():
    filler = [f"mot{letter} autre{letter} encore{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    net = ["Le principe de neutralité du réseau.", "Principes de neutralité, pour tous.", "Un principe de neutralité ! Et de"]
    found = key_phrases({"net": net, "rest": filler})["net"]
    assert found[0].words == "principe de neutralité"
    assert (found[0].here, found[0].everywhere) == (3, 3)
    assert {phrase.words for phrase in found} == {"principe de neutralité"}, "what is inside it says no more"


def test_words_that_only_count_name_nothing():
    texts = ["Un banc tous les cent mètres", "Des bancs tous les cent mètres, deux fois", "Cent mètres deux fois par jour"]
    found = key_phrases({"here": texts, "elsewhere": ["rien de tout cela ici, ni ailleurs dans la ville"] * 60})["here"]
    assert [phrase.words for phrase in found if "mètres" in phrase.words] == ["cent mètres"]
    assert not {"cent", "deux", "fois", "deux fois"} & {phrase.words for phrase in found}


def test_a_phrase_crosses_no_sign():
    texts = ["La ville, verte", "La ville. Verte", "Ville verte"]
    found = key_phrases({"here": texts, "elsewhere": ["rien de tout cela ici"] * 9})["here"]
    assert all(phrase.words in ("ville", "verte") for phrase in found)


def test_phrases_are_found_without_a_mathematics_library():
    code = (
        "import sys, polyphonie.opinion.texts.phrases; "
        "heavy = {'numpy', 'scipy', 'sklearn'} & {name.split('.')[0] for name in sys.modules}; sys.exit(', '.join(heavy) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_time_of_phrases_follows_the_length_of_the_texts():
    draw = random.Random(1)
    texts = [" ".join(draw.choices(["vélo", "de", "tram", "la", "gare", "nuit", "des"], k=30)) for _ in range(1_600)]
    assert growth(lambda size: key_phrases({0: texts[:size], 1: ["rien"]}), 200) <= FOLLOWS_ITS_INPUT


SUBJECTS = [
    "vélo piste cycliste trottoir",
    "cantine repas bio légume",
    "livre bibliothèque lecture roman",
    "piscine natation bassin eau",
]


def planted_subjects(count):
    draw = random.Random(2)
    own = [draw.randrange(len(SUBJECTS)) for _ in range(count)]
    common = ["ville", "quartier", "habitants", "commune", "projet"]
    return [" ".join(draw.choices(SUBJECTS[one].split(), k=6) + draw.choices(common, k=3)) for one in own], own


def labels_of(found, count):
    labels = np.full(count, -1)
    for rank, topic in enumerate(found.topics):
        labels[list(topic.members)] = rank
    return labels


def test_planted_subjects_are_found_with_their_words_in_any_number_of_runs():
    texts, own = planted_subjects(120)
    found = topics(texts, count=4)
    assert adjusted_mutual_info_score(own, labels_of(found, 120)) > 0.95
    for topic in found.topics:
        subject = SUBJECTS[own[topic.members[0]]]
        assert topic.phrases[0].words.split()[0] in subject
        assert set(topic.extracts) <= set(topic.members)
        assert len(topic.extracts) == 3
    assert topics(texts, count=4) == found
    chosen = topics(texts)
    assert len(chosen.topics) == 4
    assert chosen.stability > 0.9


def test_extracts_prefer_what_more_people_saw_and_do_not_repeat_themselves():
    texts, _own = planted_subjects(60)
    texts += [texts[0], texts[0]]
    votes = [0] * 62
    votes[0] = 500
    chosen = next(topic for topic in topics(texts, count=4, votes=votes).topics if 0 in topic.members)
    assert chosen.extracts[0] == 0
    assert not {60, 61} & set(chosen.extracts)


def test_few_texts_or_texts_without_a_word_in_common_have_no_topics():
    assert topics(["Un texte", "Un autre"]).topics == ()
    alone = [chr(97 + rank) * 5 for rank in range(12)]
    assert topics(alone, count=3).unplaced == tuple(range(12))


@pytest.mark.data
def test_sections_of_the_french_corpus_have_their_phrases_and_topics_come_near_them():
    french_corpus()
    told = json.loads((DATA / "french-corpus" / "recommendations.json").read_text(encoding="utf-8"))["texts"]
    told = [text for text in told if text["id"] < MEASURES]
    sections: dict[str, list[str]] = {}
    for text in told:
        sections.setdefault(text["section"], []).append(text["text"])
    every = {phrase.words for phrases in key_phrases(sections).values() for phrase in phrases}
    wanted = {"principe de neutralité", "blocage de sites", "services publics", "données publiques", "économie collaborative"}
    assert wanted <= every
    found = topics([text["text"] for text in told], count=20)
    score = adjusted_mutual_info_score([list(sections).index(text["section"]) for text in told], labels_of(found, len(told)))
    print(f"agreement of 20 topics with 20 sections, corrected for chance: {score:.3f}")
    assert score >= 0.15
