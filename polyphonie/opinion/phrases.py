"""Which phrases are proper to a part of the texts? Key phrases by Lafon's specificity, in plain Python.

A phrase is one to four words; its first and last have a meaning (« principe de neutralité »), and it crosses no sign;
inflections count together, by their stems. Its specificity in a part is S = -log10 P(X ≥ k), X hypergeometric (N words in all,
n in the part, K occurrences in all, k in the part): how unlikely it would be to find it there so often by chance (P. Lafon,
« Sur la variabilité de la fréquence des formes dans un corpus », Mots 1 (1980), 127-165). It grows with size: compare ranks,
not values, of different consultations. A suggestion, that a person keeps or refuses.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import lgamma, log
from typing import TypeVar

from polyphonie.opinion.french import alternatives, is_stop_word, words

Part = TypeVar("Part", bound=Hashable)

LONGEST = 4
FEWEST = 2
"""A phrase that a part says less often is not proposed for it."""
LEAST_SPECIFICITY = 2.0
"""Found there by chance less than once in a hundred."""
MOST_CHARACTERS = 20_000
_SIGNS = re.compile(r"[^\w\s'’\-‐‑·]+|\n+")
_LETTERS = 3
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
    counts: dict[Part, Counter[tuple[str, ...]]] = {}
    forms: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    sizes: dict[Part, int] = {}
    for part, texts in parts.items():
        counts[part], sizes[part] = Counter(), 0
        for text in texts:
            for clause in _clauses(text):
                sizes[part] += len(clause)
                for stems, form in _phrases(clause):
                    counts[part][stems] += 1
                    forms[stems][form] += 1
    whole = sum(sizes.values())
    return {part: _most_specific(counts[part], forms, sizes[part], whole)[:most] for part in parts}


def _most_specific(
    here: Counter[tuple[str, ...]], forms: Mapping[tuple[str, ...], Counter[str]], size: int, whole: int
) -> list[Phrase]:
    found: list[tuple[float, str, tuple[str, ...]]] = []
    for stems, count in here.items():
        if count >= FEWEST:
            specific = specificity(count, part=size, total=forms[stems].total(), whole=whole)
            if specific >= LEAST_SPECIFICITY:
                form = min(forms[stems], key=lambda each: (-forms[stems][each], each))
                found.append((-specific, form, stems))
    longer = Counter[tuple[str, ...]]()
    for _specific, _form, stems in found:
        for inside in _inside(stems):
            longer[inside] = max(longer[inside], here[stems])
    kept = [one for one in sorted(found) if longer[one[2]] < here[one[2]]]
    return [Phrase(form, here[stems], forms[stems].total(), round(-specific, 4)) for specific, form, stems in kept]


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


def _clauses(text: str) -> list[list[str]]:
    return [found for clause in _SIGNS.split(text[:MOST_CHARACTERS]) if (found := words(clause))]


def _phrases(clause: Sequence[str]) -> Iterable[tuple[tuple[str, ...], str]]:
    """Each phrase of the clause: its stems, and its words as they stand."""
    stems = [(alternatives(word) or ("",))[0] for word in clause]
    has_meaning = [
        len(word) >= _LETTERS and not is_stop_word(word) and not word[0].isdigit() and bool(stem)
        for word, stem in zip(clause, stems, strict=True)
    ]
    for first in range(len(clause)):
        if not has_meaning[first]:
            continue
        for last in range(first, min(first + LONGEST, len(clause))):
            if has_meaning[last]:
                yield tuple(stems[first : last + 1]), " ".join(clause[first : last + 1])


def _inside(stems: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    for first in range(len(stems)):
        for last in range(first + 1, len(stems) + 1):
            if last - first < len(stems):
                yield stems[first:last]
