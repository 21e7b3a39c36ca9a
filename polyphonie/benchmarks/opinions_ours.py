"""One side of the measure of opinions: our own computation, in a process that does nothing else."""

import json
import resource
import sys
import time
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from polyphonie.benchmarks.opinions import TEXTS, VOTERS
from polyphonie.opinion.votes import representing
from polyphonie.opinion.votes.grouping import Partition, agreement, partitions
from polyphonie.opinion.votes.matrix import Integers, Votes, gathered, placed_voters, tally, tally_by_group
from polyphonie.opinion.votes.space import Space, centre, corrected, space_of

DRAWS = 10
"""Votes are drawn in so many parts, so that what is invented takes no more memory than what is measured."""
RUNS = 3
"""Other work on the machine only ever adds: the least of some runs is told."""


def planted(voters: int, texts: int, groups: int = 3, *, seed: int = 7) -> tuple[Votes, Integers]:
    """Votes of people in planted groups (heavy-tailed participation, 15 % mixed), and the group of each."""
    random = np.random.default_rng(seed)
    of_voter = random.integers(groups, size=voters)
    leaning = random.normal(scale=1.3, size=(groups, texts))
    counts = np.clip((random.pareto(1.6, size=voters) + 1) * texts * 0.055, 7, texts * 0.8).astype(np.int64)
    drawn = []
    for some in np.array_split(np.arange(voters, dtype=np.int32), DRAWS):
        rows = np.repeat(some, counts[some])
        columns = random.integers(texts, size=len(rows), dtype=np.int32)
        pull = leaning[of_voter[rows], columns] + random.logistic(scale=0.8, size=len(rows))
        drawn.append((rows, columns, np.where(random.random(len(rows)) < 0.15, 0, np.sign(pull)).astype(np.int8)))
    return gathered(*map(np.concatenate, zip(*drawn, strict=True)), n=voters, m=texts), of_voter


@threadpool_limits.wrap(limits=1)  # as where it is used: threads that wait for each other take the processor of everybody
def measured() -> dict[str, Any]:
    votes, of_voter = planted(VOTERS, TEXTS)
    runs = [_run(votes) for _time in range(RUNS)]
    space, best, labels = runs[-1][2:]
    warm = min(_warm(votes, space) for _time in range(RUNS))
    return {
        "seconds": round(min(run[0] for run in runs), 3),
        "processor_seconds": round(min(run[1] for run in runs), 3),
        "warm_seconds": round(warm, 3),
        "votes": votes.count,
        "groups": best.groups,
        "agreement_with_planted": round(agreement(best.labels, of_voter[labels >= 0]), 3),
    }


def _run(votes: Votes) -> tuple[float, float, Space, Partition, Integers]:
    """Seconds and processor seconds of the whole computation from unordered votes, and what it finds."""
    rows, columns, positions = votes.voters(), votes.texts, votes.positions
    started, spent = time.perf_counter(), time.process_time()
    votes = gathered(rows, columns, positions, n=VOTERS, m=TEXTS)
    space = space_of(votes)
    voters = placed_voters(votes)
    best = max(partitions(space.voters[voters]), key=lambda one: one.silhouette)
    labels = np.full(VOTERS, -1, dtype=np.int64)
    labels[voters] = best.labels
    groups = tally_by_group(votes, labels, best.groups)
    found = representing.representativeness(groups)
    for group in range(best.groups):
        representing.representative_rows(found, group)
    representing.group_informed_consensus(groups)
    representing.majority_rows(tally(votes), agrees=True)
    return time.perf_counter() - started, time.process_time() - spent, space, best, labels


def _warm(votes: Votes, space: Space) -> float:
    """The seconds of a correction from the axes of an earlier state."""
    started = time.process_time()
    _mean, centred = centre(votes)
    corrected(centred, space.axes)
    return time.process_time() - started


def tell(found: dict[str, Any]) -> None:
    """Print what a side took, with the most memory that its process held."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(json.dumps({**found, "rss_mb": memory}) + "\n")


if __name__ == "__main__":
    tell(measured())
