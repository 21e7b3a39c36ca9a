"""Two texts that perhaps say contrary things are seen as such, and a rewording is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyphonie.opinion.texts.contraries import CLASSES, OPPOSITIONS, PAIRS, UNDOING, UPHOLDING
from polyphonie.opinion.texts.stance import _read, stance, undoings
from tests.opinion.corpus import french_corpus
from tests.opinion.growth import FOLLOWS_ITS_INPUT, growth

CONTRARY = [
    ("Fermer la rue aux voitures le dimanche", "Ne pas fermer la rue aux voitures le dimanche"),
    ("Il faut du wifi à l'école", "Il ne faut pas de wifi à l'école"),
    ("Il faut un péage", "Faut pas de péage"),
    ("On autorise la baignade", "On n’autorise jamais la baignade"),
    ("Un centre avec voitures", "Un centre sans voitures"),
    ("Prévoir des bancs", "Ne prévoir aucun banc"),
    ("Pour un péage urbain", "Contre un péage urbain"),
    ("Développer les pistes cyclables", "Supprimer les pistes cyclables"),
    ("Développons les pistes cyclables", "Supprimons les pistes cyclables"),
    ("Le développement des pistes", "La suppression des pistes"),
    ("Ouvrir la bibliothèque le dimanche", "Fermer la bibliothèque le dimanche"),
    ("ouvrir la bibliotheque", "fermer la bibliotheque"),
    ("Privatiser la gestion de l'eau", "Nationaliser la gestion de l'eau"),
    ("Obliger à porter l'uniforme", "Laisser libre le port de l'uniforme"),
    ("Centraliser les achats", "Décentraliser les achats"),
    ("Densifier le quartier", "Dédensifier le quartier"),
    ("Déréguler le prix des loyers", "Réguler le prix des loyers"),
    ("Dé-goudronner la cour", "Goudronner la cour"),
    ("Sous-financer l'hôpital", "Financer l'hôpital"),
    ("Malmener les piétons", "Mener les piétons"),
    ("Renaturer le parking", "Dénaturer le parking"),
    ("Rendre le bus gratuit", "Rendre le bus payant"),
    ("Interdire les trottinettes et autoriser les vélos", "Autoriser les trottinettes et interdire les vélos"),
    ("plus de voitures, moins de vélos", "moins de voitures, plus de vélos"),
    ("Ne pas autoriser la publicité mais limiter l'éclairage", "Autoriser la publicité mais ne pas limiter l'éclairage"),
    ("Éclairer le parc la nuit", "Éteindre le parc la nuit"),
    ("Arrêtons les travaux", "Continuons les travaux"),
    ("L'extension de la zone", "La réduction de la zone"),
]
SAME = [
    ("Les médias et les métiers, sans délai", "Des médias et des métiers, sans délai, du tiers au relais"),
    ("Renforcer les moyens du service", "Je propose de renforcer les moyens du service"),
    ("Renforcer les moyens du service", "Renforcer les moyens et les effectifs du service"),
    ("Interdire les écrans en classe", "Interdiction des écrans en classe"),
    ("Interdire les écrans, autoriser les livres", "Interdiction des écrans, autorisation des livres"),
    ("Il ne faut pas vendre le parc", "Il ne faut jamais vendre le parc"),
    ("Ne pas abattre les arbres de la place", "Les arbres de la place, ne pas les abattre"),
    ("Former les agents", "Informer les agents"),
    ("Couvrir la cour", "Découvrir la cour"),
    ("Planter des arbres", "Un jardin partagé"),
]


@pytest.mark.parametrize(("one", "other"), CONTRARY)
def test_a_contrary_is_seen(one: str, other: str) -> None:
    assert stance(one, other) == "perhaps_contrary"
    assert stance(other, one) == "perhaps_contrary"


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_rewording_is_not_taken_for_a_contrary(one: str, other: str) -> None:
    assert stance(one, other) == "same"


@pytest.mark.parametrize("line", PAIRS.splitlines())
def test_each_pair_of_the_table_makes_a_contrary(line: str) -> None:
    lefts, rights = (side.replace("_", " ").split(" ") for side in line.replace("_", "\u00a0").split(" | "))
    for left in lefts:
        for right in rights:
            one, other = f"{left} la place du village", f"{right} la place du village"
            assert stance(one, other) == "perhaps_contrary", (left, right)


def test_the_table_is_rich_and_no_word_opposes_itself() -> None:
    assert len(set(PAIRS.splitlines())) == len(PAIRS.splitlines()) >= 120
    for left, right in (*OPPOSITIONS, CLASSES):
        assert left
        assert right
        assert not left & right


def test_each_word_of_upholding_opposes_each_word_of_undoing() -> None:
    for upholding in UPHOLDING.split()[::7]:
        for undoing in UNDOING.split()[::7]:
            one, other = (f"{word.replace('_', ' ')} la place du village" for word in (upholding, undoing))
            assert stance(one, other) == "perhaps_contrary", (upholding, undoing)


def test_words_that_undo_are_counted() -> None:
    assert undoings("Supprimer la place, contre la fermeture du parc") == 3
    assert undoings("Embellir la place") == 0


_SOME_WORDS = "ne pas sans interdire autoriser supprimer créer la le place vélo plus moins laisser libre"
WORDS = st.lists(
    st.sampled_from(_SOME_WORDS.split()),
    max_size=12,
).map(" ".join)


@given(WORDS, WORDS)
def test_stance_is_symmetric_and_a_text_is_never_contrary_to_itself(one: str, other: str) -> None:
    assert stance(one, other) == stance(other, one)
    assert stance(one, one) == "same"


@given(WORDS)
def test_a_denial_added_is_always_seen(text: str) -> None:
    assert stance(text, f"{text} . Non") == "perhaps_contrary"


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    assert stance(one, other) in {"same", "perhaps_contrary"}
    assert stance(one, one) == "same"


def test_the_time_follows_the_length_of_the_texts() -> None:
    one, other = "ne pas interdire laisser libre la loi ", "autoriser n'autoriser l'l'l'l' "

    def compare(times: int) -> None:
        _read.cache_clear()
        stance(one * times, other * times)

    assert growth(compare, 100) <= FOLLOWS_ITS_INPUT


@pytest.mark.data
def test_contraries_of_the_french_corpus_are_seen_and_paraphrases_seldom_doubted() -> None:
    corpus = french_corpus()
    seen = [stance(corpus.measures[number], text) == "perhaps_contrary" for number, text in corpus.contraries]
    doubted = [stance(corpus.measures[number], text) == "perhaps_contrary" for number, text in corpus.paraphrases]
    assert sum(seen) / len(seen) >= 0.9
    assert sum(doubted) / len(doubted) <= 0.2
