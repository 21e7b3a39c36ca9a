"""Which proposals already say what a person is about to propose?

Compares one new text with some two hundred candidates from the search index, in plain Python, for the form where people
propose. A suggestion for a person to read, never a decision: nothing is merged by it, and a text that perhaps says the
contrary is never called a duplicate (`stance`).

The score of two texts, from 0 to 1, is the greater of their similarity as whole texts (title and beginning of the body)
and as titles alone. Each is the mean of two cosines: of the letter sequences (3 to 5 letters inside a word, without
accents) and of the stems. Stop words are left out; a feature weighs (1 + ln count)·idf, idf = 1 + ln((1 + n)/(1 + df)) over
the n texts compared. Thresholds were measured on the French corpus with both.
"""

import difflib
import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Generic, Literal, TypeVar

from polyphonie.opinion.texts.french import alternatives, is_stop_word, plain, words
from polyphonie.opinion.texts.stance import Stance, stance, undoings

__all__ = ["NEAR_DUPLICATE", "SIMILAR", "Candidate", "Match", "Stance", "closest", "stance"]

Key = TypeVar("Key", bound=Hashable)
Label = Literal["near_duplicate", "similar", "perhaps_contrary"]

NEAR_DUPLICATE = 0.6  # 98 in 100 distinct measures of the French corpus have no neighbour above
SIMILAR = 0.15  # below, nothing is worth showing
CLOSE_ENOUGH_TO_BE_CONTRARY = 0.3  # below, two texts are too far apart for what differs to mean anything
MOST_CHARACTERS = 2_000  # read of each text for its score
MOST_CHARACTERS_OF_A_TITLE = 300
MOST_CANDIDATES = 200  # compared by their stems
MOST_FINALISTS = 50  # of which so many by their letters, which costs more
_FEWEST_WORDS_OF_A_TITLE = 3  # content words below which a title alone tells too little
MOST_DIFFERING_WORDS = 40
SAME_SPELLING = 0.7
_FORMULAS = """
proposer propose proposons proposition souhaiter souhaite souhaitons souhaiterais vouloir veux voudrais voudrions voulons
demander demande demandons suggerer suggere devrait devraient faudrait falloir idee
"""
_FORMULA_WORDS = frozenset(_FORMULAS.split())  # « Je propose de… » says nothing of what is proposed


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Key]):
    """A published text that a new one is compared with; `key` is the caller's."""

    key: Key
    title: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Match(Generic[Key]):
    """A candidate that resembles the new text: how much, from 0 to 1, and as what."""

    key: Key
    score: float
    label: Label


def closest(title: str, body: str, candidates: Iterable[Candidate[Key]], *, limit: int = 5) -> list[Match[Key]]:
    """The candidates that most resemble a new text, the most alike first, at most `limit`; equal scores as they came.

    Labels: "near_duplicate" when the score reaches `NEAR_DUPLICATE`, no word takes the place of another (but for
    spelling) and `stance` sees nothing contrary; "perhaps_contrary" when it does, from a score of
    `CLOSE_ENOUGH_TO_BE_CONTRARY`; otherwise "similar". The first `MOST_CANDIDATES` candidates are compared, of each text
    the first `MOST_CHARACTERS`; time is at most linear in their number and in the length of the texts.
    """
    compared = list(islice(candidates, MOST_CANDIDATES))
    readings = [_Reading(title, body), *(_Reading(one.title, one.body) for one in compared)]
    by_stems = _cosines(readings, alternatives)
    finalists = sorted(range(len(compared)), key=lambda place: (-max(by_stems[place]), place))[:MOST_FINALISTS]
    by_letters = _cosines([readings[0], *(readings[place + 1] for place in finalists)], letter_sequences)
    scored: list[tuple[float, int]] = []
    for place, letters in zip(finalists, by_letters, strict=True):
        score = max((one + other) / 2 for one, other in zip(by_stems[place], letters, strict=True))
        if score >= SIMILAR:
            scored.append((-score, place))
    return [
        Match(compared[place].key, -score, label_of(-score, (title, body), (compared[place].title, compared[place].body)))
        for score, place in sorted(scored)[: max(0, limit)]
    ]


