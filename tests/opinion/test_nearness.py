"""Near-duplicates of many texts are those one text would be shown, and a contrary is in no family."""

import random
import time
from itertools import permutations

import pytest

from polyphonie.benchmarks.opinions_texts import invented
from polyphonie.opinion.texts.nearness import NEIGHBOURS, nearness
from polyphonie.opinion.texts.similarity import NEAR_DUPLICATE, Candidate, closest, label_of
from tests.opinion.corpus import french_corpus, lightly_edited, with_typos
from tests.opinion.growth import growth

LIBRARY = "Ouvrir la bibliothèque municipale le dimanche toute la journée"
TEXTS = [
    (LIBRARY, ""),
    ("Ouvrir la bibliothèque municipale le dimanche, toute la journée !", ""),
    ("Planter des arbres dans les cours de toutes les écoles", ""),
    ("Ouvrir la bibliotheque municipale le dimanhce toute la journee", ""),
    ("Fermer la bibliothèque municipale le dimanche toute la journée", ""),
    ("Ne pas ouvrir la bibliothèque municipale le dimanche toute la journée", ""),
    ("Planter des arbres dans les cours des écoles", "Il fait trop chaud en juin."),
]


def test_texts_that_nearly_say_the_same_are_a_family_and_contraries_are_none_of_it():
    found = nearness(TEXTS)
    assert list(found.families) == [(0, 1, 3), (2, 6)]
    near = {(pair.one, pair.other) for pair in found.pairs if pair.score >= NEAR_DUPLICATE}
    assert {(0, 4), (0, 5), (1, 4), (1, 5)} <= near


def test_scores_are_those_that_a_person_is_shown_when_they_propose():
    corpus = [text for text, _body in invented(40, 6)[0]]
    texts = [(title, f"{title} {corpus[place - 1]}") for place, title in enumerate(corpus)]
    expected = {}
    for place, (title, body) in enumerate(texts):
        others = [Candidate(other, *text) for other, text in enumerate(texts) if other != place]
        for match in closest(title, body, others, limit=3):
            expected[min(place, match.key), max(place, match.key)] = match.score
    found = {(pair.one, pair.other): pair.score for pair in nearness(texts).pairs}
    assert len(expected) > 40
    assert {pair: found.get(pair) for pair in expected} == pytest.approx(expected, abs=1e-6)


def test_a_chain_of_near_duplicates_does_not_join_what_two_contraries_say():
    ways = ["Créer", "Créer", "Supprimer"]
    long = "un service public de la réparation des vélos dans chaque quartier de la ville avec les associations du quartier"
    texts = [(f"{way} {long}", "") for way in ways]
    assert list(nearness(texts).families) == [(0, 1)]


def test_a_campaign_whose_signers_change_some_words_is_one_family():
    body = (
        "Nous demandons que la ligne de nuit soit rétablie entre la gare et les quartiers du nord, parce que bien des "
        "salariés de l'hôpital, des cuisines et du ménage finissent leur service après minuit et rentrent à pied. Prénom : "
    )
    signers = ["Alix", "Bilal", "Camille", "Dounia", "Émile", "Fatou", "Gaël"]
    texts = [("Rétablir la ligne de nuit", body + signer) for signer in signers]
    assert nearness([*texts, TEXTS[2]]).families[0] == tuple(range(7))


def test_a_chain_never_joins_two_contraries_that_nobody_held_against_each_other():
    """« Plus d'arbres » and « moins d'arbres » are each a near-duplicate of « des arbres »."""
    rest = "arbres dans les cours des écoles maternelles et primaires de la commune, avec les familles du quartier"
    texts = [(f"{begins} {rest}", "") for begins in ("Plus d'", "Des", "Moins d'")]
    assert [label_of(0.9, texts[1], other) for other in (texts[0], texts[2])] == ["near_duplicate"] * 2
    for order in permutations(range(3)):
        (family,) = nearness([texts[place] for place in order]).families
        assert {order[place] for place in family} in ({0, 1}, {1, 2})


