"""What do the groups of opinion say, text by text, as the last analysis published it? Nothing where it claims no group.

Computed by the operator from who voted what, not verifiable; a text is told only where every cell holds ten people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from polyphonie.consultation.queries.opinions import analysis_of
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.checks.figures import Counted
from polyphonie.synthesis.checks.sides import NO_PATTERN, Pattern

APART = 0.1
"""So much more (or less) agreement than in the other groups, and a text is one of those of a group."""


@dataclass(frozen=True)
class Told:
    """What a group says of a text: the share that agrees, or that does not; and that of the others, where it is told."""

    number: int
    agrees: bool
    share: float
    others: float | None = None


def pattern_of(consultation: Consultation) -> Pattern:
    """What the last analysis says of the groups of opinion; nothing where it claims none. One query."""
    result = _claimed(consultation)
    if result is None:
        return NO_PATTERN
    dividing = frozenset(row["number"] for row in result["dividing"])
    return Pattern(_by_group(result), dividing, tuple(_names(result)))


def told_by_group(consultation: Consultation, name: str) -> list[Told]:
    """What sets this group apart, as the analysis says it, then other texts on which it differs from the others. One query."""
    result = _claimed(consultation)
    if result is None or name not in _names(result):
        return []
    rows = result["table"]["representing"][_names(result).index(name)]
    found = {row["number"]: Told(row["number"], row["agrees"], row["share"]) for row in rows}
    apart: list[Told] = []
    for number, groups in _by_group(result).items():
        agree, others = _share(groups[name]), _share(*(counted for other, counted in groups.items() if other != name))
        if number in found:
            one = found[number]
            found[number] = Told(number, one.agrees, one.share, others if one.agrees else None)
        elif abs(agree - others) >= APART:
            apart.append(Told(number, True, agree, others))
    apart.sort(key=lambda one: (-round(abs(one.share - (one.others or 0.0)), 9), one.number))
    return [*found.values(), *apart]


def _claimed(consultation: Consultation) -> dict[str, Any] | None:
    found = analysis_of(consultation)
    return None if found is None or found.result.get("verdict") != "groups" else found.result


def _names(result: Mapping[str, Any]) -> list[str]:
    return [group["name"] for group in result["groups"]]


def _by_group(result: Mapping[str, Any]) -> dict[int, dict[str, Counted]]:
    """The votes of each group on each text that is told; those of people in no group are left aside."""
    names = _names(result)
    rows = result["table"]["rows"]
    return {row["number"]: {name: Counted(*cells) for name, cells in zip(names, row["groups"], strict=False)} for row in rows}


def _share(*counted: Counted) -> float:
    return sum(one.agree for one in counted) / max(1, sum(one.votes for one in counted))
