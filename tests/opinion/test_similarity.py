"""A person about to propose is shown what already says the same, and never a contrary as a duplicate."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyphonie.opinion.texts import similarity, stance
from polyphonie.opinion.texts.similarity import NEAR_DUPLICATE, Candidate, Match, closest
from tests.opinion.corpus import Corpus, french_corpus, lightly_edited, with_typos
from tests.opinion.growth import FOLLOWS_ITS_INPUT, growth

PROPOSALS = [
    Candidate(1, "Planter des arbres sur la place de la Mairie", "Il y fait trop chaud l'été. Des tilleuls y tiendraient."),
    Candidate(2, "Ouvrir la bibliothèque le dimanche matin", "Les familles n'ont que ce jour-là."),
    Candidate(3, "Créer une piste cyclable continue rue du Canal", "Les écoliers la prennent chaque matin."),
    Candidate(4, "Gratuité des bus pour les moins de dix-huit ans", "Comme dans la ville voisine."),
    Candidate(5, "Fermer la rue de l'École aux voitures aux heures d'entrée", "Pour la sécurité des enfants."),
]


def _labels(matches: list[Match[int]]) -> list[tuple[int, str]]:
    return [(match.key, match.label) for match in matches]


def test_the_same_proposal_is_a_near_duplicate_with_the_highest_score() -> None:
    matches = closest(PROPOSALS[0].title, PROPOSALS[0].body, PROPOSALS)
    assert _labels(matches[:1]) == [(1, "near_duplicate")]
    assert matches[0].score == pytest.approx(1)


@pytest.mark.parametrize(
    "title",
    [
        "planter des arbres sur la place de la mairie",
        "PLANTER DES ARBRES SUR LA PLACE DE LA MAIRIE",
        "Je propose de planter des arbres sur la place de la mairie",
        "Planter des abrres sur la place de la mairie",
        "Sur la place de la Mairie, planter des arbres",
    ],
)
def test_a_slip_or_a_light_edit_of_a_title_is_a_near_duplicate(title: str) -> None:
    assert _labels(closest(title, "", PROPOSALS)[:1]) == [(1, "near_duplicate")]


@pytest.mark.parametrize("title", ["Planter des abrres sur la plcae de la mairie", "Plantation d'arbres, place de la Mairie"])
def test_a_rougher_wording_is_still_found_first(title: str) -> None:
    assert closest(title, "", PROPOSALS)[0].key == 1


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Ne pas planter d'arbres sur la place de la Mairie", 1),
        ("Abattre des arbres sur la place de la Mairie", 1),
        ("Fermer la bibliothèque le dimanche matin", 2),
        ("Supprimer une piste cyclable continue rue du Canal", 3),
        ("Contre une piste cyclable continue rue du Canal", 3),
        ("Bus payants pour les moins de dix-huit ans", 4),
        ("Ouvrir la rue de l'École aux voitures aux heures d'entrée", 5),
    ],
)
def test_a_contrary_is_shown_as_perhaps_contrary(title: str, number: int) -> None:
    assert _labels(closest(title, "", PROPOSALS)[:1]) == [(number, "perhaps_contrary")]


def test_a_contrary_hidden_in_the_body_is_no_duplicate() -> None:
    title, body = PROPOSALS[0].title, PROPOSALS[0].body
    for contrary in (f"{body} Non, il ne faut pas.", body + " mot" * 600 + " Il ne faut surtout pas le faire."):
        assert closest(title, contrary, PROPOSALS)[0].label == "perhaps_contrary"


def test_an_unknown_word_in_the_place_of_another_is_only_similar() -> None:
    matches = closest("Zigouiller des arbres sur la place de la Mairie", "", PROPOSALS)
    assert _labels(matches[:1]) == [(1, "similar")]
    assert matches[0].score >= NEAR_DUPLICATE


def test_a_word_that_undoes_more_is_no_near_duplicate() -> None:
    matches = closest("Cesser de planter des arbres sur la place de la Mairie", "", PROPOSALS)
    assert matches[0].label != "near_duplicate"


def test_what_has_nothing_in_common_is_not_shown() -> None:
    assert closest("Réviser les horaires du stade nautique", "", PROPOSALS) == []
    assert closest("", "", PROPOSALS) == []
    assert closest("Planter des arbres", "", []) == []


def test_at_most_the_limit_is_shown_the_most_alike_first_and_equals_as_they_came() -> None:
    twins = [Candidate(number, "Planter des arbres sur la place", "") for number in (9, 4, 7)]
    matches = closest("Planter des arbres sur la place", "", [PROPOSALS[0], *twins], limit=3)
    assert [match.key for match in matches] == [9, 4, 7]
    assert closest("Planter des arbres sur la place", "", twins, limit=0) == []


def test_a_title_found_again_over_another_body_is_found() -> None:
    others = [*PROPOSALS, Candidate(6, "Un toit pour le marché couvert", "Texte long sur tout autre chose encore. " * 40)]
    assert closest("Un toit pour le marché couvert", "Parce qu'il pleut.", others)[0].key == 6


def test_only_the_first_candidates_are_compared() -> None:
    many = [Candidate(number, f"Idée numéro {number} sur rien", "") for number in range(similarity.MOST_CANDIDATES)]
    assert closest(PROPOSALS[0].title, "", [*many, PROPOSALS[0]]) == []
    assert closest(PROPOSALS[0].title, "", [*many[1:], PROPOSALS[0]])[0].key == 1


@settings(max_examples=50)
@given(st.text(max_size=40), st.text(max_size=40), st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=6))
def test_scores_are_between_0_and_1_in_order_and_a_text_is_its_own_closest(
    title: str, body: str, others: list[tuple[str, str]]
) -> None:
    candidates = [Candidate(place, *texts) for place, texts in enumerate(others)]
    matches = closest(title, body, [*candidates, Candidate(-1, title, body)], limit=10)
    assert all(similarity.SIMILAR <= match.score <= 1 + 1e-9 for match in matches)
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    if matches:
        assert matches[0].score == pytest.approx(1)


@pytest.mark.parametrize("text", ["mot différent chaque fois ", "a", "agent·e·s ", "l'", "né "])
def test_the_time_of_a_comparison_at_most_follows_the_length_of_the_texts(text: str) -> None:
    def compare(length: int) -> None:
        body = (text * (length // len(text)))[:length]
        candidates = [Candidate(number, "Un même titre pour tous", f"{number} {body}") for number in range(3)]
        similarity.told_words.cache_clear()
        stance._read.cache_clear()
        closest("Un même titre pour tous", body, candidates)

    assert growth(compare, 2_500) <= FOLLOWS_ITS_INPUT


def test_two_hundred_endless_candidates_are_compared_in_less_than_two_seconds() -> None:
    draw = random.Random(5)
    texts = ["".join(draw.choices("abcdefghij ", k=25_000)) for _ in range(20)]
    candidates = [Candidate(number, "Titre de trois mots", texts[number % 20]) for number in range(200)]
    started = time.process_time()
    closest("Titre de trois mots", texts[0], candidates)
    assert time.process_time() - started < 10


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return french_corpus()


@pytest.fixture
def measures(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> list[Candidate[int]]:
    monkeypatch.setattr(similarity, "MOST_CANDIDATES", len(corpus.measures))
    return [Candidate(number, text) for number, text in corpus.measures.items()]


@pytest.mark.data
@pytest.mark.parametrize("edit", [with_typos, lightly_edited])
def test_each_measure_of_the_french_corpus_is_found_first_by_a_slip_or_a_light_edit(edit, corpus, measures) -> None:  # type: ignore[no-untyped-def]
    draw = random.Random(1)
    matches = {number: closest(edit(text, draw), "", measures, limit=1) for number, text in corpus.measures.items()}
    assert [number for number, found in matches.items() if not found or found[0].key != number] == []
    near = sum(found[0].label == "near_duplicate" for found in matches.values())
    assert near / len(matches) >= 0.9


@pytest.mark.data
def test_no_contrary_of_the_french_corpus_is_called_a_duplicate(corpus, measures) -> None:  # type: ignore[no-untyped-def]
    shown = 0
    for number, contrary in corpus.contraries:
        labels = {match.key: match.label for match in closest(contrary, "", measures)}
        assert labels.get(number) != "near_duplicate"
        shown += labels.get(number) == "perhaps_contrary"
    assert shown / len(corpus.contraries) >= 0.9


@pytest.mark.data
def test_distinct_measures_of_the_french_corpus_are_seldom_called_duplicates(corpus, measures) -> None:  # type: ignore[no-untyped-def]
    called = {
        number
        for number, text in corpus.measures.items()
        if any(
            match.label == "near_duplicate"
            for match in closest(text, "", [one for one in measures if one.key != number], limit=1)
        )
    }
    assert len(called) / len(measures) <= 0.02
