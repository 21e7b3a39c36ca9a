"""What of earlier imports is here? Their texts, their votes, where they stand."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from polyphonie.consultation.models import ImportedVote
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.opendata.importing.staging import text_digest
from polyphonie.opendata.models import Import
from polyphonie.processes.dataset import process_facts
from polyphonie.processes.models import Process

AT_ONCE = 2000


def standing_imports(process: Process | None, source_format: str) -> list[Import]:
    """The imports of this format whose texts are here."""
    if process is None:
        return []
    return list(process.imports.filter(format=source_format, state=Import.State.DONE).order_by("number"))


def known_texts(batch: Import) -> Iterator[tuple[str, str, int, bytes]]:
    """Kind, identifier in the source, number and digest of each text, as it was taken over."""
    first_revisions = Revision.objects.filter(
        number=1, contribution__process=batch.process, contribution__number__range=(batch.first_number, batch.last_number)
    )
    values = first_revisions.order_by("contribution__number").values_list(
        "contribution__kind", "contribution__source_id", "contribution__number", "title", "body", "url", "contribution__side"
    )
    for kind, source_id, number, title, body, url, side in values.iterator(chunk_size=AT_ONCE):
        yield kind, source_id, number, text_digest(title, body, url, side)


def known_votes(batch: Import) -> Iterator[tuple[int]]:
    """The key of each vote's identifier in the source."""
    votes = ImportedVote.objects.filter(contribution__process=batch.process, import_number=batch.number)
    return votes.order_by("line").values_list("source_key").iterator(chunk_size=AT_ONCE)


def keys_of(batch: Import) -> Iterator[tuple[int, int, int, int]]:
    """Number, key, key of the consultation, revision of each text."""
    texts = Contribution.objects.filter(process=batch.process, number__range=(batch.first_number, batch.last_number))
    return texts.order_by("number").values_list("number", "pk", "consultation_id", "revision").iterator(chunk_size=AT_ONCE)


def listed_processes(*, after: str, most: int) -> list[dict[str, Any]]:
    """What is said of the processes that are public, by the word of their address, those after one."""
    shown = Process.objects.filter(is_listed=True, slug__gt=after).select_related("log").order_by("slug")
    return [process_facts(process) for process in shown[:most]]


def public_imports(process: Process) -> QuerySet[Import]:
    """The imports that were shown: those that stand, and those taken back since."""
    return process.imports.exclude(state=Import.State.RUNNING).order_by("number")
