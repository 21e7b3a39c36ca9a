"""Which proposals say nearly the same as this one, or perhaps the contrary? What the last job found, else the index.

A suggestion for a person, never a decision; what perhaps says the contrary is never called the same (`opinion.texts.stance`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from polyphonie.contributions.models import Contribution, Kind
from polyphonie.opinion.citing.cited import MILLION
from polyphonie.opinion.texts.similarity import Candidate, Label, closest, label_of
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.queries.live import nearness_as_written, shown_in
from polyphonie.synthesis.queries.suggesting import likeliest

WORTH_A_HINT = 0.3
"""From here on one says that two texts say perhaps the same; the list of near ones begins lower."""
_PAIRS = '"pairs": [['
MOST_HINTS, MOST_NEAR = 3, 20
MOST_COMPARED, MOST_TOLD = 25, 500
"""As long as no job has compared all texts, so many are, found by the words of so many characters."""


@dataclass(frozen=True)
class Near:
    """A proposal near another: how near, from 0 to 1, and what it is to it."""

    contribution: Contribution
    score: float
    label: Label

    @property
    def is_contrary(self) -> bool:
        return self.label == "perhaps_contrary"


def near_ones(consultation: Consultation, text: Contribution) -> list[Near]:
    """The proposals nearest to this one, the nearest first; looked for now as long as no job compared all texts."""
    if text.kind != Kind.PROPOSAL:
        return []
    scores = _measured(consultation, text.number)
    return _compared(consultation, text) if scores is None else _nearest(consultation, text, scores)


def _nearest(consultation: Consultation, text: Contribution, scores: Mapping[int, float]) -> list[Near]:
    kept = sorted(scores, key=lambda number: (-scores[number], number))[:MOST_NEAR]
    found = {one.number: one for one in _proposals(consultation).filter(number__in=kept)}
    return [_judged(text, found[number], scores[number]) for number in kept if number in found]


def hints_for(consultation: Consultation, text: Contribution, *, read: QuerySet[Contribution]) -> list[Near]:
    """Those already read that perhaps say the same as this one, or the contrary, as the last job knew them: three queries."""
    scores = {number: score for number, score in (_measured(consultation, text.number) or {}).items() if score >= WORTH_A_HINT}
    near = _nearest(consultation, text, scores)
    known = set(read.filter(pk__in=[one.contribution.pk for one in near]).values_list("pk", flat=True)) if near else set()
    return [one for one in near if one.contribution.pk in known][:MOST_HINTS]


def _measured(consultation: Consultation, number: int) -> dict[int, float] | None:
    """The pairs of this text, as the last job left them; None without one. Read as they are written: there may be 100,000."""
    written = nearness_as_written(consultation)
    start = written.find(_PAIRS)
    if start < 0:
        return None
    pair_of = re.compile(rf"\[(?:{number}, (\d+)|(\d+), {number}), (\d+)\]")
    found = pair_of.finditer(written, start, written.find("]]", start) + 2)
    return {int(pair[1] or pair[2]): int(pair[3]) / MILLION for pair in found}


def _compared(consultation: Consultation, text: Contribution) -> list[Near]:
    found, _weights = likeliest(consultation, f"{text.title}\n{text.body}"[:MOST_TOLD], most=MOST_COMPARED)
    some = {one.number: one for one in found if one.pk != text.pk and one.kind == Kind.PROPOSAL}
    asked = [Candidate(number, one.title, one.body) for number, one in some.items()]
    matches = closest(text.title, text.body, asked, limit=MOST_NEAR)
    return [Near(some[match.key], match.score, match.label) for match in matches]


def _judged(text: Contribution, other: Contribution, score: float) -> Near:
    return Near(other, score, label_of(score, (text.title, text.body), (other.title, other.body)))


def _proposals(consultation: Consultation) -> QuerySet[Contribution]:
    return shown_in(consultation).filter(kind=Kind.PROPOSAL)
