"""What do pages ask of voices? One by its number, which numbers are known, the answers to one."""

from collections.abc import Iterable

from polyphonie.contributions.models import Contribution
from polyphonie.core.addresses import contribution_address


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
