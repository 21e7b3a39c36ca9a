"""A revision is shown as its words were kept, added and removed: exact, readable, at a bounded cost."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyphonie.opinion.texts import worddiff
from polyphonie.opinion.texts.worddiff import Piece, word_diff
from tests.opinion.growth import FOLLOWS_ITS_INPUT, growth


def _short(pieces: list[Piece]) -> str:
    marks = {"same": "{}", "added": "[+{}+]", "removed": "[-{}-]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("", "", ""),
        ("Rien ne change.", "Rien ne change.", "Rien ne change."),
        ("", "Tout est neuf.", "[+Tout est neuf.+]"),
        ("Tout s'en va.", "", "[-Tout s'en va.-]"),
        (
            "Renforcer les moyens d'action de la CNIL",
            "Réduire les moyens d'action de la CNIL",
            "[-Renforcer -][+Réduire +]les moyens d'action de la CNIL",
        ),
        (
            "Garantir le droit à l'école pour chaque enfant.",
            "Garantir le droit à l'école numérique pour chaque enfant.",
            "Garantir le droit à l'école [+numérique +]pour chaque enfant.",
        ),
        (
            "Le pont sera fermé le dimanche.",
            "Le pont sera fermé, sauf pour les vélos, le dimanche.",
            "Le pont sera fermé[- -][+, sauf pour les vélos, +]le dimanche.",
        ),
        (
            "Un.\n\nDes bancs place de la Mairie.\n\nTrois.",
            "Un.\n\nDes arbres place de la Mairie.\n\nTrois.",
            "Un.\n\nDes [-bancs -][+arbres +]place de la Mairie.\n\nTrois.",
        ),
        ("Un.\nDeux.", "Un.\nEntre.\nDeux.", "Un.\n[+Entre.\n+]Deux."),
        ("Un deux trois", "Un deux\ntrois", "Un deux[- -][+\n+]trois"),
    ],
)
def test_a_revision_reads_as_one_would_mark_it(old: str, new: str, shown: str) -> None:
    assert _short(word_diff(old, new)) == shown


def test_changes_that_only_small_words_part_are_one_phrase() -> None:
    shown = _short(
        word_diff(
            "Que la loi de la République soit une et le reste aussi.", "Que le droit de la nation soit deux et le reste aussi."
        )
    )
    assert shown == "Que [-la loi de la République -][+le droit de la nation +]soit [-une -][+deux +]et le reste aussi."


def test_a_paragraph_written_anew_shows_no_islands() -> None:
    old = "Construire une maison commune près du canal avec une grande salle."
    new = "Fermer la route aux camions quand une école est près du passage."
    assert [piece.kind for piece in word_diff(old, new)] == ["removed", "added"]


def test_an_addition_to_a_long_text_keeps_the_whole_text() -> None:
    old = " ".join(f"phrase{number} du texte." for number in range(200))
    assert _short(word_diff(old, old + "\nFin.")) == old + "[+\nFin.+]"


TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="ab \n", max_size=200),
    st.lists(st.sampled_from(["le ", "la ", "loi ", "l'école", "\n", "\n\n", ". ", " "]), max_size=60).map("".join),
)


@given(TEXTS, TEXTS)
def test_the_pieces_give_back_both_revisions(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
    assert all(piece.text for piece in pieces)
    kinds = [piece.kind for piece in pieces]
    assert all(kind != following for kind, following in pairwise(kinds))
    assert ("added", "removed") not in pairwise(kinds)
    assert word_diff(old, old) == ([Piece("same", old)] if old else [])


def test_the_pieces_are_exact_when_the_budget_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    old = " ".join(f"mot{number} commun" for number in range(50))
    new = " ".join(f"mot{number} change" for number in range(50))
    for budget in (0, 10, 100, 1000):
        monkeypatch.setattr(worddiff, "_BUDGET", budget)
        pieces = word_diff(old, new)
        assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
        assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


def _hard_pairs() -> dict[str, tuple[str, str]]:
    draw = random.Random(3)
    frequent = ["de", "la", "le", "et", "les", "des", "à", "en", "un", "du"]
    rare = [f"mot{number}" for number in range(3000)]
    words = [draw.choice(frequent) if draw.random() < 0.5 else draw.choice(rare) for _ in range(5600)]
    shuffled = draw.sample(words, len(words))
    return {
        "shuffled": (" ".join(words)[:25_000], " ".join(shuffled)[:25_000]),
        "one word in seven": (
            " ".join(words)[:25_000],
            " ".join(f"neuf{place}" if place % 7 == 0 else word for place, word in enumerate(words))[:25_000],
        ),
        "one word over and over": ("a " * 12_500, "a b " * 6_250),
        "alternating": (
            " ".join(f"{number} x" for number in range(4000))[:25_000],
            " ".join(f"{number} y" for number in range(4000))[:25_000],
        ),
        "one line over and over": ("a\nb\n" * 6_250, "b\na\nc\n" * 4_160),
        "signs": ("!?" * 12_500, "?!." * 8_333),
        "one endless word": ("a" * 25_000, "a" * 24_999 + "b"),
        "letters drawn at random": tuple("".join(draw.choices("ab \n", k=25_000)) for _ in range(2)),  # type: ignore[dict-item]
    }


@pytest.mark.parametrize("name", _hard_pairs())
def test_a_body_of_25_000_characters_is_compared_in_less_than_a_second(name: str) -> None:
    old, new = _hard_pairs()[name]
    started = time.process_time()
    word_diff(old, new)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("name", ["one word over and over", "one line over and over", "signs", "one endless word"])
def test_the_time_of_a_comparison_follows_the_length_of_the_texts(name: str) -> None:
    old, new = _hard_pairs()[name]
    assert growth(lambda length: word_diff(old[:length], new[:length]), 3_000) <= FOLLOWS_ITS_INPUT


def test_one_word_in_seven_rewritten_is_still_read_word_by_word() -> None:
    old, new = _hard_pairs()["one word in seven"]
    kept = sum(len(piece.text) for piece in word_diff(old, new) if piece.kind == "same")
    assert kept > 0.6 * len(old)
