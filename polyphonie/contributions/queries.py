"""What do pages ask of voices? One by its number, which numbers are known, the answers to one."""

from collections.abc import Iterable

from django.db.models import F, Sum

from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.addresses import contribution_address
from polyphonie.processes.models import Consultation


def numbered(process: str, number: int) -> Contribution:
    """The contribution of this number in the process of this slug; raises Contribution.DoesNotExist."""
    return Contribution.objects.select_related("consultation__theme", "process", "author", "speaks_for", "about").get(
        process__slug=process, number=number
    )


def known_addresses(process: str, numbers: Iterable[int]) -> dict[int, str]:
    """The addresses of those of these numbers that exist in the process, in one query."""
    wanted = list(numbers)
    if not wanted:
        return {}
    known = Contribution.objects.filter(process__slug=process, number__in=wanted).values_list("number", flat=True)
    return {number: contribution_address(process, number) for number in known.order_by("number")}


def imported_votes(consultations: Iterable[Consultation]) -> int:
    """The votes taken over from elsewhere on the texts that are shown: one query, and none where nothing was taken over."""
    taken_over = [consultation.pk for consultation in consultations if consultation.is_imported]
    if not taken_over:
        return 0
    votes = F("imported_agree") + F("imported_mixed") + F("imported_disagree")
    shown = Contribution.objects.filter(consultation__in=taken_over, status=Status.PUBLISHED)
    return int(shown.aggregate(votes=Sum(votes, default=0))["votes"])
