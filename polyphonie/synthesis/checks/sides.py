"""Does a controversy have two sides and votes that divide, an agreement everybody's, an action lead its proposal? (V5)

What votes say of a text, where they are counted by group of opinion (the last analysis, computed by the operator): an agreement
holds in every group (the least of the lower 90 % bounds, Wilson, is one half or more), a controversy may divide groups (eta
squared). Otherwise, and everywhere else: the bounds of the whole population, and votes surely split (`surely_divided`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from polyphonie.core.printing import share
from polyphonie.opinion.formulae import POLARISATION_MINIMUM, surely_divided, wilson_lower
from polyphonie.synthesis.checks.figures import Counted
from polyphonie.synthesis.checks.said import Said

AGREEMENT, CONTROVERSY, ACTION_LEAD = "agreement", "controversy", "action_lead"
HALF = 0.5
Doubt = tuple[str, str]
"""What it is about, and its words."""


@dataclass(frozen=True)
class Pattern:
    """What the last analysis says of texts: the votes of each group of opinion, by name; which texts divide them; all names."""

    groups: Mapping[int, Mapping[str, Counted]] = field(default_factory=dict)
    dividing: frozenset[int] = frozenset()
    names: tuple[str, ...] = ()

    def least_agreed(self, number: int) -> tuple[str, Counted] | None:
        """The group that agrees least for certain with this text, and its votes; None where votes are not told by group."""
        told = self.groups.get(number)
        if not told:
            return None
        return min(told.items(), key=lambda one: (wilson_lower(one[1].agree, one[1].votes), one[0]))


NO_PATTERN = Pattern()


class Controversies:
    """What the controversies of a synthesis rest on: those under one topic with positions are one."""

    def __init__(self, statements: Sequence[Said], pattern: Pattern) -> None:
        self._pattern = pattern
        told = [one for one in statements if one.column == CONTROVERSY and one.position and one.cites]
        self.positions = {(one.topic, one.position) for one in told}
        self._of_topic: dict[str, dict[int, Counted]] = {}
        for one in told:
            self._of_topic.setdefault(one.topic, {}).update(_voted(one))

    def votes_of(self, said: Said) -> dict[int, Counted]:
        """The voted texts that a controversy rests on, and their votes."""
        return self._of_topic.get(said.topic, {}) if said.position else _voted(said)

    def is_divided(self, number: int, counted: Counted) -> bool:
        return number in self._pattern.dividing or surely_divided(counted.agree, counted.mixed, counted.disagree)


def doubts(said: Said, controversies: Controversies, pattern: Pattern) -> Iterable[Doubt]:
    """What V5 asks about a statement."""
    if said.is_linking:
        return
    if said.column == CONTROVERSY:
        yield from _of_sides(said, controversies)
        yield from _of_division(said, controversies)
    elif said.column == AGREEMENT:
        yield from _of_agreement(said, pattern)
    elif said.column == ACTION_LEAD and not any(one.kind in ("proposal", "completion") for one in said.cites):
        yield "proposition", _("An action lead rests on at least one proposal: none is cited.")


def _of_agreement(said: Said, pattern: Pattern) -> Iterable[Doubt]:
    for one in dict.fromkeys(said.cites):
        least = pattern.least_agreed(one.number)
        if least is not None and wilson_lower(least[1].agree, least[1].votes) < HALF:
            told = {"figure": least[1].in_words(one.number), "group": least[0]}
            yield f"#{one.number}", _("A point of agreement? In group %(group)s, %(figure)s (operator's figure).") % told
        elif least is None and one.counted.votes and not one.counted.is_majority:
            yield f"#{one.number}", _("A point of agreement? %(figure)s.") % {"figure": one.counted.in_words(one.number)}


def _of_sides(said: Said, controversies: Controversies) -> Iterable[Doubt]:
    if said.position:
        other = "b" if said.position == "a" else "a"
        if (said.topic, other) not in controversies.positions:
            place = {"position": other.upper()}
            words = _("The controversy has one side: under this topic no position %(position)s cites anything.") % place
            yield f"position {other}", words
        return
    sides = {one.side for one in said.cites if one.side}
    if len(sides) < 2:
        words = _("The controversy has one side: cite an argument for and one against, or write its positions A and B.")
        yield "pour" if "for" not in sides else "contre", words


def _of_division(said: Said, controversies: Controversies) -> Iterable[Doubt]:
    """The votes on what a controversy rests on do not divide people; silent where too few voted."""
    voted = {number: one for number, one in controversies.votes_of(said).items() if one.votes >= POLARISATION_MINIMUM}
    if not voted or any(controversies.is_divided(number, counted) for number, counted in voted.items()):
        return
    number, counted = max(voted.items(), key=lambda one: (one[1].votes, -one[0]))
    told = {"number": number, "agree": share(counted.agree, counted.votes), "disagree": share(counted.disagree, counted.votes)}
    words = _("A controversy? On #%(number)s votes are not divided: %(agree)s agree, %(disagree)s disagree.")
    yield "votes", words % told


def _voted(said: Said) -> dict[int, Counted]:
    return dict(one.voted for one in said.cites if one.voted[1].votes)
