"""Which contributions may a statement rest on, and does a text that it cites carry its words?

In plain Python, for the desk of a rapporteur. Suggestions by BM25 (Robertson and Zaragoza 2009, doi:10.1561/1500000019) on stems
and beginnings of words, and a support score: the share of what a statement tells, weighted by how few texts tell it, that the
cited texts tell too. A lexical score is an alarm for a person to look at (amber), never a refusal: a good paraphrase may share
no word. Measured on 1,808 syntheses of 465 contributions written by hand: the right contribution is among five suggestions for
72 in 100; 14 in 100 true citations are below `SUPPORTED`, and 93 in 100 citations drawn at random.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from typing import Generic, TypeVar

from polyphonie.opinion.french import alternatives
from polyphonie.opinion.similarity import told_words

Key = TypeVar("Key", bound=Hashable)

SUPPORTED = 0.2
"""Below, too little of the statement is in what it cites: somebody looks."""
MOST_CHARACTERS = 20_000
_BEGINNING = 4  # letters that « sexisme » and « sexiste » share where stems differ
_SATURATION, _LENGTH = 1.2, 0.75  # k1 and b of BM25, as usual


@dataclass(frozen=True, slots=True)
class Suggestion(Generic[Key]):
    """A text that a statement may rest on: its key, its rank's score (BM25, without unit) and its support, from 0 to 1."""

    key: Key
    score: float
    support: float


class Library(Generic[Key]):
    """The texts of a consultation, ready to be asked; built in a time linear in their length."""

    def __init__(self, texts: Iterable[tuple[Key, str]]) -> None:
        self._counts: dict[Key, Counter[str]] = {}
        self._holders: dict[str, list[Key]] = {}
        for key, text in texts:
            counts = Counter(_stems(text[:MOST_CHARACTERS]))
            self._counts[key] = counts
            for stem in counts:
                self._holders.setdefault(stem, []).append(key)
        self._lengths = {key: counts.total() for key, counts in self._counts.items()}
        self._mean_length = sum(self._lengths.values()) / max(len(self._lengths), 1) or 1.0
        self._places = {key: place for place, key in enumerate(self._counts)}

    def suggestions(self, statement: str, *, limit: int = 5) -> list[Suggestion[Key]]:
        """The texts that share most with the statement, the most first; equal scores as the texts came."""
        scores: dict[Key, float] = {}
        for stem in sorted(set(_stems(statement))):
            weight = self._weight(stem)
            for key in self._holders.get(stem, ()):
                count = self._counts[key][stem]
                spread = _SATURATION * (1 - _LENGTH + _LENGTH * self._lengths[key] / self._mean_length)
                scores[key] = scores.get(key, 0.0) + weight * count * (_SATURATION + 1) / (count + spread)
        best = nsmallest(max(0, limit), scores, key=lambda key: (-round(scores[key], 9), self._places[key]))
        return [Suggestion(key, scores[key], self.support(statement, [key])) for key in best]

    def support(self, statement: str, cited: Iterable[Key]) -> float:
        """How much of the statement the cited texts say, from 0 to 1; 1 when it tells nothing; unknown keys say nothing."""
        said: set[str] = set()
        for key in cited:
            said.update(self._counts.get(key, ()))
        told = sorted(set(_stems(statement)))
        whole = math.fsum(map(self._weight, told))
        return math.fsum(self._weight(stem) for stem in told if stem in said) / whole if whole else 1.0

    def _weight(self, stem: str) -> float:
        """ln(1 + (n - h + 1/2) / (h + 1/2)), h the texts that hold the stem."""
        holders = len(self._holders.get(stem, ()))
        return math.log(1 + (len(self._counts) - holders + 0.5) / (holders + 0.5))


@lru_cache(maxsize=500)
def _stems(text: str) -> tuple[str, ...]:
    """Of each word with a meaning the plain stem and, of longer ones, the beginning."""
    found: list[str] = []
    for word in told_words(text):
        stems = alternatives(word)[:1]
        found += stems
        found += [f"{stem[:_BEGINNING]}-" for stem in stems if len(stem) > _BEGINNING]
    return tuple(found)
