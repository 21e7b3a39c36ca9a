"""Who among the voters finds in a synthesis something they agree with? The figures of coverage that need voters' keys.

Computed by the operator, not verifiable from what is published. Participant coverage, satisfaction of proportional approval
voting (Thiele 1895: the harmonic number of how many cited texts a voter agrees with), the four-fifths rule with a test of two
proportions for groups of opinion, and the alarm of justified representation (Aziz et al. 2017). On the votes that were cast:
an estimate where voters saw part of the texts (Halpern et al. 2023), never a proof.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyphonie.opinion.citing.cited import Share
from polyphonie.opinion.fingerprint import input_hash
from polyphonie.opinion.votes.matrix import Integers, Votes, votes_hash
from polyphonie.opinion.votes.selection import represented, unrepresented

FORMULA = "representation/1"
LEAST_CELL = 10
FOUR_FIFTHS = 0.8
CRITICAL_Z = -1.645
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Represented:
    """Voters of a group or of a topic, and those who agree with at least one cited text; `is_left_behind`: well below the whole,
    beyond chance. `with_one` and `satisfaction` are None when fewer than ten stand on either side; of groups, all or none are
    given, those in no group included, so that none is found by subtraction."""

    label: int
    voters: int
    with_one: Share | None
    satisfaction: float | None
    is_left_behind: bool


@dataclass(frozen=True, slots=True)
class Unrepresented:
    """An uncited text, by its index, and how many voters agree with it and with nothing that is cited: enough for a statement."""

    text: int
    voters: int


@dataclass(frozen=True)
class Representation:
    """What voters find of theirs. `satisfaction`: the mean over voters of 1 + 1/2 + … + 1/r, r cited texts agreed with.
    `unrepresented_by_group`: the same alarm inside each group, held against its own number of voters."""

    formula: str
    parameters: dict[str, float]
    seed: int | None
    input_hash: str
    with_one: Share
    satisfaction: float
    groups: tuple[Represented, ...]
    topics: tuple[Represented, ...]
    unrepresented: tuple[Unrepresented, ...]
    unrepresented_by_group: tuple[tuple[Unrepresented, ...], ...]

    def as_json(self) -> dict[str, Any]:
        """The same as dictionaries, lists, numbers and texts only."""
        return asdict(self)


PARAMETERS: dict[str, float] = {"least_cell": LEAST_CELL, "share_of_the_whole": FOUR_FIFTHS, "critical_z": CRITICAL_Z}


def representation(
    votes: Votes,
    cited: Sequence[int],
    *,
    statements: int,
    labels: Integers | None = None,
    topic_of: Integers | None = None,
) -> Representation:
    """What the voters find of theirs in the texts `cited` (indices 0…m-1), for a synthesis of so many `statements`.

    `labels` (n): the group of opinion of each voter, -1 for none; `topic_of` (m): the topic of each text, -1 for none. A voter
    who took no position counts nowhere. Linear in the number of votes.
    """
    chosen = sorted(set(cited))
    voting = votes.of(np.flatnonzero(votes.per_voter > 0))
    groups = np.full(votes.n, -1) if labels is None else np.asarray(labels)
    of_voter = groups[votes.per_voter > 0]
    agreed = represented(voting, chosen)
    harmonic = _harmonic(agreed)
    whole = Share(int((agreed > 0).sum()), voting.n)
    labelled = range(int(of_voter.max(initial=-1)) + 1)
    return Representation(
        formula=FORMULA,
        parameters=dict(PARAMETERS),
        seed=None,
        input_hash=input_hash([votes_hash(voting), chosen, statements, *_hashed(voting, of_voter, topic_of)]),
        with_one=whole,
        satisfaction=_mean(harmonic),
        groups=_by_group(of_voter, agreed > 0, harmonic),
        topics=_by_topic(voting, chosen, topic_of),
        unrepresented=_alarms(voting, chosen, statements),
        unrepresented_by_group=tuple(
            _alarms(voting.of(np.flatnonzero(of_voter == group)), chosen, statements) for group in labelled
        ),
    )


def _alarms(votes: Votes, chosen: list[int], statements: int) -> tuple[Unrepresented, ...]:
    """The texts that enough of these voters agree with for a statement, who agree with nothing cited; the most first."""
    found = unrepresented(votes, chosen, places=statements)
    return tuple(Unrepresented(text, count) for text, count in found if count >= LEAST_CELL)


def _hashed(voting: Votes, of_voter: Integers, topic_of: Integers | None) -> list[object]:
    """The sizes of groups and the topics, as the hash takes them."""
    return [np.bincount(of_voter[of_voter >= 0]).tolist(), [] if topic_of is None else np.asarray(topic_of).tolist()]


def _harmonic(counts: Integers) -> NDArray[np.float64]:
    """1 + 1/2 + … + 1/r for each count r, 0 for none."""
    steps = 1 / np.arange(1, int(counts.max(initial=0)) + 1)
    return np.concatenate([[0.0], np.cumsum(steps)])[counts]


def _mean(values: NDArray[np.float64]) -> float:
    return round(float(values.mean()), DECIMALS) if len(values) else 0.0


def _by_group(of_voter: Integers, with_one: NDArray[np.bool_], harmonic: NDArray[np.float64]) -> tuple[Represented, ...]:
    found = [_of_some(group, of_voter == group, with_one, harmonic) for group in range(int(of_voter.max(initial=-1)) + 1)]
    without = _of_some(-1, of_voter == -1, with_one, harmonic)
    if all(one.with_one is not None for one in found) and (without.with_one is not None or not without.voters):
        return tuple(found)
    return tuple(replace(one, with_one=None, satisfaction=None) for one in found)


def _of_some(label: int, chosen: NDArray[np.bool_], with_one: NDArray[np.bool_], harmonic: NDArray[np.float64]) -> Represented:
    """The voters `chosen` beside all the others."""
    here = Share(int((with_one & chosen).sum()), int(chosen.sum()))
    whole = Share(int(with_one.sum()), len(with_one))
    is_left_behind = here.value < FOUR_FIFTHS * whole.value and _z(here, whole) < CRITICAL_Z
    if min(here.part, here.whole - here.part) < LEAST_CELL:
        return Represented(label, here.whole, None, None, is_left_behind)
    return Represented(label, here.whole, here, _mean(harmonic[chosen]), is_left_behind)


def _z(here: Share, whole: Share) -> float:
    """The test of two proportions, those here against all others; 0 when there is nothing to compare."""
    others = Share(whole.part - here.part, whole.whole - here.whole)
    if not here.whole or not others.whole or whole.part in (0, whole.whole):
        return 0.0
    spread = whole.value * (1 - whole.value) * (1 / here.whole + 1 / others.whole)
    return (here.value - others.value) / sqrt(spread)


def _by_topic(voting: Votes, chosen: Sequence[int], topic_of: Integers | None) -> tuple[Represented, ...]:
    """For each topic, of those who took a position on one of its texts, who agrees with a cited one of it."""
    if topic_of is None:
        return ()
    found = []
    is_cited = np.isin(np.arange(voting.m), chosen)
    for topic in range(int(topic_of.max(initial=-1)) + 1):
        part = voting.on(np.flatnonzero(topic_of == topic))
        part = part.of(np.flatnonzero(part.per_voter > 0))
        agreed = represented(part, np.flatnonzero(is_cited[topic_of == topic]).tolist())
        found.append(_of_some(topic, np.ones(part.n, dtype=bool), agreed > 0, _harmonic(agreed)))
    return tuple(found)
