"""What does one take away on paper? The reading book and the draft for rapporteurs, published versions for everyone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.core import papers
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.serving.freshness import REVALIDATED, shared_page
from polyphonie.synthesis import shelf
from polyphonie.synthesis.paper import book_of, draft_of, synthesis_document
from polyphonie.synthesis.queries.book import volumes_of
from polyphonie.synthesis.views.frame import rapporteur, the_desk
from polyphonie.synthesis.views.public import reading_of


@dataclass(frozen=True)
class Standing:
    """Where a PDF of the desk stands: nothing, being made, made, or failed; `can` whether this machine makes any."""

    can: bool
    is_asked: bool
    made: shelf.Made | None
    has_failed: bool

    @property
    def is_waiting(self) -> bool:
        return self.is_asked and (self.made is None or not self.made.is_whole)


def standing(place: shelf.Place) -> Standing:
    return Standing(not papers.missing(), shelf.asked(place) is not None, shelf.made(place), shelf.has_failed(place))


@never_cache
def book(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """A volume of the reading book, as a page to be read and printed; its PDF is asked for here."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    volumes = volumes_of(held)
    place = shelf.Place(process, shelf.BOOK, held.slug)
    if request.method == "POST":
        _ask(place, volumes=volumes)
        return HttpResponseRedirect(f"{request.path}#pdf")
    number = whole_number(request.GET.get("tome", "1")) or 1
    if not 1 <= number <= max(1, len(volumes)):
        raise Http404
    addresses = [f"?tome={rank}" for rank in range(1, len(volumes) + 1)]
    shown = book_of(held, volumes, number, now=timezone.now(), addresses=addresses)
    page = {"process": held.process, "consultation": held, "book": shown, "pdf": standing(place)}
    return render(request, "synthesis/desk/book.html", page)


def _ask(place: shelf.Place, **volumes: Any) -> None:
    if papers.missing():
        raise Refused(_("No PDF can be made on this site: its administrator finds why with “polyphonie doctor”."))
    shelf.ask(place, **volumes)


@never_cache
def book_volume(request: HttpRequest, process: str, consultation: str, number: int) -> HttpResponseBase:
    """A volume of the reading book, as PDF."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    return _sent(shelf.volume(shelf.Place(process, shelf.BOOK, held.slug), number), f"cahier-{held.slug}-{number}.pdf")


@never_cache
def draft_document(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """The draft as it stands, as one HTML file."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    return _file(synthesis_document(draft_of(held), now=timezone.now()), f"brouillon-{held.slug}.html")


@never_cache
def draft_pdf(request: HttpRequest, process: str, consultation: str) -> HttpResponseBase:
    """The PDF of the draft: asked for (POST), then taken away."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    place = shelf.Place(process, shelf.DRAFT, held.slug)
    if request.method == "POST":
        _ask(place)
        return HttpResponseRedirect(reverse("synthesis:exchange", args=[process, held.slug]) + "#pdf")
    return _sent(shelf.volume(place, 1), f"brouillon-{held.slug}.pdf")


@shared_page
def document(request: HttpRequest, process: str, slug: str, number: int) -> HttpResponse:
    """A version as one HTML file that asks for no other."""
    reading = reading_of(process, slug, number)
    return _file(synthesis_document(reading, now=reading.version.published_at), f"synthese-{slug}-v{number}.html")


def pdf(request: HttpRequest, process: str, slug: str, number: int) -> HttpResponseBase:
    """A version as a tagged PDF, once it was made; 304 for whoever has it."""
    reading_of(process, slug, number)
    path = shelf.volume(shelf.Place(process, shelf.VERSION, slug, number), 1)
    if path is None:
        raise Http404
    etag = f'"{path.stat().st_mtime_ns:x}-{path.stat().st_size:x}"'
    answer = get_conditional_response(request, etag=etag) or _sent(path, f"synthese-{slug}-v{number}.pdf")
    answer.headers["ETag"], answer.headers["Cache-Control"] = etag, REVALIDATED
    return answer


def _file(page: str, name: str) -> HttpResponse:
    answer = HttpResponse(page, content_type="text/html; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _sent(path: Path | None, name: str) -> HttpResponseBase:
    if path is None:
        raise Http404
    try:
        return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
    except FileNotFoundError as error:  # taken away just now
        raise Http404 from error
