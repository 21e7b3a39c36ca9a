"""Are there groups at all? The best of several numbers of groups is always some number, in noise too: nothing is claimed unless
it passes what chance gives and stays when some texts are taken away (analytics notes, §1.7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from polyphonie.opinion.votes.grouping import DECIMALS, MOST_GROUPS, Partition, agreement, partitions
from polyphonie.opinion.votes.matrix import Floats, Integers, Votes, gathered, placed_voters
from polyphonie.opinion.votes.space import Space, space_of


@dataclass(frozen=True)
class Thresholds:
    """What a partition must pass; published with every claim. Votes are shuffled `draws` times at least, texts taken away
    `resamples` times, and again (up to `most_…`) while what they give is near what is asked (within `sure` standard deviations of
    the one, standard errors of the other): else the chance of the draws would decide."""

    draws: int = 12
    most_draws: int = 200
    resamples: int = 20
    most_resamples: int = 400
    sure: float = 3.0
    null_quantile: float = 0.95
    above_null: float = 0.02
    texts_kept: float = 0.80
    stability: float = 0.70
    least_group: int = 20
    least_share: float = 0.05
    most_groups: int = MOST_GROUPS
    seed: int = 0


@dataclass(frozen=True)
class Candidate:
    """A number of groups held against the gate; `reasons` are codes of what it fails, empty when it passes. `stability` is tried
    only on what passes the rest, and gives the `spans`: for each group its sizes in nine of ten of these trials."""

    partition: Partition
    null_mean: float
    null_high: float
    stability: float | None
    reasons: tuple[str, ...]
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Groups:
    """What was found. `voters`: indices of those placed on the map; `space`: of all votes; `candidates`: from 2 groups on;
    `chosen`: the one that is claimed, or None: no clear groups."""

    voters: Integers
    space: Space
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    thresholds: Thresholds

    def labels(self, n: int) -> Integers:
        """The group of each of the n voters, -1 without one."""
        given = np.full(n, -1, dtype=np.int64)
        if self.chosen is not None:
            given[self.voters] = self.chosen.partition.labels
        return given


NOT_ABOVE_CHANCE, WEAK_AXIS, UNSTABLE, SMALL_GROUP = "not_above_chance", "weak_axis", "unstable", "small_group"


def find_groups(votes: Votes, thresholds: Thresholds | None = None, *, unplaced: int = 0) -> Groups:
    """The groups of opinion of a consultation, or none. The order of voters and texts changes nothing; one thread, so that no sum
    depends on the machine. The first `unplaced` voters asked to be placed nowhere: nothing here is computed from their votes."""
    with threadpool_limits(1):
        found = _find_groups(votes.after(unplaced), thresholds or Thresholds())
    aside = np.zeros((min(unplaced, votes.n), found.space.voters.shape[1]))
    space = replace(found.space, voters=np.concatenate([aside, found.space.voters]))
    return replace(found, voters=found.voters + len(aside), space=space)


def _find_groups(votes: Votes, asked: Thresholds) -> Groups:
    space = space_of(votes)
    voters = placed_voters(votes)
    points = space.voters[voters]
    found = partitions(points, most=asked.most_groups, seed=asked.seed) if len(voters) > 2 else []
    if not found:
        return Groups(voters, space, (), None, asked)
    ordered = _in_canonical_order(votes, space)
    strengths, chance = _under_chance(ordered.votes, [one.silhouette for one in found], asked)
    weak = bool(space.strength[0] <= strengths.max())
    candidates = [_against_chance(partition, chance[:, rank], asked, weak=weak) for rank, partition in enumerate(found)]
    tried = [rank for rank, candidate in enumerate(candidates) if not candidate.reasons]
    tried.sort(key=lambda rank: candidates[rank].null_mean - candidates[rank].partition.silhouette)
    if tried:
        stabilities = _when_texts_are_taken_away(ordered, voters, [found[rank] for rank in tried], asked)
        for rank, (stability, spans) in zip(tried, stabilities, strict=True):
            reasons = () if stability >= asked.stability else (UNSTABLE,)
            candidates[rank] = replace(candidates[rank], stability=stability, reasons=reasons, spans=spans)
    passing = [candidate for candidate in candidates if not candidate.reasons]
    chosen = max(passing, key=lambda one: one.partition.silhouette - one.null_mean, default=None)
    return Groups(voters, space, tuple(candidates), chosen, asked)


def groups_again(votes: Votes, sizes: Sequence[int], thresholds: Thresholds | None = None, *, unplaced: int = 0) -> Integers:
    """The group of each voter (n, -1 for none) where `find_groups` claimed groups of these sizes on the same votes: found without
    asking the gate again. Nobody has a group when `sizes` is empty, or when these votes give others."""
    asked = thresholds or Thresholds()
    given = np.full(votes.n, -1, dtype=np.int64)
    placed = votes.after(unplaced)
    voters = placed_voters(placed)
    if not sizes or len(voters) < sum(sizes):
        return given
    with threadpool_limits(1):
        found = partitions(space_of(placed).voters[voters], most=len(sizes), seed=asked.seed)
    if found and found[-1].sizes.tolist() == list(sizes):
        given[voters + votes.n - placed.n] = found[-1].labels
    return given


def _against_chance(partition: Partition, null: Floats, asked: Thresholds, *, weak: bool) -> Candidate:
    """A candidate with what it fails before its stability is tried."""
    known = null[np.isfinite(null)] if np.isfinite(null).any() else np.zeros(1)
    high = float(np.quantile(known, asked.null_quantile))
    failed = {
        NOT_ABOVE_CHANCE: partition.silhouette <= high + asked.above_null,
        WEAK_AXIS: weak,
        SMALL_GROUP: partition.sizes.min() < max(asked.least_group, asked.least_share * partition.sizes.sum()),
    }
    return Candidate(partition, float(known.mean()), high, None, tuple(reason for reason, is_so in failed.items() if is_so))


@dataclass(frozen=True)
class _Ordered:
    """The same votes with voters and texts in an order that does not depend on how they came; `ranks` (n): the new place of
    each voter."""

    votes: Votes
    ranks: Integers


def _in_canonical_order(votes: Votes, space: Space) -> _Ordered:
    """By what they said, not by when they came: draws by chance must not depend on the order of rows."""
    where = np.round(space.voters, DECIMALS)
    voters = np.lexsort((where[:, 1], where[:, 0], votes.per_voter))
    loads = np.round(space.texts, DECIMALS)
    seen = np.bincount(votes.texts, minlength=votes.m)
    texts = np.lexsort((loads[:, 1], loads[:, 0], np.round(space.mean, DECIMALS), seen))
    ranks, columns = np.empty(votes.n, dtype=np.int64), np.empty(votes.m, dtype=np.int64)
    ranks[voters], columns[texts] = np.arange(votes.n), np.arange(votes.m)
    return _Ordered(gathered(ranks[votes.voters()], columns[votes.texts], votes.positions, n=votes.n, m=votes.m), ranks)


def _under_chance(votes: Votes, reached: Sequence[float], asked: Thresholds) -> tuple[Floats, Floats]:
    """What votes shuffled inside each text give, so that no group is left: the first strength (draws) and the silhouette of
    each number of groups (draws × numbers, NaN where there is none). `reached`: the silhouettes held against them."""
    random = np.random.default_rng([asked.seed, 1])
    by_text = np.argsort(votes.texts, kind="stable")
    of_text = votes.texts[by_text].astype(np.float64)
    strengths: list[float] = []
    silhouettes = np.full((0, asked.most_groups - 1), np.nan)
    most = _affordable(votes, asked.draws, asked.most_draws)
    while len(strengths) < most and not _is_far_from_chance(silhouettes, reached, asked):
        shuffled = np.empty_like(votes.positions)
        order = np.argsort(of_text + random.random(votes.count), kind="stable")
        shuffled[by_text] = votes.positions[by_text][order]
        drawn = replace(votes, positions=shuffled)
        space = space_of(drawn)
        strengths.append(float(space.strength[0]))
        row = np.full(asked.most_groups - 1, np.nan)
        for partition in partitions(space.voters[placed_voters(drawn)], most=asked.most_groups, starts=3, seed=asked.seed):
            row[partition.groups - 2] = partition.silhouette
        silhouettes = np.vstack([silhouettes, row])
    return np.array(strengths), silhouettes


AFFORDABLE = 4_000_000
"""Votes gone through at most in draws beyond the least: where they are many, chance moves little from one draw to the next."""


def _affordable(votes: Votes, least: int, most: int) -> int:
    return max(least, min(most, AFFORDABLE // max(votes.count, 1)))


def _is_far_from_chance(silhouettes: Floats, reached: Sequence[float], asked: Thresholds) -> bool:
    """Whether the silhouette that stands most above chance stands far above whatever chance gave, or not above its middle. In
    between the quantile of a few draws is not known: chance has heavy tails where voters are few."""
    if len(silhouettes) < asked.draws or not reached:
        return not reached
    known = [silhouettes[np.isfinite(silhouettes[:, rank]), rank] for rank in range(len(reached))]
    above = [one - float(null.mean()) if len(null) else -np.inf for one, null in zip(reached, known, strict=True)]
    best = int(np.argmax(above))
    if not len(known[best]):
        return True
    far = float(known[best].max()) + asked.above_null + asked.sure * float(known[best].std())
    return reached[best] > far or reached[best] <= float(np.median(known[best]))


Trial = tuple[float, tuple[tuple[int, int], ...]]


def _when_texts_are_taken_away(ordered: _Ordered, voters: Integers, found: list[Partition], asked: Thresholds) -> list[Trial]:
    """How much each partition (those preferred first) agrees with those made from a random part of the texts: mean adjusted Rand
    index of each, and the sizes of each group between the 5th and the 95th hundredth."""
    random = np.random.default_rng([asked.seed, 2])
    votes, places = ordered.votes, ordered.ranks[voters]
    kept = max(2, round(asked.texts_kept * votes.m))
    agreements: list[list[float]] = [[] for _partition in found]
    sizes: list[list[Floats]] = [[] for _partition in found]
    most = _affordable(votes, asked.resamples, asked.most_resamples)
    while len(agreements[0]) < most and not _is_settled(agreements, asked):
        part = votes.on(np.sort(random.choice(votes.m, size=kept, replace=False)))
        still = np.isin(places, placed_voters(part))
        points = space_of(part).voters[places[still]]
        again = {one.groups: one.labels for one in partitions(points, most=max(one.groups for one in found), seed=asked.seed)}
        for rank, partition in enumerate(found):
            labels = again.get(partition.groups)
            agreements[rank].append(0.0 if labels is None else agreement(partition.labels[still], labels))
            if labels is not None:
                sizes[rank].append(_sizes_again(partition, still, labels))
    means = [float(np.mean(each)) for each in agreements]
    return list(zip(means, [_spans(each) for each in sizes], strict=True))


def _is_settled(agreements: Sequence[Sequence[float]], asked: Thresholds) -> bool:
    """Whether these trials say which partition is claimed: the first, in the order of preference, whose mean stands above what is
    asked, all those before it standing below."""
    if len(agreements[0]) < asked.resamples:
        return False
    for each in agreements:
        away = float(np.mean(each)) - asked.stability
        if abs(away) <= asked.sure * float(np.std(each)) / np.sqrt(len(each)):
            return False
        if away > 0:
            return True
    return True


def _sizes_again(partition: Partition, still: NDArray[np.bool_], labels: Integers) -> Floats:
    """The size of the new group that holds most of each old one, for as many voters as before."""
    shared = np.zeros((partition.groups, partition.groups))
    np.add.at(shared, (partition.labels[still], labels), 1)
    return np.asarray(shared.sum(axis=0)[shared.argmax(axis=1)] * len(still) / max(still.sum(), 1))


def _spans(sizes: list[Floats]) -> tuple[tuple[int, int], ...]:
    if not sizes:
        return ()
    low, high = np.quantile(np.array(sizes), [0.05, 0.95], axis=0)
    return tuple((int(np.floor(one)), int(np.ceil(other))) for one, other in zip(low, high, strict=True))
