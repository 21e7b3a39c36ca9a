"""On which texts do voters meet, and which divide them? The lists of an analysis, each with what it was measured by.

Whether groups differ on a text is tested by chi squared (which is the number of votes times eta squared), and the share of false
alarms over all texts held at five in a hundred (Benjamini and Hochberg 1995). Groups were found in the same votes: the test
orders texts, it proves no group. What is derived from groups is told in steps of five hundredths, downwards, so that nobody's
position is found from it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from polyphonie.opinion.formulae import LEAST_POLARISATION, POLARISATION_MINIMUM
from polyphonie.opinion.votes.matrix import Floats, Integers, Tally
from polyphonie.opinion.votes.representing import (
    between_groups,
    group_mean,
    inside_whole,
    least_agreement,
    points_of_agreement,
    told_by_every_group,
    wilson,
)

MOST_LISTED = 10
FALSE_ALARMS = 0.05
LEAST_ETA = 0.05
LEAST_VOTES = 10
STEP = 0.05


def stepped(value: float) -> float:
    """Downwards to a multiple of five hundredths."""
    return round(int(value / STEP + 1e-9) * STEP, 2)


def agreed_by_every_group(groups: Tally, sizes: Integers, numbers: list[int], *, towards: str) -> list[dict[str, Any]]:
    """Points of agreement (or of refusal): in every group at least half, surely; `at_least`: the least group's lower bound;
    `mean`: the group-informed consensus, as the geometric mean of the groups' shares."""
    turned = groups if towards == "agree" else Tally(groups.disagree, groups.agree, groups.seen)
    low, mean = least_agreement(turned), group_mean(turned)
    found = points_of_agreement(groups, sizes, towards=towards)[:MOST_LISTED]
    return [
        {"number": numbers[text], "at_least": stepped(float(low[text])), "mean": stepped(float(mean[text]))}
        for text in found.tolist()
    ]


def leaning_to_agreement(groups: Tally, sizes: Integers, numbers: list[int]) -> list[dict[str, Any]]:
    """Texts that at least half agree with in each group without being points of agreement: it is not sure of every group; the
    greatest geometric mean first, where every group took enough positions."""
    mean = group_mean(groups)
    leaning = (2 * groups.agree >= groups.seen).all(axis=0) & told_by_every_group(groups, sizes)
    leaning[points_of_agreement(groups, sizes)] = False
    found = np.flatnonzero(leaning)
    found = found[np.argsort(-np.round(mean[found], 9), kind="stable")][:MOST_LISTED]
    return [{"number": numbers[text], "mean": stepped(float(mean[text]))} for text in found.tolist()]


def agreed_by_the_whole(whole: Tally, numbers: list[int], *, towards: str) -> list[dict[str, Any]]:
    """Where no groups are claimed: the texts that at least half of all agree with (or refuse), surely; the strongest first."""
    successes = whole.agree if towards == "agree" else whole.disagree
    low = wilson(successes, whole.seen)[0]
    found = np.flatnonzero((low >= 0.5) & (whole.seen >= LEAST_VOTES))
    found = found[np.argsort(-np.round(low[found], 9), kind="stable")][:MOST_LISTED]
    return [{"number": numbers[text], "at_least": stepped(float(low[text]))} for text in found.tolist()]


def dividing_groups(groups: Tally, numbers: list[int]) -> list[dict[str, Any]]:
    """Texts that divide the groups, the most first, with the part of differences that groups explain."""
    explained = between_groups(groups)
    enough = (groups.seen >= LEAST_VOTES).all(axis=0)
    tested = np.flatnonzero(enough)
    chances = chi2.sf(explained[tested] * groups.seen.sum(axis=0)[tested], len(groups.seen) - 1)
    found = tested[discoveries(chances) & (explained[tested] >= LEAST_ETA)]
    found = found[np.argsort(-np.round(explained[found], 9), kind="stable")][:MOST_LISTED]
    return [{"number": numbers[text], "explained": stepped(float(explained[text]))} for text in found.tolist()]


def discoveries(chances: Floats, *, rate: float = FALSE_ALARMS) -> NDArray[np.bool_]:
    """Which of these p-values stand when false alarms are held at `rate` of all that do (Benjamini and Hochberg)."""
    order = np.argsort(chances, kind="stable")
    stands = np.flatnonzero(chances[order] <= rate * np.arange(1, len(chances) + 1) / max(len(chances), 1))
    kept = np.zeros(len(chances), dtype=bool)
    kept[order[: stands[-1] + 1 if len(stands) else 0]] = True
    return kept


def dividing_the_whole(whole: Tally, numbers: list[int]) -> list[dict[str, Any]]:
    """Texts on which all are split, whatever the groups: by the lower bound of the smaller side, with Π and the three counts."""
    split = inside_whole(whole)
    smaller = np.minimum(whole.agree, whole.disagree)
    low = wilson(smaller, whole.seen)[0]
    found = np.flatnonzero((split >= LEAST_POLARISATION) & (whole.seen >= POLARISATION_MINIMUM))
    found = found[np.argsort(-np.round(low[found], 9), kind="stable")][:MOST_LISTED]
    return [
        {
            "number": numbers[text],
            "polarisation": round(float(split[text]), 2),
            "smaller_side_at_least": round(float(low[text]), 2),
            "agree": int(whole.agree[text]),
            "mixed": int(whole.seen[text] - whole.agree[text] - whole.disagree[text]),
            "disagree": int(whole.disagree[text]),
        }
        for text in found.tolist()
    ]
