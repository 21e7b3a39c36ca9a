"""Which texts of a consultation nearly say the same? All pairs of thousands of texts, families of near-duplicates.

The measure of `similarity`, on all texts at once: mean of two cosines (stems; letter sequences of 3 to 5 inside a word), as whole
texts or as titles, whichever is greater; idf over all texts. Copies are read once. Candidates by the rarest stems and letter
sequences of each text, up to so many texts that hold them, and side by side in a few orders where all words are common; then both
cosines exactly for these: the work follows the number of texts, whatever they say. A suggestion for a person: nothing is merged
by it, and a text that perhaps says the contrary is never put into a family (`families`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from polyphonie.opinion.texts.families import LONG, NEARLY_IDENTICAL, Pair, families
from polyphonie.opinion.texts.french import alternatives
from polyphonie.opinion.texts.similarity import (
    MOST_CHARACTERS,
    NEAR_DUPLICATE,
    SIMILAR,
    letter_sequences,
    told_words,
    words_that_tell,
)

FORMULA = "nearness/2"
ROWS_AT_A_TIME, PAIRS_AT_A_TIME = 500, 4_000
LONG_ROW = 200
"""Features of a text, from which one product at a time costs less."""
NEIGHBOURS = 10
"""So many nearest texts are kept of each."""
AFFORDABLE = 4_000
"""Of each text, the rarest stems (letter sequences) find candidates as long as no more texts hold them, all together."""
_RARE = 30
"""A letter sequence that no more texts hold finds candidates whose words are all misspelt."""
_WORTH_A_MEASURE = 0.1
_MOSTLY = 0.5
"""A text whose stems that find candidates weigh less than this part of it is also set beside others in a few orders."""
ORDERS, BESIDE = 4, 3

Matrix = Any
"""A scipy sparse CSR matrix."""
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Nearness:
    """`pairs`: each text with its nearest, from `SIMILAR` on, by places; `families`: places of texts that nearly say the same,
    the largest first."""

    pairs: tuple[Pair, ...]
    families: tuple[tuple[int, ...], ...]


def nearness(texts: Sequence[tuple[str, str]], *, neighbours: int = NEIGHBOURS) -> Nearness:
    """All pairs of `texts` (title, body) that are near; deterministic. Of each text the nearest `neighbours` are kept."""
    copies = _copies(texts)
    readings = [words_that_tell(*texts[places[0]]) for places in copies]
    found = _nearest(readings, [len(places) for places in copies], neighbours) if len(copies) > 1 else _Found.nothing()
    joined = families(
        [texts[places[0]] for places in copies], [whole for _title, whole in readings], _duplicates(found, readings)
    )
    told = [places if whole else places[:1] for places, (_title, whole) in zip(copies, readings, strict=True)]
    return Nearness(tuple(_between_copies(found, told, neighbours)), _with_copies(joined, told))


def _duplicates(found: "_Found", readings: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]) -> dict[Pair, bool]:
    """The pairs as near as duplicates, and which of them are long texts that are nearly identical: by the measure, or word for
    word, since the measure makes much of a signature that nobody else has."""
    lengths = np.array([len(whole) for _title, whole in readings], dtype=np.int64)
    is_long = np.minimum(lengths[found.some], lengths[found.others]) >= LONG
    is_campaign = is_long & (np.maximum(found.scores, found.alike) >= NEARLY_IDENTICAL)
    wanted = zip(found.pairs(), is_campaign.tolist(), strict=True)
    return {pair: campaign for pair, campaign in wanted if campaign or pair.score >= NEAR_DUPLICATE}


def _copies(texts: Sequence[tuple[str, str]]) -> list[list[int]]:
    """The places of each text and of those that say it word for word, blanks and capitals aside."""
    found: dict[tuple[str, ...], list[int]] = {}
    for place, parts in enumerate(texts):
        found.setdefault(tuple(" ".join(part.split()).casefold() for part in parts), []).append(place)
    return list(found.values())


@dataclass(frozen=True)
class _Found:
    """Pairs of different texts with their scores, and which of the two counts the other among its nearest; `alike`: the cosine
    of their words, each for one."""

    some: Integers
    others: Integers
    scores: NDArray[np.float64]
    alike: NDArray[np.float64]
    of_some: NDArray[np.bool_]
    of_others: NDArray[np.bool_]

    @classmethod
    def nothing(cls) -> "_Found":
        none, never = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
        return cls(none, none, np.zeros(0), np.zeros(0), never, never)

    def pairs(self) -> Iterator[Pair]:
        return map(Pair, self.some.tolist(), self.others.tolist(), self.scores.tolist())


def _nearest(readings: Sequence[tuple[tuple[str, ...], tuple[str, ...]]], times: Sequence[int], neighbours: int) -> _Found:
    views = [_View([whole for _title, whole in readings], times), _View([title for title, _whole in readings], times)]
    some, others = _candidates(views, len(readings), neighbours)
    scores = np.minimum(np.maximum.reduce([view.scores(some, others) for view in views]), 1.0).round(9)
    near = np.flatnonzero(scores >= SIMILAR)
    some, others, scores = some[near], others[near], scores[near]
    chosen = []
    for owners in (some, others):
        order = np.argsort(owners, kind="stable")
        is_kept = np.zeros(len(owners), dtype=bool)
        is_kept[order[_best_of_each(owners[order], scores[order], neighbours)]] = True
        chosen.append(is_kept)
    kept = chosen[0] | chosen[1]
    alike = _cosines(views[0].words, some[kept], others[kept])
    return _Found(some[kept], others[kept], scores[kept], alike, chosen[0][kept], chosen[1][kept])


def _between_copies(found: _Found, copies: Sequence[Sequence[int]], neighbours: int) -> list[Pair]:
    """The pairs by the places of all texts: each copy has the same neighbours, and some other copies."""
    if all(len(places) == 1 for places in copies):
        return list(found.pairs())
    pairs: dict[tuple[int, int], float] = {}
    rows = zip(found.pairs(), found.of_some.tolist(), found.of_others.tolist(), strict=True)
    for pair, is_of_one, is_of_other in rows:
        one, other = copies[pair.one], copies[pair.other]
        ends = [(place, other[0]) for place in one if is_of_one] + [(one[0], place) for place in other if is_of_other]
        pairs.update(((min(each), max(each)), pair.score) for each in ends)
    for places in copies:
        for rank, place in enumerate(places[1:], start=1):
            for before in places[max(0, rank - neighbours // 2) : rank]:
                pairs[before, place] = 1.0
    return [Pair(*ends, score) for ends, score in sorted(pairs.items())]


def _with_copies(joined: Sequence[Sequence[int]], copies: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """The families by the places of all texts, copies among them."""
    alone = set(range(len(copies))).difference(*joined)
    told = [tuple(sorted(place for member in family for place in copies[member])) for family in joined]
    told += [tuple(copies[place]) for place in sorted(alone) if len(copies[place]) > 1]
    return tuple(sorted(told, key=lambda family: (-len(family), family)))


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
    """One way to read all texts (whole, or by title): unit rows of weighted stems and of letter sequences, what finds candidates
    in each (the rarest of each row; the columns), and the texts that share with others only what many hold."""

    def __init__(self, contents: Sequence[Sequence[str]], times: Sequence[int]) -> None:
        counts, vocabulary = _word_counts(contents)
        self.words = _unit(counts.copy())
        self.stems = _weighted(counts @ _features_of(vocabulary, alternatives), times)
        self.letters = _weighted(counts @ _features_of(vocabulary, letter_sequences), times)
        self.seeds = _rarest(self.stems, AFFORDABLE), _rarest(self.letters, _RARE)
        told = np.asarray(self.seeds[0][0].power(2).sum(axis=1)).ravel()
        common = np.flatnonzero((np.diff(counts.indptr) > 0) & (told < _MOSTLY))
        self.beside = _side_by_side(contents, counts, common)

    def scores(self, some: Integers, others: Integers) -> NDArray[np.float64]:
        """The mean of the two cosines of each pair."""
        return (_cosines(self.stems, some, others) + _cosines(self.letters, some, others)) / 2


def _rarest(matrix: Matrix, most: int) -> tuple[Matrix, Matrix]:
    """Of each row its rarest columns, as long as they are held by no more than `AFFORDABLE` rows all together; and all columns
    that at least two rows and at most `most` hold, by columns."""
    holders = np.bincount(matrix.indices, minlength=matrix.shape[1])
    kept = matrix[:, np.flatnonzero((holders > 1) & (holders <= most))]
    held = np.bincount(kept.indices, minlength=kept.shape[1])[kept.indices]
    rows = np.repeat(np.arange(kept.shape[0]), np.diff(kept.indptr))
    order = np.lexsort((held, rows))
    spent = np.concatenate([[0], np.cumsum(held[order])])
    order = order[spent[1:] - spent[kept.indptr[:-1]][rows] <= AFFORDABLE]
    own = sparse.csr_matrix((kept.data[order], (rows[order], kept.indices[order])), shape=kept.shape)
    return own, kept.T.tocsr()


def _side_by_side(contents: Sequence[Sequence[str]], counts: Matrix, rows: Integers) -> tuple[Integers, Integers]:
    """Pairs of these rows that stand side by side in the order of their words, from the first or from the last, or in that of
    their vocabularies, ranked by chance: what two texts have in common brings them together in one of these."""
    orders = [np.random.default_rng([0, draw]).permutation(counts.shape[1]) for draw in range(ORDERS)]
    cells = list(pairwise(counts.indptr.tolist()))

    def ranked(row: int, order: Integers) -> list[int]:
        return sorted(order[counts.indices[slice(*cells[row])]].tolist())

    keys: list[Callable[[int], Any]] = [contents.__getitem__, lambda row: contents[row][::-1]]
    keys += [partial(ranked, order=order) for order in orders]
    some, others = [rows[:0]], [rows[:0]]
    for key in keys:
        ordered = np.array(sorted(rows.tolist(), key=key), dtype=np.int64)
        for step in range(1, BESIDE + 1):
            some.append(ordered[:-step])
            others.append(ordered[step:])
    return np.concatenate(some), np.concatenate(others)


def _features_of(vocabulary: dict[str, int], features: Callable[[str], Sequence[str]]) -> Matrix:
    """A words × features matrix of counts."""
    known: dict[str, int] = {}
    rows, columns = [], []
    for word, place in vocabulary.items():
        for feature in features(word):
            rows.append(place)
            columns.append(known.setdefault(feature, len(known)))
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(max(len(vocabulary), 1), max(len(known), 1)))


def _weighted(counts: Matrix, times: Sequence[int] | None = None) -> Matrix:
    """(1 + ln count) · idf, rows of length 1; idf = 1 + ln((1 + n) / (1 + texts that hold the feature)), each row standing for so
    many texts."""
    counts.sum_duplicates()
    lengths = np.diff(counts.indptr)
    told = np.ones(counts.shape[0]) if times is None else np.asarray(times, dtype=np.float64)
    holders = np.bincount(counts.indices, weights=np.repeat(told, lengths), minlength=counts.shape[1])
    idf = 1 + np.log((1 + told.sum()) / (1 + holders))
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    return _unit(counts)


def _unit(rows: Matrix) -> Matrix:
    """These rows, given a length of 1 where they stand: letter sequences are too many to be held twice."""
    squares = np.concatenate([[0.0], np.cumsum(rows.data**2)])
    norms = np.sqrt(np.diff(squares[rows.indptr]))
    rows.data /= np.repeat(np.maximum(norms, 1e-12), np.diff(rows.indptr))
    return rows


def _candidates(views: Sequence[_View], count: int, neighbours: int) -> tuple[Integers, Integers]:
    """Pairs worth an exact measure, in order: of each text the nearest by rare stems and by rare letters, in each view, and those
    beside it."""
    pairs = [np.minimum(*view.beside) * count + np.maximum(*view.beside) for view in views]
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


def _best_of_each(owners: Integers, scores: NDArray[np.float64], most: int) -> Integers:
    """The places of the `most` greatest scores (from 0 to 1) of each owner; `owners` ascending, equal scores as they come."""
    order = np.argsort(owners * 2 - np.round(scores, 9), kind="stable")
    places = np.arange(len(owners))
    first = np.maximum.accumulate(np.where(np.diff(owners, prepend=-1) != 0, places, 0))
    return order[places - first < most]


def _cosines(matrix: Matrix, some: Integers, others: Integers) -> NDArray[np.float64]:
    """The product of rows `some` (ascending) and `others`, pair by pair; many at a time where rows are short, and where they are
    long each row of `some` is laid out once for all its pairs."""
    if matrix.nnz <= LONG_ROW * matrix.shape[0]:
        parts = [slice(first, first + PAIRS_AT_A_TIME) for first in range(0, len(some), PAIRS_AT_A_TIME)]
        return np.concatenate(
            [np.zeros(0), *(matrix[some[part]].multiply(matrix[others[part]]).sum(axis=1).A1 for part in parts)]
        )
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