CALLS = "Nous demandons une ligne de nuit entre la gare et le port, pour qui finit tard à l'hôpital et rentre à pied."


@pytest.mark.parametrize(
    ("texts", "largest"),
    [
        ([("Une ligne de nuit", CALLS)] * 4_500, 4_500),
        ([("Une ligne de nuit", f"{CALLS} {CALLS} Signé : adhérent {rank}") for rank in range(4_500)], 4_500),
        ([(f"{rank % 9} fontaines", "") for rank in range(4_500)], 500),
    ],
    ids=["identical", "a campaign that each signs", "a few words"],
)
def test_texts_that_all_hold_the_same_words_are_gone_through_as_fast(texts, largest):
    started = time.process_time()
    found = nearness(texts)
    spent = time.process_time() - started
    print(f"{len(found.pairs)} pairs, {len(found.families)} families, {spent:.1f} s of processor")
    assert len(found.families[0]) == largest
    assert len(found.pairs) <= len(texts) * 2 * NEIGHBOURS
    assert spent < 15


def test_work_follows_the_number_of_texts_whatever_they_repeat():
    draw = random.Random(2)
    sentences = [f"{title}." for title, _body in invented(1_000, 0)[0]]

    def texts(count):
        return [("", " ".join(draw.choices(sentences, k=6))) for _rank in range(count)]

    held = {count: texts(count) for count in (300, 600, 1_200, 2_400)}
    factor = growth(lambda count: nearness(held[count]), 300, within=2.2)
    print(f"twice the texts take {factor:.2f} times as long")
    assert factor <= 2.2


def test_equal_texts_are_a_family_and_one_text_is_none():
    assert nearness([TEXTS[0]] * 3).families == ((0, 1, 2),)
    assert nearness([TEXTS[0]]).families == ()
    assert nearness([("", ""), ("", "")]).pairs == ()


def test_copies_with_slips_are_found_among_a_thousand_texts_in_a_second():
    texts, sources = invented(1_000, 100)
    started = time.process_time()
    found = nearness(texts)
    spent = time.process_time() - started
    near = {(pair.one, pair.other) for pair in found.pairs}
    recall = sum((source, 900 + rank) in near for rank, source in enumerate(sources)) / 100
    print(f"{recall:.3f} of the copies found, {spent:.2f} s of processor")
    assert recall >= 0.988
    assert all(any(member >= 900 for member in family) for family in found.families)
    assert spent < 4


@pytest.mark.data
def test_variants_of_the_french_corpus_are_found_and_no_contrary_is_in_a_family_of_its_original():
    corpus = french_corpus()
    draw = random.Random(1)
    numbers = sorted(corpus.measures)
    originals = [corpus.measures[number] for number in numbers]
    variants = [edit(text, draw) for text in originals for edit in (with_typos, lightly_edited)]
    contraries = [text for _number, text in corpus.contraries]
    count = len(originals)
    found = nearness([(text, "") for text in originals + variants + contraries])
    best: dict[int, tuple[float, int]] = {}
    for pair in found.pairs:
        if pair.one < count <= pair.other < count + len(variants):
            best[pair.other] = max(best.get(pair.other, (0.0, 0)), (pair.score, pair.one))
    recall = sum(best.get(count + place, (0, -1))[1] == place // 2 for place in range(len(variants))) / len(variants)
    family_of = {member: family for family in found.families for member in family}
    together = sum(place // 2 in family_of.get(count + place, ()) for place in range(len(variants))) / len(variants)
    print(f"of {len(variants)} variants of {count} measures {recall:.3f} are nearest to theirs, {together:.3f} in its family")
    assert recall >= 0.98
    assert together >= 0.85
    for place, (number, _text) in enumerate(corpus.contraries):
        original = numbers.index(number)
        same = {original, count + 2 * original, count + 2 * original + 1}
        assert not same.intersection(family_of.get(count + len(variants) + place, ()))
