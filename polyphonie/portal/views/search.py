"""Search in a process: the words as typed, filters, one order said in words."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from polyphonie.contributions import search
from polyphonie.contributions.models import Kind
from polyphonie.contributions.queries import face_of
from polyphonie.core import addresses
from polyphonie.core.freshness import shared_page
from polyphonie.processes.models import Consultation, Process

PER_PAGE = 20
MOST_PAGES = 50
LONGEST_QUESTION = 200


@shared_page
def search_page(request: HttpRequest, process: str) -> HttpResponse:
    """The form and, once something is asked, one page of what was found."""
    shown = get_object_or_404(Process, slug=process, is_listed=True)
    consultations = list(
        Consultation.objects.filter(process=shown).exclude(state=Consultation.State.DRAFT).order_by("rank", "pk")
    )
    asked = request.GET.get("q", "")[:LONGEST_QUESTION].replace("\x00", "").strip()
    kind = request.GET.get("genre", "") if request.GET.get("genre", "") in Kind.values else ""
    chosen = next((item for item in consultations if item.slug == request.GET.get("consultation", "")), None)
    number = _page(request.GET.get("page", "1"))
    found = search.search(shown, asked, kind=kind, consultation=chosen, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    filters = {"q": asked, "genre": kind, "consultation": chosen.slug if chosen else ""}
    query = urlencode({name: value for name, value in filters.items() if value})
    return render(
        request,
        "portal/search.html",
        {
            "process": shown,
            "asked": asked,
            "kind": kind,
            "kinds": Kind.choices,
            "chosen": chosen,
            "consultations": consultations,
            "found": found,
            "faces": {text.pk: face_of(text) for text in found.contributions},
            "number": number,
            "pages": min(MOST_PAGES, max(1, -(-found.total // PER_PAGE))),
            "here": f"{addresses.search_address(process)}?{query}&page=",
        },
    )


def _page(written: str) -> int:
    return min(MOST_PAGES, max(1, int(written))) if written.isascii() and written.isdecimal() and len(written) < 6 else 1
