"""What is published of the opinions of a consultation? All of it from its votes, at once, and nothing that shows a person.

One entry, `analysis`: arrays in, a dictionary out that holds only lists, numbers and texts (docs/reference/analyse-des-avis.md).
Computed by the operator from voters' keys: not verifiable from what is published. Counts of fewer than ten people never leave:
of the table group × text × position, a text appears only when all its cells hold ten, those in no group included; maps are
densities; groups have twenty people at least; what is derived from groups is told in steps of five hundredths.
"""

from dataclasses import asdict
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from polyphonie.opinion.apart import FEWEST_VOTERS, TOO_FEW
from polyphonie.opinion.fingerprint import input_hash
from polyphonie.opinion.votes import lists, representing
from polyphonie.opinion.votes.bridging import bridging
from polyphonie.opinion.votes.density import LEAST_CELL, density
from polyphonie.opinion.votes.gate import Candidate, Groups, Thresholds, find_groups
from polyphonie.opinion.votes.grouping import agreement, partitions
from polyphonie.opinion.votes.matrix import (
    LEAST_VOTERS,
    LEAST_VOTES,
    Integers,
    Tally,
    Votes,
    tally,
    tally_by_group,
    votes_hash,
)
from polyphonie.opinion.votes.selection import proportional_selection, represented
from polyphonie.opinion.votes.space import space_without_habits

FORMULA = "opinions/1"
GROUP_NAMES = "ABCDE"
MOST_SELECTED = 10
ENDS = 3


def analysis(votes: Votes, numbers: list[int], *, unplaced: int = 0, thresholds: Thresholds | None = None) -> dict[str, Any]:
    """The analysis of these votes; `numbers` (m): the number of each text. The order of voters changes nothing, but for the first
    `unplaced`, who asked to be counted in the totals of texts and placed nowhere: they are among those in no group.

    `verdict` is "groups", "no_groups" (« pas de groupes d'opinion nets ») or "too_few" (under 40 voters: nothing else is told).
    ValueError when `numbers` is not one number for each text.
    """
    if len(numbers) != votes.m or len(set(numbers)) != votes.m:
        raise ValueError("one number for each text is wanted")
    asked = thresholds or Thresholds()
    voting = votes.of(np.flatnonzero(votes.per_voter > 0))
    aside = int((votes.per_voter[:unplaced] > 0).sum())
    hashes = [votes_hash(voting), *([votes_hash(voting.after(aside))] if aside else [])]
    told: dict[str, Any] = {
        "formula": FORMULA,
        "parameters": _parameters(asked),
        "seed": asked.seed,
        "input_hash": input_hash([*hashes, numbers]),
        "voters": voting.n,
        "votes": voting.count,
        "texts": voting.m,
    }
    if voting.n < FEWEST_VOTERS:
        return {**told, "verdict": TOO_FEW}
    with threadpool_limits(1):
        return told | _analysed(voting, numbers, asked, aside)


def _parameters(asked: Thresholds) -> dict[str, float]:
    return {
        **asdict(asked),
        "least_votes": LEAST_VOTES,
        "least_voters": LEAST_VOTERS,
        "least_cell": LEAST_CELL,
        "false_alarms": lists.FALSE_ALARMS,
        "least_polarisation": lists.LEAST_POLARISATION,
        "step": lists.STEP,
    }


