"""What is published, and in which columns? A table names its file, each column and what it means, and yields its rows.

One declaration per package (`dataset.py`), listed in `opendata/catalogue.py`, feeds the files, the API and the documentation.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

Row = dict[str, Any]
Rows = TypeVar("Rows", bound=QuerySet[Any, Any])
Place = tuple[str | int, ...]
"""Where a row stands in its table: what comes after it is read from there, without reading what comes before."""
Placed = tuple[Place, Row]
CSV, JSON_LINES = "csv", "jsonl"


@dataclass(frozen=True)
class Column:
    """A published column: its English name, its type in Table Schema (string, integer, boolean, datetime, date, object, array),
    and what it means in one sentence. `is_nullable`: it may say nothing (an empty cell, null). `choices`: all that it may say
    when it says something. `is_computed`: a base64url word that no person writes. `has_seconds`: its instants are written with
    them, others to the minute."""

    name: str
    type: str
    meaning: str | Promise
    is_nullable: bool = False
    choices: tuple[str, ...] = ()
    is_computed: bool = False
    has_seconds: bool = False


@dataclass(frozen=True)
class Part:
    """Which rows of a table are read: those after a place, so many at most, those with these values."""

    after: Place = ()
    most: int | None = None
    where: Mapping[str, str | int] = field(default_factory=dict)


WHOLE = Part()


class UnknownPlace(ValueError):
    """A place that this table never gave."""


@dataclass(frozen=True)
class Table:
    """A published table in a stable order, in bounded memory.

    Either `rows(process)` yields one dictionary a row, and a part of it is counted off (small tables); or
    `placed(process, part)` yields each row with its place and reads nothing but the part. `filters` are columns by whose
    value rows may be chosen.
    """

    name: str
    format: str
    title: str | Promise
    columns: tuple[Column, ...]
    rows: Callable[[Any], Iterable[Row]] | None = None
    placed: Callable[[Any, Part], Iterable[Placed]] | None = None
    filters: tuple[str, ...] = ()
    folder: str = ""
    delimiter: str = ","
    has_header: bool = True

    @property
    def file_name(self) -> str:
        return f"{self.folder}{self.name}.{self.format}"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def checked_rows(self, process: Any) -> Iterator[Row]:
        """The rows, each with exactly the columns that are declared; raises ValueError for one that has others."""
        for _place, row in self.checked_part(process, WHOLE):
            yield row

    def checked_part(self, process: Any, part: Part) -> Iterator[Placed]:
        """The rows of this part with their places; an empty cell that may say nothing is null for every reader. Raises
        ValueError for a row that has other columns than are declared, UnknownPlace for a place that is none of this table."""
        expected = [column.name for column in self.columns]
        silent = [column.name for column in self.columns if column.is_nullable] if self.format == CSV else []
        for place, row in self._part(process, part):
            if list(row) != expected:
                raise ValueError(f"{self.file_name}: a row has {sorted(row)}, the table declares {sorted(expected)}")
            for name in silent:
                if row[name] == "":
                    row[name] = None
            yield place, row

    def _part(self, process: Any, part: Part) -> Iterable[Placed]:
        if self.placed is not None:
            return self.placed(process, part)
        if self.rows is None:
            raise ValueError(f"{self.name} has neither rows nor places")
        return counted_off(self.rows(process), part)


@dataclass(frozen=True)
class Section:
    """A part of a published document: one object (`is_list` false; `is_nullable`: or none), or a list of them."""

    name: str
    title: str | Promise
    columns: tuple[Column, ...]
    is_list: bool = True
    is_nullable: bool = False


Series = Callable[[Any, Part], Iterable[Placed]]


def in_turn(process: Any, part: Part, series: Mapping[str, Series]) -> Iterator[Placed]:
    """The rows of each series after those of the one before; a place begins with the name of its series."""
    names = list(series)
    first = part.after[0] if part.after else names[0]
    if first not in names:
        raise UnknownPlace
    left = part.most
    for name in names[names.index(str(first)) :]:
        after = part.after[1:] if name == first else ()
        for place, row in series[name](process, Part(after, left, part.where)):
            yield (name, *place), row
            left = None if left is None else left - 1
        if left == 0:
            return


def chosen(rows: Rows, part: Part, *, order: Mapping[str, type], by: Mapping[str, str] | None = None) -> Rows:
    """The rows of this part of a query: those with its values (`by`: the field behind each column that filters), after its
    place, in this order (each field, and the type of what it holds). Raises UnknownPlace."""
    rows = rows.filter(**{(by or {})[name]: value for name, value in part.where.items()}).order_by(*order)
    if part.after:
        if [type(value) for value in part.after] != list(order.values()):
            raise UnknownPlace
        reached = list(zip(order, part.after, strict=True))
        later = Q()
        for name, value in reversed(reached):
            later = Q(**{f"{name}__gt": value}) | (Q(**{name: value}) & later if later else later)
        (first, beginning), *_others = reached
        rows = rows.filter(later, **{f"{first}__gte": beginning})  # an index serves this one, not the alternative
    return rows[: part.most]


def counted_off(rows: Iterable[Row], part: Part) -> Iterator[Placed]:
    """The rows of this part of a small table, found by counting; a place is a rank. Raises UnknownPlace."""
    match part.after:
        case ():
            after = 0
        case (int(after),):
            pass
        case _:
            raise UnknownPlace
    found = ((rank, row) for rank, row in enumerate(rows, start=1) if rank > after)
    kept = (((rank,), row) for rank, row in found if all(row[name] == value for name, value in part.where.items()))
    return islice(kept, part.most)
