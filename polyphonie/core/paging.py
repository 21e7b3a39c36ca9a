"""Which part of a long list does a page show? Nothing is cut off: what does not fit is on the pages that follow."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

from polyphonie.core.serving.asked import whole_number

Row = TypeVar("Row")


@dataclass(frozen=True)
class Shown(Generic[Row]):
    """The rows of one page, its number, how many pages and how many rows there are in all."""

    rows: list[Row]
    page: int
    pages: int
    total: int


def page_asked(request: HttpRequest) -> int:
    """The page of a list that the address asks for, from 1."""
    return whole_number(request.GET.get("page", "")) or 1


def part_of(rows: QuerySet[Any, Row], *, page: int, most: int) -> Shown[Row]:
    """The rows of this page, the last one when it is past the end. Two queries."""
    total = rows.count()
    pages = max(1, -(-total // most))
    page = min(page, pages)
    return Shown(list(rows[(page - 1) * most : page * most]), page, pages, total)
