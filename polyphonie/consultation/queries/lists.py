"""Which twenty texts stand on this page of a list? Their keys are chosen first, along an index; then they are read."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from polyphonie.consultation.listing import DEFAULT_ORDER, DRAWN_FIELDS, ORDERS, Order
from polyphonie.contributions.models import Contribution, Kind, Side, Status
from polyphonie.contributions.queries import Face, faces_read
from polyphonie.core.storage.prepared import Prepared
from polyphonie.processes.models import Consultation

PER_PAGE = 20


@dataclass(frozen=True)
class Page:
    """One page of a list, in order, with what its links need; pages are numbered from 1."""

    order: Order
    faces: list[Face]
    number: int
    pages: int
    total: int


def listed(consultation: Consultation | int, *, nature: str = "", section: str = "") -> QuerySet[Contribution]:
    """The proposals that the lists of a consultation show."""
    texts = Contribution.objects.filter(consultation=consultation, kind=Kind.PROPOSAL, status=Status.PUBLISHED)
    if nature:
        texts = texts.filter(nature=nature)
    if section:
        texts = texts.filter(section=section)
    return texts


def page_of(
    consultation: Consultation,
    *,
    order: Order = DEFAULT_ORDER,
    number: int = 1,
    per_page: int = PER_PAGE,
    nature: str = "",
    section: str = "",
) -> Page:
    """One page of the consultation's proposals in this order: its count (kept beside the consultation, or made for a
    filter), then a walk along the index and one read of what the cards show, in one query."""
    texts = listed(consultation, nature=nature, section=section)
    total = texts.count() if nature or section else consultation.proposals
    pages = max(1, -(-total // per_page))
    number = min(max(1, number), pages)
    start = (number - 1) * per_page
    asked = {name: value for name, value in (("nature", nature), ("section", section)) if value}
    chosen = _walk(order.slug, start, start + per_page)(consultation=consultation.pk, **asked)
    return Page(order=order, faces=[Face(*row) for row in chosen], number=number, pages=pages, total=total)


@lru_cache(maxsize=256)
def _walk(order: str, start: int, end: int) -> Prepared[Any]:
    """The read of one page in one order: the keys along the index, then what the cards of these texts show."""
    fields = ORDERS[order].fields

    def query(consultation: int, **filters: str) -> QuerySet[Contribution, Any]:
        keys = listed(consultation, **filters).order_by(*fields).values("pk")[start:end]
        return faces_read(Contribution.objects.filter(pk__in=keys).order_by(*fields))

    return Prepared(query)


def in_order(keys: list[int]) -> list[Contribution]:
    """These texts with what a card shows, in the order of their keys."""
    found = Contribution.objects.select_related("author", "speaks_for").order_by("pk").in_bulk(keys)
    return [found[key] for key in keys if key in found]


def to_answer(consultation: Consultation, *, passed: set[int], answered: set[int]) -> Contribution | None:
    """The next proposal in the fair order among those neither answered nor passed (numbers); None at the end."""
    left_out = passed | answered
    walk = listed(consultation).order_by(*DEFAULT_ORDER.fields).values_list("pk", "number")
    for key, number in walk.iterator(chunk_size=100):
        if number not in left_out:
            return in_order([key])[0]
    return None


def arguments(about: Contribution, side: Side) -> QuerySet[Contribution]:
    """The arguments of one side, in the order of the day's draw: neither votes, age nor author place them."""
    return (
        Contribution.objects.filter(about=about, kind=Kind.ARGUMENT, side=side, status=Status.PUBLISHED)
        .select_related("author", "speaks_for")
        .order_by(*DRAWN_FIELDS)
    )
