"""How well does the text being written take up what was said? The line above the desk, and what to read before concluding.

The whole measure is `covering`'s, published with a version; these ask the database for their few figures, so that the desk stays
fluid with ten thousand contributions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from json import JSONDecoder

from django.db.models import Count, F, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast

from polyphonie.contributions.models import Contribution, Kind, Side, Status
from polyphonie.opinion.citing.cited import Voice
from polyphonie.opinion.citing.coverage import ToRead, coverage
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import Citation, Measure, UncitedReason

MOST_CONSIDERED = 300
"""Uncited proposals, those with most votes first, among which the most pressing are looked for."""

_FAMILIES, _DECODER = '"families": ', JSONDecoder()
_AGREE, _MIXED, _DISAGREE = (F(name) + F(f"imported_{name}") for name in ("agree", "mixed", "disagree"))


@dataclass(frozen=True)
class Line:
    """The headline: proposals, those cited, those with a reason, the votes on them, arguments cited by side. From the last job,
    with its time: what voters of each group find of theirs, and how many texts left aside raise the alarm."""

    proposals: int
    cited: int
    explained: int
    votes: int
    votes_cited: int
    cited_for: int
    cited_against: int
    groups: list[tuple[str, float]] = field(default_factory=list)
    unrepresented: int = 0
    found_at: datetime | None = None

    @property
    def unexplained(self) -> int:
        """Proposals that are neither cited nor left out for a reason."""
        return max(0, self.proposals - self.cited - self.explained)


def citations_in(consultation: Consultation) -> QuerySet[Citation]:
    """What the text cites, as it stands now."""
    return Citation.objects.filter(statement__synthesis__consultation=consultation)


def shown_in(consultation: Consultation) -> QuerySet[Contribution]:
    return Contribution.objects.filter(consultation=consultation, status=Status.PUBLISHED)


def line_of(consultation: Consultation) -> Line:
    """The headline, as the text stands now: five queries."""
    cited = citations_in(consultation).order_by().values("contribution")
    proposals = shown_in(consultation).filter(kind=Kind.PROPOSAL)
    total = Sum(_AGREE + _MIXED + _DISAGREE, default=0)
    whole = proposals.aggregate(count=Count("pk"), votes=total)
    taken = proposals.filter(pk__in=cited).aggregate(count=Count("pk"), votes=total)
    sides = shown_in(consultation).filter(pk__in=cited, kind=Kind.ARGUMENT)
    by_side = sides.aggregate(pro=Count("pk", filter=Q(side=Side.FOR)), con=Count("pk", filter=Q(side=Side.AGAINST)))
    given = UncitedReason.objects.filter(synthesis__consultation=consultation, contribution__status=Status.PUBLISHED)
    explained = given.filter(contribution__kind=Kind.PROPOSAL).exclude(contribution__in=cited).count()
    counted = whole["count"], taken["count"], explained, whole["votes"], taken["votes"], by_side["pro"], by_side["con"]
    return Line(*counted, *_found_in(consultation))


def _found_in(consultation: Consultation) -> tuple[list[tuple[str, float]], int, datetime | None]:
    """What the last job found of voters: the share of each group where they may be told, the alarms, and when."""
    kept = Measure.objects.filter(synthesis__consultation=consultation, kind=Measure.Kind.REPRESENTATION)
    result, read_at = kept.values_list("result", "read_at").first() or ({}, None)
    if "unrepresented" not in result:
        return [], 0, None
    groups = [(group["group"], group["with_one"]) for group in result["groups"] if group["with_one"] is not None]
    return groups, len(result["unrepresented"]), read_at


def to_read_of(consultation: Consultation) -> list[ToRead]:
    """What to read before concluding, the most pressing first: among the uncited proposals with most votes that have no reason.

    The score of `coverage/1` is at most the root of the votes: what is left out has fewer votes than those considered. Families
    are those of the last job; one of which a member is cited is not to be read.
    """
    cited = citations_in(consultation).order_by().values("contribution")
    given = UncitedReason.objects.filter(synthesis__consultation=consultation).order_by().values("contribution")
    uncited = shown_in(consultation).filter(kind=Kind.PROPOSAL).exclude(pk__in=cited).exclude(pk__in=given)
    rows = (
        uncited.annotate(a=_AGREE, m=_MIXED, d=_DISAGREE, total=_AGREE + _MIXED + _DISAGREE)
        .order_by("-total", "number")
        .values_list("number", "a", "m", "d")[:MOST_CONSIDERED]
    )
    voices = [Voice(number, agree=agree, mixed=mixed, disagree=disagree) for number, agree, mixed, disagree in rows]
    families = families_of_last_job(consultation)
    is_said = set(cited_in(consultation, families))
    waiting = [voice for voice in voices if voice.number not in is_said]
    return list(coverage(waiting, (), families=families).to_read)


def families_of_last_job(consultation: Consultation) -> list[list[int]]:
    """The families of near-duplicates that the last job found, without the pairs, which are many."""
    found = nearness_as_written(consultation)
    at = found.find(_FAMILIES)
    return [] if at < 0 else list(_DECODER.raw_decode(found, at + len(_FAMILIES))[0])


def nearness_as_written(consultation: Consultation) -> str:
    """What the last job found of near-duplicates, as it is written: to read 100,000 pairs takes longer than a page may. Or ""."""
    known = Measure.objects.filter(synthesis__consultation=consultation, kind=Measure.Kind.NEARNESS)
    return known.annotate(written=Cast("result", TextField())).values_list("written", flat=True).first() or ""


def cited_in(consultation: Consultation, families: list[list[int]]) -> Iterator[int]:
    """The numbers of the families of which a member is cited."""
    numbers = {number for family in families for number in family}
    cited = citations_in(consultation).filter(contribution__number__in=numbers) if numbers else Citation.objects.none()
    told = set(cited.order_by().values_list("contribution__number", flat=True))
    return (number for family in families if told.intersection(family) for number in family)
