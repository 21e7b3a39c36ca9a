"""Suggestions tell where words stand, never the words: topics, phrases that several people say, sentences to quote."""

import json
import random

from polyphonie.opinion.texts.suggesting import naming, suggestions, typical_span

SUBJECTS = {
    "eau": "Il faut une fontaine publique sur la place. L’eau de la fontaine publique rafraîchit les enfants du quartier en été.",
    "velo": "Des pistes cyclables sûres mènent à l’école. Sur les pistes cyclables, personne ne double les cyclistes trop vite.",
    "repas": "La cantine scolaire sert des légumes locaux. Les repas de la cantine scolaire seraient cuisinés sur place.",
}


def town(count: int = 36) -> dict[int, tuple[str, str]]:
    draw = random.Random(3)
    found = {}
    for number in range(1, count + 1):
        subject = list(SUBJECTS)[number % 3]
        more = " ".join(draw.choices(["commune", "habitants", "quartier", "budget", "projet"], k=3))
        found[number] = (f"Proposition {number}", f"{SUBJECTS[subject]} Avis numéro{number} {more}.")
    return found


def test_phrases_and_extracts_are_places_in_the_texts_of_their_topic():
    texts = town()
    found = suggestions(list(texts), texts, {})
    assert len(found["topics"]) == 3
    named = set()
    for topic in found["topics"]:
        assert len({number % 3 for number in topic["numbers"]}) == 1
        for phrase in topic["phrases"]:
            assert set(phrase["numbers"]) <= set(topic["numbers"])
            assert len(phrase["numbers"]) >= 2
            for number, field, start, end in phrase["places"]:
                assert number in topic["numbers"]
                named.add(texts[number][field == "body"][start:end].casefold())
        for number, field, start, end in topic["extracts"]:
            sentence = texts[number][field == "body"][start:end]
            assert sentence in texts[number][1]
            assert sentence[0].isupper()
            assert sentence.endswith(".")
    assert {"fontaine publique", "pistes cyclables", "cantine scolaire"} <= named


def test_no_word_of_any_text_is_told():
    texts = town()
    told = json.dumps(suggestions(list(texts), texts, {}), ensure_ascii=False)
    every = {word for text in texts.values() for word in " ".join(text).replace(".", " ").split() if len(word) > 5}
    assert len(every) > 30
    assert not [word for word in every if word in told]


def test_what_one_text_alone_says_names_no_topic():
    texts = town()
    texts[1] = (texts[1][0], texts[1][1] + " Zanzibar lointain ! Zanzibar lointain ! Zanzibar lointain !")
    found = suggestions(list(texts), texts, {})
    spans = [place for topic in found["topics"] for phrase in topic["phrases"] for place in phrase["places"]]
    assert spans
    assert not ["Zanzibar" for number, field, start, end in spans if "Zanzibar" in texts[number][field == "body"][start:end]]


def test_suggestions_are_the_same_in_every_run_and_few_texts_have_none():
    texts = town()
    assert suggestions(list(texts), texts, {}) == suggestions(list(texts), texts, {})
    assert suggestions([1, 2], texts, {})["topics"] == []


def test_an_extract_is_a_whole_sentence_else_the_beginning_else_the_title():
    assert typical_span("T", "Oui. Non.", {}) == ("body", 0, 9)
    assert typical_span("T", "", {}) == ("title", 0, 1)
    assert typical_span("", "", {}) is None
    long = "mot " * 200
    assert typical_span("T", long, {})[2] <= 320


def test_phrases_name_the_topics_that_people_made_by_what_sets_them_apart_from_the_rest():
    texts = town()
    found = naming(list(texts), texts, {"mine": [number for number in texts if number % 3 == 1], "empty": [999]})
    assert found["topics"]["empty"] == []
    named = {
        texts[number][field == "body"][start:end].casefold()
        for phrase in found["topics"]["mine"]
        for number, field, start, end in phrase["places"]
    }
    assert "pistes cyclables" in named
    assert not {"fontaine publique", "cantine scolaire"} & named
    assert set(found["parameters"]) == {"phrases", "longest", "fewest", "least_specificity", "least_saying"}
