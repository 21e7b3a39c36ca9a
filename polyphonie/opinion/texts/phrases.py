"""Which phrases are proper to a part of the texts? Key phrases by Lafon's specificity, in plain Python.

A phrase is one to four words; its first and last have a meaning (« principe de neutralité »), and it crosses no sign;
inflections count together, by their stems. Its specificity in a part is S = -log10 P(X ≥ k), X hypergeometric (N words in all,
n in the part, K occurrences in all, k in the part): how unlikely it would be to find it there so often by chance (P. Lafon,
« Sur la variabilité de la fréquence des formes dans un corpus », Mots 1 (1980), 127-165). It grows with size: compare ranks,
not values, of different consultations. A suggestion, that a person keeps or refuses.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import pairwise
from math import lgamma, log
from typing import TypeVar

from polyphonie.opinion.texts.french import alternatives, is_stop_word, words

Part = TypeVar("Part", bound=Hashable)

LONGEST = 4
FEWEST = 2
"""A phrase that a part says less often is not proposed for it."""
LEAST_SPECIFICITY = 2.0
"""Found there by chance less than once in a hundred."""
MOST_CHARACTERS = 20_000
_SIGNS = re.compile(r"[^\w\s'’\-‐‑·]+|\n+")
_LETTERS = 3
_COUNTS = """
deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante
cent cents mille million millions fois dizaine douzaine vingtaine centaine
"""
_COUNTING = frozenset(_COUNTS.split())
"""Words that count tell nothing of a subject unless another stands beside them (« cent mètres »)."""
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase in its most frequent form, how often the part and all texts say it, and its specificity in the part."""

    words: str
    here: int
    everywhere: int
    specificity: float


def key_phrases(parts: Mapping[Part, Iterable[str]], *, most: int = 10) -> dict[Part, list[Phrase]]:
    """For each part (a topic, a section, a group of texts) at most `most` phrases, the most specific first; equal ones in
    alphabetical order. A phrase inside a longer one that is said as often is left out. Linear in the length of the texts."""
    lexicon = _Lexicon()
    read = {part: [clause for text in texts for clause in _clauses(text, lexicon)] for part, texts in parts.items()}
    neighbours = Counter(pair for clauses in read.values() for stems, _words in clauses for pair in pairwise(stems))
    counts = {part: _counted(clauses, lexicon, neighbours) for part, clauses in read.items()}
    totals = Counter[Stems]()
    for counted in counts.values():
        totals.update(counted)
    sizes = {part: sum(len(stems) for stems, _words in clauses) for part, clauses in read.items()}
    whole = sum(sizes.values())
    specific = {part: _specific(counts[part], totals, sizes[part], whole) for part in parts}
    forms = _forms(read, {stems for found in specific.values() for stems in found}, lexicon, neighbours)
    return {part: _first(specific[part], counts[part], totals, forms)[:most] for part in parts}


Stems = tuple[int, ...]
Clause = tuple[Stems, list[str]]
"""The stems of its words, by their numbers, and the words as they stand."""


class _Lexicon:
    """The stems met, each with a number, and which words may open or close a phrase."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self.has_meaning: dict[str, bool] = {}

    def number(self, word: str) -> int:
        found = self._known.get(word)
        if found is None:
            stem = (alternatives(word) or ("",))[0]
            found = self._known[word] = self._stems.setdefault(stem, len(self._stems))
            is_word = len(word) >= _LETTERS and not is_stop_word(word) and not word[0].isdigit()
            self.has_meaning[word] = is_word and bool(stem)
        return found


def _phrases(clause: Clause, lexicon: _Lexicon, neighbours: Mapping[tuple[int, int], int]) -> Iterator[tuple[Stems, int, int]]:
    """The phrases of a clause that may be said more than once: their stems, first and last word. All neighbours in a phrase that
    is said twice are said twice: at the first that are not, no longer one is tried."""
    stems, words = clause
    means = [lexicon.has_meaning[word] for word in words]
    for first in range(len(words)):
        if not means[first]:
            continue
        for last in range(first, min(first + LONGEST, len(words))):
            if last > first and neighbours[stems[last - 1], stems[last]] < FEWEST:
                break
            if means[last] and not _COUNTING.issuperset(words[first : last + 1]):
                yield stems[first : last + 1], first, last


def _counted(clauses: Iterable[Clause], lexicon: _Lexicon, neighbours: Mapping[tuple[int, int], int]) -> Counter[Stems]:
    return Counter(stems for clause in clauses for stems, _first, _last in _phrases(clause, lexicon, neighbours))


def _specific(here: Mapping[Stems, int], totals: Mapping[Stems, int], size: int, whole: int) -> dict[Stems, float]:
    """The phrases said here more than chance would have it, with how much."""
    found = {}
    for stems, count in here.items():
        if count >= FEWEST:
            specific = specificity(count, part=size, total=totals[stems], whole=whole)
            if specific >= LEAST_SPECIFICITY:
                found[stems] = specific
    return found


def _forms(
    read: Mapping[Part, Iterable[Clause]], wanted: Set[Stems], lexicon: _Lexicon, neighbours: Mapping[tuple[int, int], int]
) -> dict[Stems, Counter[str]]:
    """How these phrases are written, and how often each way."""
    forms: dict[Stems, Counter[str]] = {stems: Counter() for stems in wanted}
    for clauses in read.values():
        for clause in clauses:
            for stems, first, last in _phrases(clause, lexicon, neighbours):
                if stems in forms:
                    forms[stems][" ".join(clause[1][first : last + 1])] += 1
    return forms


def _first(
    specific: Mapping[Stems, float], here: Mapping[Stems, int], totals: Mapping[Stems, int], forms: Mapping[Stems, Counter[str]]
) -> list[Phrase]:
    longer = Counter[Stems]()
    for stems in specific:
        for inside in _inside(stems):
            longer[inside] = max(longer[inside], here[stems])
    told = [(-value, min(forms[stems], key=lambda each: (-forms[stems][each], each)), stems) for stems, value in specific.items()]
    kept = sorted((one for one in told if longer[one[2]] < here[one[2]]), key=lambda one: one[:2])
    return [Phrase(form, here[stems], totals[stems], round(-value, 4)) for value, form, stems in kept]


def specificity(here: int, *, part: int, total: int, whole: int) -> float:
    """-log10 of the chance that a part of `part` words holds `here` or more of `total` occurrences among `whole` words."""
    most = min(part, total)
    if here <= max(0, part + total - whole):
        return 0.0
    if here > most:
        raise ValueError(f"{here} of {total} occurrences do not fit in {part} words")
    first = _log_choose(total, here) + _log_choose(whole - total, part - here) - _log_choose(whole, part)
    tail = term = 1.0
    for count in range(here, most):
        term *= (total - count) * (part - count) / ((count + 1) * (whole - total - part + count + 1))
        tail += term
        if term < tail * _NEGLIGIBLE and count > here + 1:
            break
    return max(0.0, -(first + log(tail)) / log(10))


def _log_choose(count: int, chosen: int) -> float:
    return lgamma(count + 1) - lgamma(chosen + 1) - lgamma(count - chosen + 1)


def _clauses(text: str, lexicon: _Lexicon) -> Iterator[Clause]:
    for clause in _SIGNS.split(text[:MOST_CHARACTERS]):
        found = words(clause)
        if found:
            yield tuple(map(lexicon.number, found)), found


def _inside(stems: Stems) -> Iterable[Stems]:
    for first in range(len(stems)):
        for last in range(first + 1, len(stems) + 1):
            if last - first < len(stems):
                yield stems[first:last]
