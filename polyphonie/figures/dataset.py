"""Which figures are published as data? Those of the page, each with its definition and whether it can be recomputed."""

from collections.abc import Iterator

from django.utils import timezone, translation

from polyphonie.core.tables import CSV, Column, Row, Table
from polyphonie.figures import queries
from polyphonie.figures.definitions import SMALLEST_CELL
from polyphonie.processes.models import Process


def _figures(process: Process) -> Iterator[Row]:
    today = timezone.localdate().isoformat()
    with translation.override("en"):
        headline = queries.headline(process, rows=queries.by_consultation(process), people=queries.people_of(process))
        for figure in headline:
            is_small = not figure.definition.is_recomputable and figure.value < SMALLEST_CELL
            yield {
                "key": figure.definition.key,
                "day": today,
                "value": None if is_small else figure.value,
                "qualifier": "withheld" if is_small else "exact",
                "definition": str(figure.definition.definition),
                "recomputable": figure.definition.is_recomputable,
            }


FIGURES = Table(
    "figures",
    CSV,
    "The figures of the process, each with what it counts",
    (
        Column("key", "string", "The name of the figure."),
        Column("day", "date", "The day of the count."),
        Column("value", "integer", "The figure; empty when it is withheld (fewer than 10 people).", is_nullable=True),
        Column("qualifier", "string", "exact, or withheld.", choices=("exact", "withheld")),
        Column("definition", "string", "What it counts."),
        Column("recomputable", "boolean", "Whether the other files suffice to recompute it."),
    ),
    _figures,
)
