"""Into which sections was a consultation sorted where it was taken over from? A plan may begin with them."""

from dataclasses import dataclass

from django.db.models import Count, Min

from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import DecidedSuggestion
from polyphonie.synthesis.queries.finding import proposals_of

LEAST_SECTIONS = 2


@dataclass(frozen=True)
class Section:
    """A section of the source, and how many of the proposals that are shown it held."""

    label: str
    proposals: int


def sections_of(consultation: Consultation) -> list[Section]:
    """Its sections in the order of the source, that of their first proposals; none where it sorts nothing: one query, or none."""
    if not consultation.is_imported:
        return []
    sorted_there = proposals_of(consultation).exclude(section="").order_by().values("section")
    rows = sorted_there.annotate(count=Count("pk"), first=Min("number")).order_by("first")
    found = [Section(label, count) for label, count in rows.values_list("section", "count")]
    return found if len(found) >= LEAST_SECTIONS else []


def begun_with_sections(consultation: Consultation) -> DecidedSuggestion | None:
    """Who had the plan begin with them, and when."""
    taken = DecidedSuggestion.objects.filter(synthesis__consultation=consultation, kind=DecidedSuggestion.Kind.SECTION)
    return taken.first()
