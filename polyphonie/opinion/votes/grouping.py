"""Do voters gather? Candidate groups on the map for each number of groups, and how well each voter sits in theirs."""

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans

from polyphonie.opinion.votes.matrix import Floats, Integers

MOST_GROUPS = 5
STARTS = 10
ROUNDS = 50
"""Some starts turn in circles for hundreds of rounds and are never the best: a third of the time, the same result."""
SILHOUETTE_POINTS = 2_000
GRID, GRID_POINTS = 100, 4_000
"""Above so many points, those of one cell of a grid weigh together: less time, the same groups."""
DECIMALS = 9
"""Places of a coordinate that are compared: what is beyond depends on the machine."""


@dataclass(frozen=True)
class Partition:
    """A number of groups, the group of each point (from the largest, 0), and the mean silhouette, in [-1, 1]."""

    groups: int
    labels: Integers
    silhouette: float

    @property
    def sizes(self) -> Integers:
        return np.bincount(self.labels, minlength=self.groups)


def partitions(points: Floats, *, most: int = MOST_GROUPS, starts: int = STARTS, seed: int = 0) -> list[Partition]:
    """K-means partitions of the points (n × 2) for 2 to `most` groups; the order of the points changes nothing."""
    rounded = np.round(points, DECIMALS)
    order = np.lexsort((rounded[:, 1], rounded[:, 0]))
    ordered = rounded[order]
    places, weights = _places(ordered)
    sample = _spread(len(ordered))
    distances = _distances(ordered[sample])
    found = []
    for groups in range(2, min(most, len(places) - 1) + 1):
        model = KMeans(n_clusters=groups, n_init=starts, max_iter=ROUNDS, random_state=seed).fit(places, sample_weight=weights)
        named = _named_by_size(model.predict(ordered).astype(np.int64), groups)
        labels = np.empty(len(points), dtype=np.int64)
        labels[order] = named
        found.append(Partition(groups, labels, _silhouette(distances, named[sample], groups)))
    return found


def silhouette(points: Floats, labels: Integers) -> float:
    """The mean silhouette of a partition (Rousseeuw 1987), over at most 2,000 points spread along the first line."""
    order = np.lexsort((points[:, 1], points[:, 0]))[_spread(len(points))]
    return _silhouette(_distances(points[order]), labels[order], int(labels.max()) + 1)


def _places(ordered: Floats) -> tuple[Floats, Floats]:
    """Distinct places and how many points stand at each; from 4,000 points on, the means of the cells of a fine grid."""
    if len(ordered) <= GRID_POINTS:
        places, counts = np.unique(ordered, axis=0, return_counts=True)
        return places, counts.astype(np.float64)
    low = ordered.min(axis=0)
    cells = np.minimum((ordered - low) / np.maximum(np.ptp(ordered, axis=0), 1e-12) * GRID, GRID - 1).astype(np.int64)
    _cells, owners, counts = np.unique(cells[:, 0] * GRID + cells[:, 1], return_inverse=True, return_counts=True)
    sums = [np.bincount(owners, weights=ordered[:, axis]) for axis in (0, 1)]
    return np.column_stack(sums) / counts[:, None], counts.astype(np.float64)


def _spread(count: int) -> Integers:
    """At most 2,000 places, evenly spread over the ordered points."""
    return np.unique(np.linspace(0, count - 1, min(count, SILHOUETTE_POINTS)).round().astype(np.int64))


def _distances(points: Floats) -> Floats:
    squared = (points**2).sum(axis=1)
    return np.sqrt(np.maximum(squared[:, None] + squared[None, :] - 2 * points @ points.T, 0.0))


def _silhouette(distances: Floats, labels: Integers, groups: int) -> float:
    sizes = np.bincount(labels, minlength=groups)
    member = np.eye(groups)[labels]
    summed = distances @ member
    own = np.arange(len(labels)), labels
    inside = summed[own] / np.maximum(sizes[labels] - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        outside = np.where(sizes > 0, summed / sizes, np.inf)
    outside[own] = np.inf
    nearest = outside.min(axis=1)
    larger = np.maximum(inside, nearest)
    alone = (sizes[labels] <= 1) | ~np.isfinite(larger) | (larger == 0)
    return float(np.where(alone, 0.0, (nearest - inside) / np.where(alone, 1.0, larger)).mean())


def _named_by_size(labels: Integers, groups: int) -> Integers:
    """Groups renamed from the largest, 0; equal ones by their first point."""
    sizes = np.bincount(labels, minlength=groups)
    firsts = np.full(groups, len(labels))
    np.minimum.at(firsts, labels, np.arange(len(labels)))
    renamed = np.empty(groups, dtype=np.int64)
    renamed[np.lexsort((firsts, -sizes))] = np.arange(groups)
    return renamed[labels]


def agreement(one: Integers, other: Integers) -> float:
    """Adjusted Rand index of two partitions of the same voters (Hubert and Arabie 1985): 1 equal, 0 as by chance."""
    table = np.zeros((int(one.max()) + 1, int(other.max()) + 1), dtype=np.int64)
    np.add.at(table, (one, other), 1)

    def pairs(counts: Integers) -> float:
        return float((counts * (counts - 1) / 2).sum())

    together, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = rows * columns / max(len(one) * (len(one) - 1) / 2, 1)
    greatest = (rows + columns) / 2
    return 1.0 if greatest == expected else (together - expected) / (greatest - expected)
