"""Which figures are published as data? Those of the page, each with its definition and whether it can be recomputed."""

from collections.abc import Iterator

from django.utils import timezone, translation

from polyphonie.core.tables import CSV, Column, Row, Table
from polyphonie.figures import queries
from polyphonie.figures.definitions import SMALLEST_CELL
from polyphonie.figures.models import StatedFigure
from polyphonie.processes.models import Process

WITHHELD = "withheld"
QUALIFIERS = (WITHHELD, *StatedFigure.Qualifier.values)


def _figures(process: Process) -> Iterator[Row]:
    yield from _stated(process) if process.is_archive else _counted(process)


def _stated(process: Process) -> Iterator[Row]:
    """Of a concertation held elsewhere: what documents state, quoted with where it is read, as on its page."""
    for figure in queries.stated_figures(process):
        yield {
            "key": figure.key,
            "day": None,
            "value": figure.value,
            "qualifier": figure.qualifier,
            "definition": f"{figure.label}. {figure.definition} ({figure.source})",
            "recomputable": False,
        }


def _counted(process: Process) -> Iterator[Row]:
    today = timezone.localdate().isoformat()
    with translation.override("en"):
        headline = queries.headline(process, rows=queries.by_consultation(process), people=queries.people_of(process))
        for figure in headline:
            is_small = not figure.definition.is_recomputable and figure.value < SMALLEST_CELL
            yield {
                "key": figure.definition.key,
                "day": today,
                "value": None if is_small else figure.value,
                "qualifier": WITHHELD if is_small else "exact",
                "definition": str(figure.definition.definition),
                "recomputable": figure.definition.is_recomputable,
            }


FIGURES = Table(
    "figures",
    CSV,
    "The figures of the process, each with what it counts",
    (
        Column("key", "string", "The name of the figure."),
        Column("day", "date", "The day of the count; empty for what a document states.", is_nullable=True),
        Column("value", "integer", "The figure; empty when it is withheld (fewer than 10 people).", is_nullable=True),
        Column(
            "qualifier",
            "string",
            "exact, or withheld; for what a document states: exact, about, more_than or recomputed.",
            choices=QUALIFIERS,
        ),
        Column("definition", "string", "What it counts."),
        Column("recomputable", "boolean", "Whether the other files suffice to recompute it."),
    ),
    _figures,
)
