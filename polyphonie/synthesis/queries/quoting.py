"""Which words does a citation show now? Drawn from the revision each time; none once they are hidden, withdrawn or erased."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from django.utils.translation import gettext as _

from polyphonie.contributions.models import Contribution, Revision, Status
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.checks.resolving import Citable


class Quoting(Protocol):
    """A citation or a kept passage, of the models."""

    contribution_id: int
    revision: int
    field: str
    start: int | None
    end: int | None


def retired() -> str:
    """What stands in place of words that are not shown any more."""
    return _("[quotation withdrawn]")


def sources_of(quoting: Iterable[Quoting]) -> dict[tuple[int, int], Revision]:
    """The revisions quoted, by contribution and number, those alone whose words may still be shown: one query, or none."""
    wanted: dict[int, set[int]] = {}
    for one in quoting:
        if one.start is not None:
            wanted.setdefault(one.contribution_id, set()).add(one.revision)
    if not wanted:
        return {}
    numbers = {number for revisions in wanted.values() for number in revisions}
    found = Revision.objects.filter(contribution__in=wanted, number__in=numbers, contribution__status=Status.PUBLISHED)
    return {(one.contribution_id, one.number): one for one in found.order_by("pk") if one.is_readable}


def words_of(one: Quoting, sources: Mapping[tuple[int, int], Revision]) -> str:
    """The words one citation quotes; empty when they are not shown any more."""
    source = sources.get((one.contribution_id, one.revision))
    if source is None or one.start is None:
        return ""
    return str(getattr(source, one.field))[one.start : one.end]


def citables(consultation: Consultation, numbers: Iterable[int]) -> dict[int, Citable]:
    """The texts of these numbers in the concertation, as they stand now: one query."""
    wanted = list(numbers)
    if not wanted:
        return {}
    found = (
        Contribution.objects.filter(process=consultation.process_id, number__in=wanted)
        .exclude(status=Status.SUBMITTED)
        .select_related("consultation", "about")
        .only(
            "number", "revision", "title", "body", "status", "consultation__title", "about__title", "about__body", "about__status"
        )
    )
    return {one.number: citable_of(one, consultation) for one in found.order_by("number")}


def citable_of(text: Contribution, consultation: Consultation) -> Citable:
    elsewhere = "" if text.consultation_id == consultation.pk else text.consultation.title
    about = text.about if text.about is not None and text.about.is_visible else None
    answered = "" if about is None else f"{about.title}\n{about.body}"
    return Citable(text.pk, text.number, text.revision, text.title, text.body, text.is_visible, elsewhere, answered)
