"""What is published of what voters find of theirs in a synthesis? Steps and tens, never a count of fewer than ten people.

A synthesis has several versions, and two exact counts give their difference: shares go down to steps of five hundredths,
satisfaction to a tenth, counts of people to tens. Computed by the operator, not verifiable from what is published.
"""

from collections.abc import Mapping, Sequence
from math import floor
from typing import Any

import numpy as np

from polyphonie.opinion.citing.cited import Share
from polyphonie.opinion.citing.representation import LEAST_CELL, Represented, Unrepresented, representation
from polyphonie.opinion.votes.analysing import GROUP_NAMES
from polyphonie.opinion.votes.gate import Thresholds, groups_again
from polyphonie.opinion.votes.lists import STEP, stepped
from polyphonie.opinion.votes.matrix import Votes

TENS = 10
TENTHS = 10


def found_by_voters(
    votes: Votes,
    numbers: list[int],
    *,
    cited: Sequence[int],
    statements: int,
    unplaced: int = 0,
    groups: Sequence[int] = (),
    topics: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What voters find of theirs in the texts `cited` (numbers), for so many `statements`, as it is published.

    The first `unplaced` voters are in no group. `groups`: the sizes of the groups of opinion that were published, in order;
    `topics`: number (as text) → topic.
    """
    places = {number: place for place, number in enumerate(numbers)}
    sorted_under = {int(number): topic for number, topic in (topics or {}).items()}
    names = sorted(set(sorted_under.values()))
    topic_of = np.array([names.index(sorted_under[one]) if one in sorted_under else -1 for one in numbers], dtype=np.int64)
    found = representation(
        votes,
        [places[number] for number in cited if number in places],
        statements=statements,
        labels=groups_again(votes, groups, unplaced=unplaced),
        topic_of=topic_of,
    )
    return {
        "formula": found.formula,
        "parameters": {**found.parameters, "step": STEP, "tens": TENS},
        "seed": Thresholds().seed if found.groups else None,
        "input_hash": found.input_hash,
        "voters": found.with_one.whole,
        "statements": statements,
        **_shared(found.with_one, found.satisfaction),
        "groups": [
            {"group": name, **_represented(one), "unrepresented": _alarms(alarms, numbers)}
            for name, one, alarms in zip(GROUP_NAMES, found.groups, found.unrepresented_by_group, strict=False)
        ],
        "topics": [
            {"topic": name, **_represented(one), "voters": one.voters // TENS * TENS}
            for name, one in zip(names, found.topics, strict=False)
            if one.voters >= LEAST_CELL
        ],
        "unrepresented": _alarms(found.unrepresented, numbers),
    }


def _shared(share: Share, satisfaction: float) -> dict[str, Any]:
    """`few`: on which side fewer than ten stand, where a share is not told for that."""
    told: dict[str, Any] = {"with_one": None, "satisfaction": None, "few": ""}
    if share.part < LEAST_CELL:
        return {**told, "few": "with_one"}
    if share.whole - share.part < LEAST_CELL:
        return {**told, "few": "without"}
    return {**told, "with_one": stepped(share.value), "satisfaction": _tenths(satisfaction)}


def _represented(one: Represented) -> dict[str, Any]:
    return {
        "voters": one.voters,
        "with_one": None if one.with_one is None else stepped(one.with_one.value),
        "satisfaction": None if one.satisfaction is None else _tenths(one.satisfaction),
        "is_left_behind": one.is_left_behind,
    }


def _tenths(value: float) -> float:
    return floor(value * TENTHS + 1e-9) / TENTHS


def _alarms(alarms: Sequence[Unrepresented], numbers: list[int]) -> list[dict[str, int]]:
    return [{"number": numbers[one.text], "at_least": one.voters // TENS * TENS} for one in alarms]
