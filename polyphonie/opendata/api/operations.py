"""What can be asked of the API? One operation an address, named once: addresses, answers and documentation come from here."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from polyphonie.contributions.dataset import CONTRIBUTIONS
from polyphonie.core.addresses import API
from polyphonie.core.tables import Column, Section, Table
from polyphonie.opendata.catalogue import COLLECTIONS
from polyphonie.processes.dataset import CONSULTATIONS, FRAME, PROCESS

ROOT = API
LEAST, USUAL, MOST = 1, 100, 500
"""How many rows a page may hold, and how many when nothing is asked."""


@dataclass(frozen=True)
class Operation:
    """A question: its name in the access table, its address under the root, what it answers (a table, a section, or the
    sections of a document), and whether it answers one row or a page of them."""

    name: str
    route: str
    summary: str | Promise
    table: Table | None = None
    section: Section | None = None
    sections: tuple[Section, ...] = ()
    is_page: bool = True

    @property
    def address(self) -> str:
        """The address as a pattern that people read: /api/v1/processes/{process}/votes."""
        return ROOT + self.route.replace("<slug:", "{").replace("<int:", "{").replace(">", "}")

    @property
    def columns(self) -> tuple[Column, ...]:
        """The fields of a row."""
        if self.table is not None:
            return self.table.columns
        return self.section.columns if self.section is not None else ()

    @property
    def filters(self) -> tuple[Column, ...]:
        """The fields by whose value rows are chosen."""
        return tuple(map(self.table.column, self.table.filters)) if self.table is not None and self.is_page else ()

    @property
    def is_paged(self) -> bool:
        """Whether it is read page after page."""
        return self.is_page and (self.table is not None or self.section is PROCESS)


def _of_table(table: Table) -> Operation:
    return Operation(table.name, f"processes/<slug:process>/{table.name}", format_lazy("{}.", table.title), table=table)


OPERATIONS: tuple[Operation, ...] = (
    Operation("processes", "processes", _("The concertations of this site."), section=PROCESS),
    Operation(
        "process",
        "processes/<slug:process>",
        _("One concertation: what process.json says, its referral, calendar, rules, acts and roles."),
        sections=FRAME,
        is_page=False,
    ),
    Operation(
        "consultations",
        "processes/<slug:process>/consultations",
        _("The consultations of a concertation, with their calendar."),
        section=CONSULTATIONS,
    ),
    *(_of_table(table) for table in COLLECTIONS),
    Operation(
        "contribution",
        "processes/<slug:process>/contributions/<int:number>",
        _("One text, by its number."),
        table=CONTRIBUTIONS,
        is_page=False,
    ),
)
