"""Which PDF are to be made, and what goes on them? One at a time, what was asked for at the desk first."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import override

from polyphonie.core import papers
from polyphonie.processes.models import Consultation, Process
from polyphonie.synthesis import shelf
from polyphonie.synthesis.models import SynthesisVersion
from polyphonie.synthesis.paper import book_document, book_of, checkpoint_of, draft_of, synthesis_document
from polyphonie.synthesis.queries.book import Chapter
from polyphonie.synthesis.queries.published import Reading, version_of

log = logging.getLogger(__name__)
EVERY = timedelta(days=1)
"""The PDF of a published version is made anew after that, where the register has a newer checkpoint to carry."""


def press_next(*, now: datetime) -> bool:
    """Make the next PDF that is due, if there is one and if this machine can; whether one was made."""
    place = next((place for place in due(now=now)), None)
    if place is None or papers.missing():
        return False
    with override(settings.LANGUAGE_CODE):
        return _pressed(place, now=now)


def due(*, now: datetime) -> Iterator[shelf.Place]:
    """What is to be made: what was asked for, then the published versions that have no PDF, or an old one."""
    yield from shelf.waiting()
    rows = SynthesisVersion.objects.filter(synthesis__consultation__process__is_listed=True).exclude(
        synthesis__consultation__state=Consultation.State.DRAFT
    )
    names = ("synthesis__consultation__process__slug", "synthesis__consultation__slug", "number")
    for process, consultation, number in rows.order_by("-pk").values_list(*names):
        place = shelf.Place(process, shelf.VERSION, consultation, number)
        last = shelf.made(place)
        is_old = last is not None and now - last.made_at >= EVERY and last.checkpoint != _checkpoint(process)
        if (last is None or is_old) and not shelf.has_failed(place, since=shelf.TRIED_AGAIN_AFTER):
            yield place


def _checkpoint(process: str) -> str:
    return checkpoint_of(Process.objects.select_related("log").get(slug=process))


def _pressed(place: shelf.Place, *, now: datetime) -> bool:
    """Make one volume of it, and keep it unless something was taken away meanwhile."""
    since = shelf.mark(place.process)
    found = Consultation.objects.select_related("process__log", "theme")
    consultation = found.filter(process__slug=place.process, slug=place.consultation).first()
    volumes = shelf.asked(place) or []
    document = None if consultation is None else _document(place, consultation, volumes, now=now)
    if consultation is None or document is None:
        shelf.forget(place)
        return False
    checkpoint = checkpoint_of(consultation.process)
    try:
        printed = papers.printed(document)
    except papers.Unprintable:
        log.exception("no PDF came out for %s; it is tried again later", place)
        shelf.note_failure(place)
        return False
    whole, again = max(1, len(volumes)), place.kind == shelf.VERSION
    return shelf.put(place, printed.pdf, since=since, pages=printed.pages, volumes=whole, checkpoint=checkpoint, again=again)


def _document(
    place: shelf.Place, consultation: Consultation, volumes: Sequence[Sequence[Chapter]], *, now: datetime
) -> str | None:
    """What is printed there: the next volume of a book, the draft, or a version; None when it is not there any more."""
    if place.kind == shelf.BOOK:
        last = shelf.made(place)
        number = 1 if last is None else len(last.pages) + 1
        return book_document(book_of(consultation, volumes, number, now=now))
    if place.kind == shelf.DRAFT:
        return synthesis_document(draft_of(consultation), now=now)
    version = version_of(place.process, consultation.slug, place.number)
    return None if version is None else synthesis_document(Reading(version), now=now)
