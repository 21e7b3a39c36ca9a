"""Which passages did rapporteurs keep to quote later, and what do they say now?"""

from dataclasses import dataclass

from django.db.models import QuerySet

from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import KeptPassage
from polyphonie.synthesis.queries.quoting import sources_of, words_of


@dataclass(frozen=True)
class Passage:
    """A kept passage with its words as they are shown now; none once they are withdrawn."""

    kept: KeptPassage
    words: str


def passages_of(consultation: Consultation) -> QuerySet[KeptPassage]:
    return KeptPassage.objects.filter(synthesis__consultation=consultation)


def passages_kept(kept: QuerySet[KeptPassage]) -> list[Passage]:
    """These passages with their words, in the order of the contributions: two queries, or one."""
    held = list(kept.select_related("contribution").order_by("contribution__number", "start"))
    sources = sources_of(held)
    return [Passage(one, words_of(one, sources)) for one in held]
