"""Which texts of a consultation nearly say the same? All pairs of thousands of texts, families of near-duplicates.

The measure of `similarity`, on all texts at once: mean of two cosines (stems; letter sequences of 3 to 5 inside a word), as whole
texts or as titles, whichever is greater; idf over all texts. Products of sparse rows, 500 at a time: candidates by stems and by
rare letter sequences, then both cosines exactly for these. A suggestion for a person: nothing is merged by it, and a text that
perhaps says the contrary is never put into a family (`stance`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from polyphonie.opinion.french import alternatives
from polyphonie.opinion.similarity import (
    MOST_CHARACTERS,
    NEAR_DUPLICATE,
    SIMILAR,
    Label,
    label_of,
    letter_sequences,
    told_words,
    words_that_tell,
)

FORMULA = "nearness/1"
ROWS_AT_A_TIME = 500
NEIGHBOURS = 10
"""So many nearest texts are kept of each."""
_RARE = 30
"""A letter sequence that no more texts hold finds candidates whose words are all misspelt."""
_COMMON = 300
"""A stem that more texts hold, and one in twenty, finds no candidates: it weighs in their measure only."""
_WORTH_A_MEASURE = 0.1
_NEARLY_IDENTICAL = 0.85
_LONG = 20
"""From so many words with a meaning on, nearly identical texts may differ in some words and be one campaign."""

Matrix = Any
"""A scipy sparse CSR matrix."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts by their places, and how near they are, from 0 to 1; `one` < `other`."""

    one: int
    other: int
    score: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair that is near enough to be a duplicate, and what it was found to be."""

    pair: Pair
    label: Label


@dataclass(frozen=True)
class Nearness:
    """`pairs`: each text with its nearest, from `SIMILAR` on, by places; `families`: places of texts that nearly say the same,
    the largest first; `doubtful`: pairs as near as duplicates that are none, because they perhaps say the contrary or say
    something else in one word."""

    pairs: tuple[Pair, ...]
    families: tuple[tuple[int, ...], ...]
    doubtful: tuple[Judged, ...]


def nearness(texts: Sequence[tuple[str, str]], *, neighbours: int = NEIGHBOURS) -> Nearness:
    """All pairs of `texts` (title, body) that are near; deterministic. Of each text the nearest `neighbours` are kept."""
    if len(texts) < 2:
        return Nearness((), (), ())
    pairs = _nearest(texts, neighbours)
    families, doubtful = _families(texts, [pair for pair in pairs if pair.score >= NEAR_DUPLICATE])
    return Nearness(tuple(pairs), families, doubtful)


def _nearest(texts: Sequence[tuple[str, str]], neighbours: int) -> list[Pair]:
    readings = [words_that_tell(title, body) for title, body in texts]
    views = [_View([whole for _title, whole in readings]), _View([title for title, _whole in readings])]
    some, others = _candidates(views, len(texts), neighbours)
    scores = np.minimum(np.maximum.reduce([view.scores(some, others) for view in views]), 1.0).round(9)
    kept = np.zeros(len(some), dtype=bool)
    near = np.flatnonzero(scores >= SIMILAR)
    for owners in (some[near], others[near]):
        order = np.argsort(owners, kind="stable")
        kept[near[order[_best_of_each(owners[order], scores[near[order]], neighbours)]]] = True
    rows = zip(some[kept].tolist(), others[kept].tolist(), scores[kept].tolist(), strict=True)
    return [Pair(one, other, score) for one, other, score in rows]


def weighted_stems(texts: Sequence[str]) -> Matrix:
    """Texts × stems that at least two texts hold: unit rows, or empty ones."""
    counts, vocabulary = _word_counts([told_words(text[:MOST_CHARACTERS]) for text in texts])
    stems = counts @ _features_of(vocabulary, alternatives)
    holders = np.bincount(stems.indices, minlength=stems.shape[1])
    return _weighted(stems[:, np.flatnonzero(holders > 1)])


def _word_counts(contents: Sequence[Sequence[str]]) -> tuple[Matrix, dict[str, int]]:
    """Texts × words, and the column of each word."""
    vocabulary: dict[str, int] = {}
    places = [[vocabulary.setdefault(word, len(vocabulary)) for word in content] for content in contents]
    lengths = np.fromiter(map(len, places), dtype=np.int64, count=len(places))
    flat = np.fromiter((place for row in places for place in row), dtype=np.int64, count=int(lengths.sum()))
    rows = np.repeat(np.arange(len(places)), lengths)
    shape = len(places), max(len(vocabulary), 1)
    return sparse.csr_matrix((np.ones(len(flat)), (rows, flat)), shape=shape), vocabulary


class _View:
    """One way to read all texts (whole, or by title): unit rows of weighted stems, of letter sequences, and of the rare ones."""

    def __init__(self, contents: Sequence[Sequence[str]]) -> None:
        counts, vocabulary = _word_counts(contents)
        self.stems = _weighted(counts @ _features_of(vocabulary, alternatives))
        letters = counts @ _features_of(vocabulary, letter_sequences)
        self.letters = _weighted(letters)
        self.seeds = (_held_by_few(self.stems, max(_COMMON, len(contents) // 20)), _held_by_few(self.letters, _RARE))

    def scores(self, some: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float64]:
        """The mean of the two cosines of each pair."""
        return (_cosines(self.stems, some, others) + _cosines(self.letters, some, others)) / 2


def _held_by_few(matrix: Matrix, most: int) -> tuple[Matrix, Matrix]:
    """The columns that at least two texts hold and at most so many, and the same by columns."""
    holders = np.bincount(matrix.indices, minlength=matrix.shape[1])
    kept = matrix[:, np.flatnonzero((holders > 1) & (holders <= most))]
    return kept, kept.T.tocsr()


def _features_of(vocabulary: dict[str, int], features: Callable[[str], Sequence[str]]) -> Matrix:
    """A words × features matrix of counts."""
    known: dict[str, int] = {}
    rows, columns = [], []
    for word, place in vocabulary.items():
        for feature in features(word):
            rows.append(place)
            columns.append(known.setdefault(feature, len(known)))
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(max(len(vocabulary), 1), max(len(known), 1)))


def _weighted(counts: Matrix) -> Matrix:
    """(1 + ln count) · idf, rows of length 1; idf = 1 + ln((1 + n) / (1 + texts that hold the feature))."""
    counts.sum_duplicates()
    holders = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = 1 + np.log((1 + counts.shape[0]) / (1 + holders))
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1))).ravel()
    counts.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(counts.indptr))
    return counts


def _candidates(views: Sequence[_View], count: int, neighbours: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs worth an exact measure, in order: of each text the nearest by stems and by rare letters, in each view."""
    pairs = []
    for first in range(0, count, ROWS_AT_A_TIME):
        rows = np.arange(first, min(first + ROWS_AT_A_TIME, count))
        for view in views:
            for (matrix, turned), most in zip(view.seeds, (neighbours, neighbours // 2), strict=True):
                product = matrix[rows] @ turned
                some, others = np.repeat(rows, np.diff(product.indptr)), product.indices.astype(np.int64)
                near = (some != others) & (product.data >= _WORTH_A_MEASURE)
                some, others = some[near], others[near]
                best = _best_of_each(some, product.data[near], most)
                pairs.append(np.minimum(some, others)[best] * count + np.maximum(some, others)[best])
    return np.divmod(np.unique(np.concatenate(pairs)), count)


def _best_of_each(owners: NDArray[np.int64], scores: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """The places of the `most` greatest scores (from 0 to 1) of each owner; `owners` ascending, equal scores as they come."""
    order = np.argsort(owners * 2 - np.round(scores, 9), kind="stable")
    return order[np.arange(len(order)) - np.searchsorted(owners, owners) < most]


def _cosines(matrix: Matrix, some: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float64]:
    """The product of rows `some` (ascending) and `others`, pair by pair: each long row is laid out once for all its pairs."""
    starts, columns, values = matrix.indptr.tolist(), matrix.indices, matrix.data
    laid_out = np.zeros(matrix.shape[1])
    found = np.zeros(len(some))
    last, own = -1, slice(0)
    for place, (one, other) in enumerate(zip(some.tolist(), others.tolist(), strict=True)):
        if one != last:
            laid_out[columns[own]] = 0.0
            last, own = one, slice(starts[one], starts[one + 1])
            laid_out[columns[own]] = values[own]
        there = slice(starts[other], starts[other + 1])
        found[place] = laid_out[columns[there]] @ values[there]
    return found


def _families(texts: Sequence[tuple[str, str]], pairs: Sequence[Pair]) -> tuple[tuple[tuple[int, ...], ...], tuple[Judged, ...]]:
    """Connected near-duplicates, the surest pairs first; never two texts together of which a pair says perhaps the contrary."""
    judged = [Judged(pair, _label(texts, pair)) for pair in pairs]
    joined = _Joined(len(texts))
    for each in judged:
        if each.label == "perhaps_contrary":
            joined.keep_apart(each.pair.one, each.pair.other)
    same = [each.pair for each in judged if each.label == "near_duplicate"]
    for pair in sorted(same, key=lambda each: (-round(each.score, 9), each.one, each.other)):
        joined.join(pair.one, pair.other)
    families = sorted((tuple(members) for members in joined.sets()), key=lambda family: (-len(family), family))
    return tuple(families), tuple(each for each in judged if each.label != "near_duplicate")


def _label(texts: Sequence[tuple[str, str]], pair: Pair) -> Label:
    one, other = texts[pair.one], texts[pair.other]
    if one == other:
        return "near_duplicate"
    label = label_of(pair.score, one, other)
    is_long = min(len(words_that_tell(*text)[1]) for text in (one, other)) >= _LONG
    return "near_duplicate" if label == "similar" and is_long and pair.score >= _NEARLY_IDENTICAL else label


class _Joined:
    """Sets of texts that grow by pairs, and refuse to hold two that were kept apart."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))
        self._apart: dict[int, set[int]] = {}

    def keep_apart(self, one: int, other: int) -> None:
        self._apart.setdefault(one, set()).add(other)
        self._apart.setdefault(other, set()).add(one)

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self._top(one), self._top(other)))
        if low == high or high in self._apart.get(low, ()):
            return
        self._above[high] = low
        for stranger in self._apart.pop(high, set()):
            self._apart[stranger].discard(high)
            self.keep_apart(low, stranger)

    def sets(self) -> list[list[int]]:
        """Those of two texts or more."""
        found: dict[int, list[int]] = {}
        for place in range(len(self._above)):
            found.setdefault(self._top(place), []).append(place)
        return [members for members in found.values() if len(members) > 1]

    def _top(self, place: int) -> int:
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place
