"""Who said what of which text? The positions of one consultation as a sparse matrix, and what is counted in it at once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

AGREE, MIXED, DISAGREE = 1, 0, -1
LEAST_VOTES = 7
"""A voter is placed on the map from this many votes on (or all texts, when there are fewer)."""
LEAST_VOTERS = 15
"""When fewer are placed, the most active complete them up to this many."""


@dataclass(frozen=True)
class Votes:
    """The last position of each of `n` voters on each of `m` texts, by rows.

    `starts` (n + 1) says where the row of each voter begins in `texts` (indices from 0 to m - 1, ascending in a row) and in
    `positions` (+1 agree, 0 mixed, -1 disagree, int8). A text on which a voter took no position is absent from their row:
    « mixte » is a position, not an absence.
    """

    starts: Integers
    texts: NDArray[np.int32]
    positions: NDArray[np.int8]
    n: int
    m: int

    @property
    def count(self) -> int:
        """How many positions there are."""
        return len(self.positions)

    @property
    def per_voter(self) -> Integers:
        """How many positions each voter took (n)."""
        return np.diff(self.starts)

    def voters(self) -> NDArray[np.int32]:
        """The voter of each position, in the order of `texts` and `positions`."""
        return np.repeat(np.arange(self.n, dtype=np.int32), self.per_voter)

    def valued(self, values: Floats) -> "sparse.csr_matrix":
        """An n × m sparse matrix with these values at the places of the positions."""
        return sparse.csr_matrix((values, self.texts, self.starts), shape=(self.n, self.m))

    def of(self, voters: Integers) -> "Votes":
        """The rows of these voters, in the order given."""
        lengths = self.per_voter[voters]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        places = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths) + np.repeat(self.starts[:-1][voters], lengths)
        return Votes(starts, self.texts[places], self.positions[places], len(voters), self.m)

    def after(self, first: int) -> "Votes":
        """The rows from the voter `first` on: without those before, who are counted and placed nowhere."""
        return self.of(np.arange(min(first, self.n), self.n)) if first else self

    def on(self, texts: Integers) -> "Votes":
        """The columns of these texts, in the order given; every voter stays, some without any position."""
        rank = np.full(self.m, -1, dtype=np.int32)
        rank[texts] = np.arange(len(texts), dtype=np.int32)
        kept = rank[self.texts] >= 0
        return gathered(self.voters()[kept], rank[self.texts[kept]], self.positions[kept], n=self.n, m=len(texts))


def gathered(
    voters: Sequence[int] | NDArray[np.integer],
    texts: Sequence[int] | NDArray[np.integer],
    positions: Sequence[int] | NDArray[np.integer],
    *,
    n: int,
    m: int,
) -> Votes:
    """The matrix of these votes (three sequences of one length: voter 0…n-1, text 0…m-1, position); the last one of a voter on
    a text wins. Raises ValueError for an index or a position out of range."""
    rows, columns, values = map(_whole, (voters, texts, positions))
    if not len(rows) == len(columns) == len(values):
        raise ValueError("voters, texts and positions differ in length")
    if len(rows) and (rows.min() < 0 or rows.max() >= n or columns.min() < 0 or columns.max() >= m):
        raise ValueError(f"a voter is not among the {n}, or a text not among the {m}")
    if len(values) and (values.min() < DISAGREE or values.max() > AGREE):
        raise ValueError("a position is neither 1, 0 nor -1")
    cells = rows * np.int64(m) + columns
    said = values.astype(np.int8)
    if len(cells) > 1 and not (cells[1:] > cells[:-1]).all():
        order = np.argsort(cells, kind="stable")
        cells = cells[order]
        is_last = np.append(cells[1:] != cells[:-1], True)
        rows, columns = np.divmod(cells[is_last], max(m, 1))
        said = said[order[is_last]]
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))]).astype(np.int64)
    return Votes(starts, columns.astype(np.int32), said, n, m)


def _whole(numbers: Sequence[int] | NDArray[np.integer]) -> NDArray[np.integer]:
    """These as an array, as wide as they came: millions of votes are not to be held in eight bytes each."""
    return numbers if isinstance(numbers, np.ndarray) else np.asarray(numbers, dtype=np.int64)


def votes_hash(votes: Votes) -> str:
    """SHA-256 of the votes, the same in whatever order the voters come: for each voter who took a position, one line
    « text:position text:position … » by text; the lines sorted, each ended by a line feed. Texts are the indices given."""
    lines: list[bytes] = []
    for first, last in pairwise(votes.starts.tolist()):
        said = zip(votes.texts[first:last].tolist(), votes.positions[first:last].tolist(), strict=True)
        lines.append(" ".join(f"{text}:{position}" for text, position in said).encode("ascii"))
    found = hashlib.sha256()
    for line in sorted(filter(None, lines)):
        found.update(line + b"\n")
    return found.hexdigest()


@dataclass(frozen=True)
class Tally:
    """What each text received: `agree`, `disagree` and `seen` (all positions, mixed ones included), of shape (m,) or (G, m)."""

    agree: Integers
    disagree: Integers
    seen: Integers


def tally(votes: Votes) -> Tally:
    """The totals of each text (m)."""
    counted = np.bincount(votes.texts * 3 + (votes.positions + 1), minlength=votes.m * 3).reshape(votes.m, 3)
    return _tally(counted)


def tally_by_group(votes: Votes, labels: Integers, groups: int) -> Tally:
    """The totals of each text in each group (G × m); `labels` (n) gives the group of each voter, -1 for none."""
    named = np.where(labels < 0, groups, labels).astype(np.int32)
    rows = np.repeat(named * np.int32(votes.m), votes.per_voter)
    codes = (rows + votes.texts) * np.int32(3) + (votes.positions + np.int8(1))
    counted = np.bincount(codes, minlength=(groups + 1) * votes.m * 3).reshape(groups + 1, votes.m, 3)
    return _tally(counted[:groups])


def _tally(counted: Integers) -> Tally:
    """From how many took each of the three positions, in the last axis."""
    return Tally(agree=counted[..., 2], disagree=counted[..., 0], seen=counted.sum(axis=-1))


def placed_voters(votes: Votes) -> Integers:
    """The voters who are placed on the map: those with enough votes, completed by the most active when they are few."""
    counts = votes.per_voter
    enough = counts >= min(LEAST_VOTES, votes.m)
    wanted = min(LEAST_VOTERS, votes.n)
    if enough.sum() < wanted:
        most_active = np.argsort(-counts, kind="stable")[:wanted]
        enough[most_active[counts[most_active] > 0]] = True
    return np.flatnonzero(enough & (counts > 0))
