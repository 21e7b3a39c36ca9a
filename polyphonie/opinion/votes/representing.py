"""What sets a group apart, what do all share, what divides? The statistics of Polis, and the intervals that go with each claim.

Formulae: Polis' « representativeness » and group-informed consensus (Small et al. 2021, doi:10.6035/recerca.5516), Wilson's
interval, eta squared between groups, variance inside the whole (analytics notes, §1.1, §2.1, §2.3). « Mitigé » is a position: it
counts in the votes seen on both sides.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polyphonie.opinion.votes.matrix import Floats, Integers, Tally

CRITICAL = 1.2815515655446004
"""One-sided 90 %."""
MOST_SHOWN = 5


@dataclass(frozen=True)
class Shares:
    """For one direction (agreement or disagreement), by group and text (G × m): smoothed share, test against one half, ratio to
    the others' share, test against it."""

    count: Integers
    share: Floats
    share_test: Floats
    ratio: Floats
    ratio_test: Floats


@dataclass(frozen=True)
class Representativeness:
    """Both directions, and how many took a position (G × m)."""

    seen: Integers
    agree: Shares
    disagree: Shares


@dataclass(frozen=True)
class Row:
    """A text that says what a group says: its index, the direction, and the figures behind."""

    text: int
    agrees: bool
    successes: int
    trials: int
    share: float
    share_test: float
    ratio: float
    ratio_test: float


def share(successes: Integers, trials: Integers) -> Floats:
    """Laplace's share: (a + 1) / (s + 2)."""
    return (successes + 1) / (trials + 2)


def share_test(successes: Integers, trials: Integers) -> Floats:
    """How far the share stands above one half, in standard errors, with one more success and one more trial."""
    return 2 * np.sqrt(trials + 1) * ((successes + 1) / (trials + 1) - 0.5)