def _analysed(votes: Votes, numbers: list[int], asked: Thresholds, unplaced: int) -> dict[str, Any]:
    found = find_groups(votes, asked, unplaced=unplaced)
    whole = tally(votes)
    common = {
        "placed": len(found.voters),
        "candidates": [_candidate(candidate) for candidate in found.candidates],
        "axes": _axes(found, numbers),
        "divided": lists.dividing_the_whole(whole, numbers),
        "selection": _selection(votes, numbers),
    }
    points = found.space.voters[found.voters]
    if found.chosen is None:
        return common | {
            "verdict": "no_groups",
            "map": density(points),
            "agreed": lists.agreed_by_the_whole(whole, numbers, towards="agree"),
            "refused": lists.agreed_by_the_whole(whole, numbers, towards="disagree"),
            "bridging": _bridging(votes.after(unplaced), whole, numbers),
        }
    partition = found.chosen.partition
    labels = found.labels(votes.n)
    by_group = tally_by_group(votes, labels, partition.groups)
    return common | {
        "verdict": "groups",
        "groups": _groups(found.chosen),
        "without_habits": round(_agreement_without_habits(votes, found, unplaced), 2),
        "map": density(points, partition.labels),
        "agreed": lists.agreed_by_every_group(by_group, partition.sizes, numbers, towards="agree"),
        "refused": lists.agreed_by_every_group(by_group, partition.sizes, numbers, towards="disagree"),
        "leaning": lists.leaning_to_agreement(by_group, partition.sizes, numbers),
        "dividing": lists.dividing_groups(by_group, numbers),
        "table": _table(votes, labels, partition.groups, numbers),
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    """A number of groups that was tried, with what the gate saw."""
    return {
        "groups": one.partition.groups,
        "silhouette": round(one.partition.silhouette, 3),
        "silhouette_by_chance": round(one.null_high, 3),
        "stability": None if one.stability is None else round(one.stability, 2),
        "fails": list(one.reasons),
    }


def _groups(chosen: Candidate) -> list[dict[str, Any]]:
    sizes = chosen.partition.sizes.tolist()
    return [
        {"name": name, "voters": size, "from": min(low, size), "to": max(high, size)}
        for name, size, (low, high) in zip(GROUP_NAMES, sizes, chosen.spans, strict=False)
    ]


def _agreement_without_habits(votes: Votes, found: Groups, unplaced: int) -> float:
    """How much the groups agree with those found once each voter's habit of saying yes is taken away: 1 the same, 0 by chance."""
    assert found.chosen is not None
    count = found.chosen.partition.groups
    points = space_without_habits(votes.after(unplaced)).voters[found.voters - unplaced]
    again = {one.groups: one for one in partitions(points, most=count, seed=found.thresholds.seed)}
    return agreement(found.chosen.partition.labels, again[count].labels) if count in again else 0.0


def _axes(found: Groups, numbers: list[int]) -> list[dict[str, Any]]:
    """For each line of the map its part of all differences, and the texts that say most at each end: agreed with there."""
    axes, strength = found.space.axes, found.space.strength
    told = []
    for axis, force in zip(axes, strength, strict=True):
        order = np.argsort(np.round(axis, 9), kind="stable")
        low, high = order[:ENDS], order[::-1][:ENDS]
        told.append(
            {
                "part": round(float(force**2 / max((strength**2).sum(), 1e-12)), 2),
                "low": [numbers[text] for text in low.tolist() if axis[text] < 0],
                "high": [numbers[text] for text in high.tolist() if axis[text] > 0],
            }
        )
    return told


def _table(votes: Votes, labels: Integers, groups: int, numbers: list[int]) -> dict[str, Any]:
    """Group × text × position: agree, mixed, disagree of each group in order, and last of those in none when there are any."""
    own = np.where(labels < 0, groups, labels)
    rows = groups + 1 if (labels < 0).any() else groups
    counted = tally_by_group(votes, own, rows)
    cells = np.stack([counted.agree, counted.seen - counted.agree - counted.disagree, counted.disagree], axis=2)
    shown = np.flatnonzero((cells >= LEAST_CELL).all(axis=(0, 2)))
    return {
        "has_no_group_row": rows > groups,
        "rows": [{"number": numbers[text], "groups": cells[:, text].tolist()} for text in shown.tolist()],
        "not_shown": votes.m - len(shown),
        "representing": _representing(counted, groups, numbers),
    }


def _representing(counted: Tally, groups: int, numbers: list[int]) -> list[list[dict[str, Any]]]:
    """For each group the texts that set it apart from the others beyond chance, and whether it agrees."""
    only = Tally(counted.agree[:groups], counted.disagree[:groups], counted.seen[:groups])
    found = representing.representativeness(only)
    few = frozenset(np.flatnonzero((only.seen < LEAST_CELL).any(axis=0)).tolist())
    told = []
    for group in range(groups):
        rows = representing.representative_rows(found, group, hidden=few)
        rows = [row for row in rows if row.trials >= LEAST_CELL and row.ratio_test > representing.CRITICAL]
        told.append([{"number": numbers[row.text], "agrees": row.agrees, "share": lists.stepped(row.share)} for row in rows])
    return told


def _selection(votes: Votes, numbers: list[int]) -> dict[str, Any]:
    """The few texts that leave fewest voters without one they agree with, and how many find one."""
    chosen = proportional_selection(votes, size=min(MOST_SELECTED, votes.m))
    with_one = int((represented(votes, chosen) > 0).sum())
    is_shown = min(with_one, votes.n - with_one) >= LEAST_CELL
    return {"numbers": [numbers[text] for text in chosen], "voters_with_one": with_one if is_shown else None}


def _bridging(votes: Votes, whole: Tally, numbers: list[int]) -> list[dict[str, Any]]:
    """Texts that are agreed with across the line that divides most; a score without groups."""
    score = bridging(votes).score
    enough = np.flatnonzero((whole.seen >= LEAST_CELL) & (score > 0))
    order = enough[np.argsort(-np.round(score[enough], 4), kind="stable")][: lists.MOST_LISTED]
    return [{"number": numbers[text], "score": round(float(score[text]), 2)} for text in order.tolist()]