def label_of(score: float, one: tuple[str, str], other: tuple[str, str]) -> Label:
    """What two texts (title, body) of this score are to each other: see `closest`."""
    new, old = _joined(*one), _joined(*other)
    if score < CLOSE_ENOUGH_TO_BE_CONTRARY:
        return "similar"
    if stance(one[0], other[0]) == "perhaps_contrary":
        return "perhaps_contrary"
    # Two long texts that share a subject differ in everything: there, only titles tell whether they are contrary.
    is_close = score >= NEAR_DUPLICATE or max(len(new), len(old)) <= 2 * len(one[0] + other[0])
    if is_close and stance(new, old) == "perhaps_contrary":
        return "perhaps_contrary"
    if score >= NEAR_DUPLICATE and undoings(new) == undoings(old) and not _replaces_a_word(new, old):
        return "near_duplicate"
    return "similar"


def _replaces_a_word(one: str, other: str) -> bool:
    """Whether each text has content words the other has not, beyond inflections and slips of spelling."""
    ones, others = (Counter(spellings(told_words(text))) for text in (one, other))
    only_one, only_other = list((ones - others).elements()), list((others - ones).elements())
    return bool(only_one and only_other) and not (
        _all_are_spellings_of(only_one, only_other) or _all_are_spellings_of(only_other, only_one)
    )


def spellings(told: Iterable[str]) -> list[str]:
    """These words without accents, nor the formulae that every proposal opens with."""
    return [spelling for spelling in map(_spelling, told) if spelling not in _FORMULA_WORDS]


def _all_are_spellings_of(some: Sequence[str], others: Sequence[str]) -> bool:
    if len(some) > MOST_DIFFERING_WORDS:
        return False
    return all(difflib.get_close_matches(word, others[:MOST_DIFFERING_WORDS], 1, SAME_SPELLING) for word in some)


def words_that_tell(title: str, body: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words with a meaning of a text: of its title, unless too short to tell, and of its beginning with the title."""
    of_title = told_words(title[:MOST_CHARACTERS_OF_A_TITLE])
    whole = told_words(_joined(title, body)[:MOST_CHARACTERS])
    return of_title if len(of_title) >= _FEWEST_WORDS_OF_A_TITLE else (), whole


class _Reading:
    """A text as it is compared."""

    def __init__(self, title: str, body: str) -> None:
        self.title, self.whole = words_that_tell(title, body)


def _cosines(readings: Sequence[_Reading], features: Callable[[str], Sequence[str]]) -> list[tuple[float, float]]:
    """How alike each reading but the first and the first are, as whole texts and by their titles."""
    by_whole = _cosines_with_first([_counts(reading.whole, features) for reading in readings])
    by_title = _cosines_with_first([_counts(reading.title, features) for reading in readings])
    return list(zip(by_whole[1:], by_title[1:], strict=True))


@lru_cache(maxsize=1_000)
def told_words(text: str) -> tuple[str, ...]:
    """The words of a text that carry meaning, or all of them when none does."""
    found = words(text)
    return tuple(word for word in found if not is_stop_word(word)) or tuple(found)


def _counts(content: Sequence[str], features: Callable[[str], Sequence[str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word, times in Counter(content).items():
        for feature in features(word):
            counts[feature] = counts.get(feature, 0) + times
    return counts


@lru_cache(maxsize=20_000)
def letter_sequences(word: str) -> tuple[str, ...]:
    """The sequences of 3 to 5 letters of a word, its ends marked, without accents."""
    padded = f" {_spelling(word)} "
    return tuple(padded[at : at + size] for size in (3, 4, 5) for at in range(len(padded) - size + 1))


def _spelling(word: str) -> str:
    return plain(word[:64])


def _cosines_with_first(texts: Sequence[dict[str, int]]) -> list[float]:
    """The cosine of each text with the first, counts weighted (1 + ln count)·idf."""
    holders: dict[str, int] = {}
    for counts in texts:
        for feature in counts:
            holders[feature] = holders.get(feature, 0) + 1
    idf_of = [1 + math.log((1 + len(texts)) / (1 + count)) for count in range(len(texts) + 1)]
    idf = {feature: idf_of[count] for feature, count in holders.items()}

    def weight(feature: str, count: int) -> float:
        return idf[feature] if count == 1 else (1 + math.log(count)) * idf[feature]

    first = {feature: weight(feature, count) for feature, count in texts[0].items()}
    first_length = math.sqrt(math.fsum(value * value for value in first.values()))
    cosines = []
    for counts in texts:
        length = math.sqrt(math.fsum(weight(feature, count) ** 2 for feature, count in counts.items()))
        common = math.fsum(first[feature] * weight(feature, counts[feature]) for feature in first.keys() & counts.keys())
        cosines.append(min(1.0, common / (length * first_length)) if length and first_length else 0.0)
    return cosines


def _joined(title: str, body: str) -> str:
    return f"{title}\n{body}"