def ratio_test(successes: Integers, trials: Integers, others: Integers, other_trials: Integers) -> Floats:
    """How far the group's share stands above the others', in pooled standard errors; 0 where the pooled share is 1."""
    one, other = (successes + 1) / (trials + 1), (others + 1) / (other_trials + 1)
    pooled = (successes + others + 2) / (trials + other_trials + 2)
    spread = pooled * (1 - pooled) * (1 / (trials + 1) + 1 / (other_trials + 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, (one - other) / np.sqrt(spread), 0.0)


def representativeness(groups: Tally) -> Representativeness:
    """Each group (G × m) held against all the others together."""
    seen = groups.seen
    rest = seen.sum(axis=0) - seen
    return Representativeness(seen, _shares(groups.agree, seen, rest), _shares(groups.disagree, seen, rest))


def _shares(successes: Integers, trials: Integers, other_trials: Integers) -> Shares:
    others = successes.sum(axis=0) - successes
    own = share(successes, trials)
    return Shares(
        count=successes,
        share=own,
        share_test=share_test(successes, trials),
        ratio=own / share(others, other_trials),
        ratio_test=ratio_test(successes, trials, others, other_trials),
    )


def representative_rows(found: Representativeness, group: int, *, hidden: frozenset[int] = frozenset()) -> list[Row]:
    """The texts that best say what sets a group apart: at most 5, agreed ones first, the best agreed one at the head; never none
    when the group voted at all."""
    texts = [text for text in range(found.seen.shape[1]) if text not in hidden]
    significant = [text for text in texts if _is_significant(found, group, text)]
    rows = sorted((_row(found, group, text) for text in significant), key=_weight, reverse=True)
    best = _best_agreed(found, group, texts)
    if best is not None:
        rows = [_row(found, group, best, agrees=True), *(row for row in rows if row.text != best)]
    elif not rows and texts:
        rows = [_row(found, group, max(texts, key=lambda text: _test(found, group, text)))]
    return sorted(rows[:MOST_SHOWN], key=lambda row: not row.agrees)


def _is_significant(found: Representativeness, group: int, text: int) -> bool:
    return any(
        side.share_test[group, text] > CRITICAL and side.ratio_test[group, text] > CRITICAL
        for side in (found.agree, found.disagree)
    )


def _test(found: Representativeness, group: int, text: int) -> float:
    return float(max(found.agree.ratio_test[group, text], found.disagree.ratio_test[group, text]))


def _weight(row: Row) -> float:
    return row.ratio * row.ratio_test * row.share * row.share_test


def _best_agreed(found: Representativeness, group: int, texts: list[int]) -> int | None:
    """The text that the group agrees with most, by what sets it apart once one such is known, else by plain agreement."""
    best: int | None = None
    side = found.agree
    for text in texts:
        if side.count[group, text] == 0 and found.disagree.count[group, text] == 0:
            continue
        here = (group, text)
        if best is None:
            if side.share_test[here] > CRITICAL or (side.ratio[here] > 1 and side.share[here] > 0.5):
                best = text
            continue
        held = (group, best)
        plain, held_plain = side.share[here] * side.share_test[here], side.share[held] * side.share_test[held]
        if side.ratio[held] > 1:
            plain, held_plain = (
                plain * side.ratio[here] * side.ratio_test[here],
                held_plain * side.ratio[held] * side.ratio_test[held],
            )
        if plain > held_plain:
            best = text
    return best


def _row(found: Representativeness, group: int, text: int, *, agrees: bool | None = None) -> Row:
    here = (group, text)
    towards = bool(found.agree.ratio_test[here] > found.disagree.ratio_test[here]) if agrees is None else agrees
    side = found.agree if towards else found.disagree
    return Row(
        text=text,
        agrees=towards,
        successes=int(side.count[here]),
        trials=int(found.seen[here]),
        share=float(side.share[here]),
        share_test=float(side.share_test[here]),
        ratio=float(side.ratio[here]),
        ratio_test=float(side.ratio_test[here]),
    )


def majority_rows(whole: Tally, *, agrees: bool, hidden: frozenset[int] = frozenset()) -> list[Row]:
    """The texts on which the whole population agrees (or disagrees), at most 5, by share and test."""
    successes = whole.agree if agrees else whole.disagree
    shares, tests = share(successes, whole.seen), share_test(successes, whole.seen)
    kept = [text for text in range(len(shares)) if text not in hidden and shares[text] > 0.5 and tests[text] > CRITICAL]
    kept.sort(key=lambda text: -shares[text] * tests[text])
    return [
        Row(text, agrees, int(successes[text]), int(whole.seen[text]), float(shares[text]), float(tests[text]), 0.0, 0.0)
        for text in kept[:MOST_SHOWN]
    ]


def group_informed_consensus(groups: Tally) -> Floats:
    """Product over groups of the smoothed share that agrees (m); it shrinks with the number of groups."""
    product: Floats = share(groups.agree, groups.seen).prod(axis=0)
    return product


def group_mean(groups: Tally) -> Floats:
    """Its geometric mean over groups (m), which can be compared between numbers of groups."""
    return np.asarray(group_informed_consensus(groups) ** (1 / len(groups.agree)))


def wilson(successes: Integers, trials: Integers, *, critical: float = CRITICAL) -> tuple[Floats, Floats]:
    """Wilson's interval of a share; 0 and 1 where there is no trial."""
    count = np.maximum(trials, 1)
    observed = successes / count
    spread = critical * np.sqrt(observed * (1 - observed) / count + critical**2 / (4 * count**2))
    middle, scale = observed + critical**2 / (2 * count), 1 + critical**2 / count
    none = trials == 0
    return np.where(none, 0.0, (middle - spread) / scale), np.where(none, 1.0, (middle + spread) / scale)


def least_agreement(groups: Tally) -> Floats:
    """M (m): the smallest, over groups, of the lower 90 % bound of the share that agrees."""
    return np.asarray(wilson(groups.agree, groups.seen)[0].min(axis=0))


def told_by_every_group(groups: Tally, sizes: Integers) -> NDArray[np.bool_]:
    """Texts (m) on which every group took 10 positions, and 5 % of its members did."""
    return np.asarray((groups.seen >= np.maximum(10, 0.05 * sizes)[:, None]).all(axis=0))


def points_of_agreement(groups: Tally, sizes: Integers, *, towards: str = "agree") -> Integers:
    """Texts on which every group agrees (or disagrees): M at least one half, 10 votes and 5 % of members in every group; the
    strongest first."""
    successes = groups.agree if towards == "agree" else groups.disagree
    low = wilson(successes, groups.seen)[0].min(axis=0)
    found = np.flatnonzero((low >= 0.5) & told_by_every_group(groups, sizes))
    return found[np.argsort(-low[found], kind="stable")]


def between_groups(groups: Tally) -> Floats:
    """Eta squared (m): the part of the variance of agreement that groups explain; 0 where nobody differs."""
    seen = np.maximum(groups.seen, 1)
    shares, weights = groups.agree / seen, groups.seen / np.maximum(groups.seen.sum(axis=0), 1)
    whole = (weights * shares).sum(axis=0)
    variance = whole * (1 - whole)
    explained = (weights * (shares - whole) ** 2).sum(axis=0)
    return np.where(variance > 0, explained / np.where(variance > 0, variance, 1.0), 0.0)


def inside_whole(whole: Tally) -> Floats:
    """Pi (m): the variance of positions, from 0 (all alike) to 1 (half for, half against, nobody in between)."""
    seen = np.maximum(whole.seen, 1)
    return (whole.agree + whole.disagree) / seen - ((whole.agree - whole.disagree) / seen) ** 2
