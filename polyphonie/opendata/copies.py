"""What does a rebuilt process publish? What its source published: its own rows, and the files that were kept as they were."""

import io
import json
from collections.abc import Iterator
from typing import Any

from polyphonie.annotations.dataset import DOCUMENTS
from polyphonie.contributions.dataset import FATES
from polyphonie.core.tables import Part, Placed, Table, counted_off
from polyphonie.opendata.catalogue import TABLES
from polyphonie.opendata.dialects import DECIDIM_COMMENTS, DECIDIM_PROPOSALS, polis_tables
from polyphonie.opendata.files import read_rows
from polyphonie.opendata.models import Copy, KeptFile
from polyphonie.opendata.verify import COVERED
from polyphonie.processes.dataset import consultation_facts, process_document
from polyphonie.processes.models import Consultation, Process
from polyphonie.synthesis.dataset import CITATIONS, SYNTHESES

OF_THEIR_PLACE = ("annotations.jsonl",)
"""Covered by the register, but made of addresses: kept as they were, too."""
MADE_AGAIN = (DOCUMENTS.file_name, SYNTHESES.file_name, CITATIONS.file_name, FATES.file_name)
"""Written again from the rows that the copy has of them, and held to its source's like those that the register covers."""
OTHER_FILES = tuple(table.file_name for table in TABLES if table.file_name not in COVERED or table.file_name in OF_THEIR_PLACE)
"""The published tables read beside those that the register covers to the last column."""
KEPT_FILES = tuple(name for name in OTHER_FILES if name not in MADE_AGAIN)
"""The published tables that have no row here, and those whose addresses are those of their source."""
REBUILT = ("referral", "themes", "rules", "acts")
OPENED = (Consultation.State.OPEN, Consultation.State.CLOSED)


def document_of(process: Process) -> dict[str, Any]:
    """The content of `process.json`; of a copy, its source's where there is no row here (roles, states), its rows elsewhere."""
    built = process_document(process)
    copy = Copy.objects.filter(process=process).first()
    if copy is None:
        return built
    kept: dict[str, Any] = json.loads(copy.document)
    kept["process"] = kept["process"] | built["process"]
    kept |= {name: built[name] for name in REBUILT}
    by_slug = {consultation["slug"]: consultation for consultation in built["consultations"]}
    kept["consultations"] = [
        there | by_slug[there["slug"]] | {"state": there["state"]} for there in kept["consultations"] if there["slug"] in by_slug
    ]
    return kept


def consultations_of(process: Process) -> list[dict[str, Any]]:
    """The consultations of `document_of`, alone."""
    return document_of(process)["consultations"] if process.copied_from else consultation_facts(process)


def dialects_of(process: Process) -> tuple[Table, ...]:
    """The same texts as other platforms' readers take them: files of an export, nothing of the API. Of a copy, which is closed
    whatever it was there, for the consultations that had opened at its source."""
    opened = [one["slug"] for one in consultations_of(process) if one["state"] in OPENED]
    return (DECIDIM_PROPOSALS, DECIDIM_COMMENTS, *polis_tables(process, opened))


def rows_of(process: Process, table: Table, part: Part) -> Iterator[Placed]:
    """A part of a table, with places: of a copy, from the file that was kept as it was. Raises UnknownPlace."""
    kept = kept_file(process, table.file_name)
    if kept is None:
        return table.checked_part(process, part)
    return counted_off(read_rows(table, io.StringIO(kept, newline="")), part)


def kept_file(process: Process, name: str) -> str | None:
    """The text of a file kept from the source; None for a process of this installation."""
    if not process.copied_from:
        return None
    return KeptFile.objects.filter(process=process, name=name).values_list("content", flat=True).first()
