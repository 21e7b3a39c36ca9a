"""What does the background job compute for a synthesis, from what, and when is it due?

Two measures: near-duplicates among the proposals, which need all pairs of texts; and what voters find of theirs, which needs
voters' keys, and waits for the closing and for the analysis of opinions. The second is computed again for each published version.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from polyphonie.consultation.queries.opinions import analysis_of, texts_to_analyse
from polyphonie.contributions.models import Contribution, Kind, Status
from polyphonie.opinion.apart import NEARNESS, TOO_FEW, computed
from polyphonie.opinion.fingerprint import input_hash
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.content import content_of
from polyphonie.synthesis.models import Measure, Synthesis, SynthesisVersion
from polyphonie.synthesis.queries.covering import claims_of
from polyphonie.synthesis.queries.remembered import topics_by_number

AGAIN_AFTER = timedelta(minutes=10)
"""What is being written is looked at again no sooner."""
TRIED_AGAIN_AFTER = timedelta(hours=1)
FOUND, FAILED = "found", "failed"


@dataclass(frozen=True)
class Representing:
    """What the figures of voters are computed from, without the votes: `settings` for the computation, `basis` their hash."""

    texts: list[int]
    settings: dict[str, Any]
    basis: str
    is_too_few: bool
    analysed_on: date
    """Who asked since not to be placed is still in the groups that were published."""


def due_for_measure(kind: Measure.Kind, *, now: datetime) -> list[Synthesis]:
    """Syntheses that are not final, on the site where they are written, last looked at some time ago or never."""
    fresh = Measure.objects.filter(kind=kind, read_at__gt=now - AGAIN_AFTER).values("synthesis")
    due = Synthesis.objects.exclude(state=Synthesis.State.FINAL).exclude(pk__in=fresh)
    if kind == Measure.Kind.REPRESENTATION:
        due = due.filter(consultation__state=Consultation.State.CLOSED)
    return list(due.filter(consultation__process__copied_from="").select_related("consultation__process").order_by("pk"))


def known_measure(synthesis: Synthesis, kind: Measure.Kind) -> Measure | None:
    return Measure.objects.filter(synthesis=synthesis, kind=kind).first()


def texts_compared(consultation: Consultation) -> str:
    """The hash of the proposals that are shown, by number and revision."""
    return input_hash([list(row) for row in _proposals(consultation).values_list("number", "revision")])


def near_duplicates(consultation: Consultation) -> dict[str, Any]:
    """Which proposals nearly say the same, found in a process of its own. Raises Failed."""
    texts = {number: (title, body) for number, title, body in _proposals(consultation).values_list("number", "title", "body")}
    if len(texts) < 2:
        return {"formula": "", "families": [], "pairs": []}
    return computed(NEARNESS, texts, (), settings={"texts": {str(number): words for number, words in texts.items()}})


def _proposals(consultation: Consultation) -> QuerySet[Contribution]:
    shown = Contribution.objects.filter(consultation=consultation, kind=Kind.PROPOSAL, status=Status.PUBLISHED)
    return shown.order_by("number")


def representing(synthesis: Synthesis, content: Mapping[str, Any], sorted_under: Mapping[int, str]) -> Representing | None:
    """What to compute for this content; None as long as the opinions of the consultation are not analysed."""
    analysis = analysis_of(synthesis.consultation)
    if analysis is None:
        return None
    result = analysis.result
    claims = claims_of(content)
    settings = {
        "cited": sorted({number for claim in claims for number in claim.cites}),
        "statements": len(claims),
        "groups": [group["voters"] for group in result.get("groups", [])],
        "topics": {str(number): topic for number, topic in sorted(sorted_under.items())},
    }
    texts = texts_to_analyse(synthesis.consultation)
    basis = input_hash([settings, texts, result.get("input_hash", "")])
    return Representing(texts, settings, basis, result["verdict"] == TOO_FEW, timezone.localdate(analysis.computed_at))


def of_the_draft(synthesis: Synthesis) -> Representing | None:
    return representing(synthesis, content_of(synthesis), topics_by_number(synthesis))


def of_the_version(version: SynthesisVersion) -> Representing | None:
    """The same for a published version, sorted as it was then."""
    sorted_then = {int(number): topics[0] for number, topics in version.coverage.get("sorted", {}).items()}
    return representing(version.synthesis, version.content, sorted_then)


def versions_to_represent(*, now: datetime) -> Iterator[SynthesisVersion]:
    """Published versions of which nobody knows yet what voters find in them; one whose computation failed waits for an hour."""
    here = SynthesisVersion.objects.filter(
        Q(representation={}) | Q(representation__verdict=FAILED),
        synthesis__consultation__process__copied_from="",
        synthesis__consultation__state=Consultation.State.CLOSED,
    )
    for version in here.select_related("synthesis__consultation__process").order_by("pk"):
        tried = version.representation.get("computed_at")
        if tried is None or datetime.fromisoformat(tried) <= now - TRIED_AGAIN_AFTER:
            yield version
