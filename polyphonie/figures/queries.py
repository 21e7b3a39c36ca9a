"""What are the figures of a process? Counts in a fixed number of queries, whatever the number of voices."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from polyphonie.accounts.models import Account, Category
from polyphonie.consultation.models import Batch
from polyphonie.contributions.models import Contribution, Kind, Origin, Status
from polyphonie.core.printing import PARIS
from polyphonie.figures import definitions
from polyphonie.figures.definitions import SMALLEST_CELL, Definition
from polyphonie.figures.models import StatedFigure
from polyphonie.processes.models import Consultation, Process


@dataclass(frozen=True)
class Figure:
    """A definition with its value."""

    definition: Definition
    value: int


@dataclass(frozen=True)
class ConsultationRow:
    """One consultation in the table by theme and consultation."""

    consultation: Consultation
    proposals: int
    texts: int
    votes: int
    voters: int


@dataclass(frozen=True)
class Person:
    """How many accounts declared this category and territory, and whether they wrote in the process."""

    category: str
    territory: str
    is_author: bool
    count: int


@dataclass(frozen=True)
class Cell:
    """A count of people under a label; `value` is None when it is withheld."""

    label: str
    value: int | None


def headline(process: Process, *, rows: list[ConsultationRow], people: list[Person], with_seeded: bool = True) -> list[Figure]:
    """The figures of the process, in the order of the page; without the seeded proposals if asked. One query."""
    shown = Q(status=Status.PUBLISHED) if with_seeded else Q(status=Status.PUBLISHED) & ~Q(origin=Origin.PUBLIC_DEBATE)
    is_named = Q(author__isnull=True, speaks_for__isnull=True) & ~Q(author_name="") & ~Q(origin=Origin.PUBLIC_DEBATE)
    texts = Contribution.objects.filter(process=process).aggregate(
        **{kind: Count("pk", filter=shown & Q(kind=kind)) for kind in Kind.values},
        seeded=Count("pk", filter=shown & Q(origin=Origin.PUBLIC_DEBATE)),
        total=Count("pk", filter=shown),
        gone=Count("pk", filter=~Q(status__in=(Status.PUBLISHED, Status.SUBMITTED))),
        imported=Sum(F("imported_agree") + F("imported_mixed") + F("imported_disagree"), default=0, filter=shown),
        authors=Count("author", distinct=True, filter=shown & Q(speaks_for__isnull=True)),
        organisations=Count("speaks_for", distinct=True, filter=shown),
        names=Count("author_name", distinct=True, filter=shown & is_named),
    )
    votes = sum(row.votes for row in rows)
    figures = [
        Figure(definitions.PROPOSALS, texts[Kind.PROPOSAL]),
        Figure(definitions.SEEDED, texts["seeded"]),
        Figure(definitions.ARGUMENTS, texts[Kind.ARGUMENT]),
        Figure(definitions.SOURCES, texts[Kind.SOURCE]),
        Figure(definitions.COMPLETIONS, texts[Kind.COMPLETION]),
        Figure(definitions.TEXTS, texts["total"]),
        Figure(definitions.VOTES, votes),
        Figure(definitions.TEXTS_AND_VOTES, texts["total"] + votes),
        Figure(definitions.VOTERS, sum(row.voters for row in rows)),
        Figure(definitions.IMPORTED_VOTES, texts["imported"]),
        Figure(definitions.CONTRIBUTORS, texts["authors"] + texts["organisations"] + texts["names"]),
        Figure(definitions.NOT_SHOWN, texts["gone"]),
        Figure(definitions.ACCOUNTS, sum(person.count for person in people)),
    ]
    optional = {definitions.SEEDED, definitions.IMPORTED_VOTES, definitions.NOT_SHOWN, definitions.COMPLETIONS}
    unknown = {definitions.VOTERS, definitions.ACCOUNTS} if process.copied_from else set()
    return [
        figure for figure in figures if (figure.value or figure.definition not in optional) and figure.definition not in unknown
    ]


def stated_figures(process: Process) -> list[StatedFigure]:
    """What documents state of this process, in the order of its file: quoted, never recomputed."""
    return list(StatedFigure.objects.filter(process=process).order_by("rank"))


def _shown(process: Process, *, with_seeded: bool) -> "QuerySet[Contribution]":
    shown = Contribution.objects.filter(process=process, status=Status.PUBLISHED)
    return shown if with_seeded else shown.exclude(origin=Origin.PUBLIC_DEBATE)


def texts_by_day(process: Process, *, with_seeded: bool = True) -> list[tuple[str, int]]:
    """How many texts each day, by day of publication in Paris: (ISO day, count), days without any left out."""
    days = (
        _shown(process, with_seeded=with_seeded)
        .annotate(day=TruncDate("published_at", tzinfo=PARIS))
        .values_list("day")
        .annotate(count=Count("pk"))
        .order_by("day")
    )
    return [(day.strftime("%d/%m/%Y"), count) for day, count in days]


def batches_by_day(process: Process) -> list[tuple[str, int]]:
    """How many vote entries became public each day, by day of their batch: nothing finer is known of a vote."""
    leaves: Counter[str] = Counter()
    sealed = Batch.objects.filter(consultation__process=process).order_by("sealed_at").values_list("sealed_at", "leaves")
    for sealed_at, count in sealed:
        leaves[timezone.localtime(sealed_at, PARIS).strftime("%d/%m/%Y")] += count
    return list(leaves.items())


def by_consultation(process: Process) -> list[ConsultationRow]:
    """The table by theme and consultation, from the counters kept beside each (tests hold them equal to a recount)."""
    shown = (
        Consultation.objects.filter(process=process)
        .exclude(state=Consultation.State.DRAFT)
        .select_related("theme")
        .order_by("theme__number", "rank", "pk")
    )
    return [ConsultationRow(item, item.proposals, item.texts, item.votes, item.voters) for item in shown]


def people_of(process: Process) -> list[Person]:
    """The confirmed accounts of the site by what they declared, authors of this process apart. One query."""
    wrote = Contribution.objects.filter(process=process, status=Status.PUBLISHED, author=OuterRef("pk"))
    counted = (
        Account.objects.filter(confirmed_on__isnull=False, closed_on__isnull=True)
        .annotate(is_author=Exists(wrote))
        .values_list("category", "territory", "is_author")
        .annotate(count=Count("pk"))
        .order_by("category", "territory", "is_author")
    )
    return [Person(*row) for row in counted]


def authors_by_category(people: list[Person]) -> list[Cell]:
    """Authors of texts by the category they chose to declare, small cells withheld."""
    labels = dict(Category.choices)
    return _cells((str(labels.get(person.category, "")), person) for person in people)


def authors_by_territory(people: list[Person]) -> list[Cell]:
    """Authors of texts by the territory they chose to declare, small cells withheld."""
    return _cells((person.territory, person) for person in people)


def _cells(labelled: Iterable[tuple[str, Person]]) -> list[Cell]:
    counts: Counter[str] = Counter()
    for label, person in labelled:
        if person.is_author:
            counts[label] += person.count
    return withheld(sorted(counts.items()))


def withheld(counted: list[tuple[str, int]]) -> list[Cell]:
    """The cells with those under ten withheld; when a single one would be, or all of them hold fewer than ten, the smallest
    others go with them, since the total would give them away."""
    by_size = sorted((count, label) for label, count in counted)
    small = [label for count, label in by_size if count < SMALLEST_CELL]
    while (
        small
        and len(small) < len(by_size)
        and (len(small) == 1 or sum(count for count, _ in by_size[: len(small)]) < SMALLEST_CELL)
    ):
        small.append(by_size[len(small)][1])
    return [Cell(label, None if label in small else count) for label, count in counted]
