"""Which near texts say the same, so that one of them may stand for all? Families of near-duplicates, and no contrary in any.

Pairs are taken from the nearest on: two families become one when the two texts are near-duplicates as `similarity.label_of`
has it, and when no text of the one perhaps says the contrary of a text of the other (`stance.Said`). Long texts that are
nearly identical may differ in some words: the letters of a campaign do.
"""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from polyphonie.opinion.texts.similarity import MOST_CHARACTERS, MOST_DIFFERING_WORDS, SAME_SPELLING, spellings, told_words
from polyphonie.opinion.texts.stance import Said, undoings

NEARLY_IDENTICAL = 0.85
LONG = 20
"""From so many words with a meaning on, nearly identical texts may differ in some words and be one campaign."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts by their places, and how near they are, from 0 to 1; `one` < `other`."""

    one: int
    other: int
    score: float


def families(
    texts: Sequence[tuple[str, str]], told: Sequence[Sequence[str]], pairs: Mapping[Pair, bool]
) -> tuple[tuple[int, ...], ...]:
    """The families of two of `texts` (title, body) or more, by their places, the largest first, from the pairs that are as near
    as duplicates, each with whether both are long and nearly identical; `told`: the words with a meaning of the beginning of
    each text."""
    wordings = _Wordings(texts, told, {place for pair in pairs for place in (pair.one, pair.other)})
    joined = _Joined(texts)
    for pair in sorted(pairs, key=lambda each: (-each.score, each.one, each.other)):
        if joined.are_together(pair.one, pair.other):
            continue
        if pairs[pair] or (not wordings.replaces_a_word(pair.one, pair.other) and wordings.undo_as_much(pair.one, pair.other)):
            joined.join(pair.one, pair.other)
    return tuple(sorted(joined.sets(), key=lambda family: (-len(family), family)))


class _Wordings:
    """The words with a meaning of some texts, counted once, so that thousands of pairs are held against each other."""

    def __init__(self, texts: Sequence[tuple[str, str]], told: Sequence[Sequence[str]], places: Iterable[int]) -> None:
        self._texts = texts
        self._known: dict[tuple[str, int], tuple[str, int]] = {}
        is_read = {place: sum(map(len, texts[place])) < MOST_CHARACTERS for place in places}
        wholes = {place: told[place] if is_all else told_words(_whole(texts[place])) for place, is_all in is_read.items()}
        self._told = {place: self._counted(spellings(words)) for place, words in wholes.items()}
        self._undoings: dict[int, int] = {}

    def _counted(self, words: Iterable[str]) -> frozenset[tuple[str, int]]:
        """Each word with how often it came before: what two texts differ in is a difference of sets."""
        times = Counter[str]()
        told = []
        for word in words:
            told.append(self._known.setdefault((word, times[word]), (word, times[word])))
            times[word] += 1
        return frozenset(told)

    def replaces_a_word(self, one: int, other: int) -> bool:
        """Whether each text has words the other has not, beyond slips of spelling."""
        ones, others = self._told[one], self._told[other]
        only_one, only_other = sorted(ones - others), sorted(others - ones)
        if not only_one or not only_other:
            return False
        return not (_are_spellings_of(only_one, only_other) or _are_spellings_of(only_other, only_one))

    def undo_as_much(self, one: int, other: int) -> bool:
        """Whether as many words undo, stop or refuse something in both."""
        for place in (one, other):
            if place not in self._undoings:
                self._undoings[place] = undoings(_whole(self._texts[place]))
        return self._undoings[one] == self._undoings[other]


def _are_spellings_of(some: Sequence[tuple[str, int]], others: Sequence[tuple[str, int]]) -> bool:
    """Whether each of some words is written nearly as one of the others."""
    if len(some) > MOST_DIFFERING_WORDS:
        return False
    return all(any(_is_spelling_of(word, other) for other, _time in others[:MOST_DIFFERING_WORDS]) for word, _time in some)


@lru_cache(maxsize=200_000)
def _is_spelling_of(word: str, other: str) -> bool:
    if 2 * min(len(word), len(other)) < SAME_SPELLING * (len(word) + len(other)):
        return False
    return bool(difflib.get_close_matches(word, [other], 1, SAME_SPELLING))


class _Joined:
    """Sets of texts that grow by pairs, and refuse to hold two that perhaps say the contrary."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._texts = texts
        self._above = list(range(len(texts)))
        self._sizes = [1] * len(texts)
        self._said: dict[int, tuple[Said, Said]] = {}

    def are_together(self, one: int, other: int) -> bool:
        return self._top(one) == self._top(other)

    def join(self, one: int, other: int) -> None:
        """Make one set of theirs, unless something in the one opposes something in the other: in titles, or in whole texts."""
        small, large = sorted((self._top(one), self._top(other)), key=lambda top: self._sizes[top])
        here, there = self._said_by(large), self._said_by(small)
        if any(mine.opposes(theirs) for mine, theirs in zip(here, there, strict=True)):
            return
        for mine, theirs in zip(here, there, strict=True):
            mine.join(theirs)
        del self._said[small]
        self._above[small] = large
        self._sizes[large] += self._sizes[small]

    def sets(self) -> list[tuple[int, ...]]:
        """Those of two texts or more."""
        found: dict[int, list[int]] = {}
        for place in range(len(self._above)):
            found.setdefault(self._top(place), []).append(place)
        return [tuple(members) for members in found.values() if len(members) > 1]

    def _said_by(self, top: int) -> tuple[Said, Said]:
        if top not in self._said:
            self._said[top] = Said(self._texts[top][0]), Said(_whole(self._texts[top]))
        return self._said[top]

    def _top(self, place: int) -> int:
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place


def _whole(text: tuple[str, str]) -> str:
    return "\n".join(text)
