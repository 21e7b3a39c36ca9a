"""Along which two lines do positions differ most? Exact principal components of the sparse matrix of votes.

Polis fills what nobody said with the mean of its text, then centres: what is left is zero wherever there is no vote. So the
matrix whose components it takes is the sparse one of v_ij - mu_j, and nothing has to be filled (Small et al. 2021,
doi:10.6035/recerca.5516; the identity is in the analytics notes, §1.4).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from polyphonie.opinion.votes.matrix import Floats, Votes, tally

COMPONENTS = 2
DENSE_CELLS = 10_000
"""Below this size the whole matrix is decomposed at once: faster, and it has no smallest size."""


@dataclass(frozen=True)
class Space:
    """Two lines of greatest difference. `mean` (m): mean position on each text; `axes` (2 × m): unit vectors; `strength` (2):
    singular values; `voters` (n × 2): where each voter stands; `texts` (m × 2): where someone who only agreed with a text
    would stand."""

    mean: Floats
    axes: Floats
    strength: Floats
    voters: Floats
    texts: Floats


def space_of(votes: Votes, *, left_out: NDArray[np.bool_] | None = None, start: Floats | None = None) -> Space:
    """The space of these votes. Texts `left_out` (m) count in m but say nothing. `start` (2 × m): axes of an earlier state, from
    which one exact correction is made instead of a new search."""
    if votes.count == 0:
        nowhere = np.zeros((votes.m, COMPONENTS))
        return Space(np.zeros(votes.m), nowhere.T, np.zeros(COMPONENTS), np.zeros((votes.n, COMPONENTS)), nowhere)
    mean, centred = centre(votes, left_out)
    strength, axes = components(centred) if start is None else corrected(centred, start)
    stretch = np.sqrt(votes.m / np.maximum(votes.per_voter, 1))
    texts = np.sqrt(votes.m) * (1 - mean)[:, None] * axes.T
    if left_out is not None:
        texts[left_out] = 0.0
    return Space(
        mean=mean,
        axes=axes,
        strength=strength,
        voters=np.asarray(centred @ axes.T) * stretch[:, None],
        texts=texts,
    )


def space_without_habits(votes: Votes) -> Space:
    """The space once each voter's own mean is taken away too, so that those who say yes to more than others do not stand apart
    for that alone: a check, never what is shown (analytics notes, §1.7)."""
    mean, centred = centre(votes)
    habits = np.asarray(centred.sum(axis=1)).ravel() / np.maximum(votes.per_voter, 1)
    levelled = votes.valued(centred.data - np.repeat(habits, votes.per_voter))
    strength, axes = components(levelled)
    stretch = np.sqrt(votes.m / np.maximum(votes.per_voter, 1))
    texts = np.sqrt(votes.m) * (1 - mean)[:, None] * axes.T
    return Space(mean, axes, strength, np.asarray(levelled @ axes.T) * stretch[:, None], texts)


def centre(votes: Votes, left_out: NDArray[np.bool_] | None = None) -> tuple[Floats, "sparse.csr_matrix"]:
    """The mean of each text (m), and the sparse matrix (n × m) of what each vote differs from it."""
    total = tally(votes)
    mean = (total.agree - total.disagree) / np.maximum(total.seen, 1)
    values = votes.positions - mean[votes.texts]
    if left_out is not None:
        mean = np.where(left_out, 0.0, mean)
        values[left_out[votes.texts]] = 0.0
    return mean, votes.valued(values)


def components(centred: "sparse.csr_matrix") -> tuple[Floats, Floats]:
    """The two greatest singular values and their right vectors (2 × m), each pointing to its longer tail; zeros where there is
    less than two."""
    n, m = centred.shape
    if n * m <= DENSE_CELLS or min(n, m) <= COMPONENTS + 1:
        _left, values, right = np.linalg.svd(centred.toarray(), full_matrices=False)
    else:
        _left, values, right = svds(centred, k=COMPONENTS, v0=np.ones(min(n, m)) / np.sqrt(min(n, m)), solver="arpack")
        values, right = values[::-1], right[::-1]
    found = min(COMPONENTS, len(values))
    strength, axes = np.zeros(COMPONENTS), np.zeros((COMPONENTS, m))
    strength[:found], axes[:found] = values[:found], right[:found]
    axes[strength < 1e-12] = 0.0
    return strength, pointed(axes)


def corrected(centred: "sparse.csr_matrix", start: Floats) -> tuple[Floats, Floats]:
    """The same after some more votes: one step of subspace iteration from `start` (2 × m), then the exact rotation inside it."""
    seen = np.asarray(centred.T @ (centred @ start.T))
    base, _rest = np.linalg.qr(seen)
    projected = np.asarray(centred @ base)
    values, rotation = np.linalg.eigh(projected.T @ projected)
    order = np.argsort(-values)
    return np.sqrt(np.maximum(values[order], 0.0)), pointed((base @ rotation[:, order]).T)


def pointed(axes: Floats) -> Floats:
    """Each axis towards its longer tail, whatever the solver gave, so that a map does not turn over from one day to the next."""
    tails = (axes**3).sum(axis=1)
    largest = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    towards = np.where(np.abs(tails) > 1e-9, tails, largest)
    return axes * np.where(towards < 0, -1.0, 1.0)[:, None]
