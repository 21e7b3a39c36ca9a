"""Search in a process: the words as typed, filters, one order said in words; a number leads to its contribution."""

import re
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from polyphonie.annotations import search as searching_texts
from polyphonie.annotations.search import Hits
from polyphonie.contributions import search
from polyphonie.contributions.models import Kind
from polyphonie.contributions.queries import face_of, known_addresses
from polyphonie.core import addresses
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.serving.freshness import shared_page
from polyphonie.processes.models import Consultation, Process

PER_PAGE = 20
MOST_PAGES = 50
LONGEST_QUESTION = 200
IN_SYNTHESES = "synthese"
"""The kind of text that is no voice: what syntheses say, and the comments on it."""
FIRST_IN_SYNTHESES = 3
_NUMBER = re.compile(r"(?:#|n°|no\.?)?\s*(\d{1,9})", re.IGNORECASE)


@shared_page
def search_page(request: HttpRequest, process: str) -> HttpResponse:
    """The form and, once something is asked, one page of what was found."""
    shown = get_object_or_404(Process, slug=process, is_listed=True)
    consultations = list(
        Consultation.objects.filter(process=shown).exclude(state=Consultation.State.DRAFT).order_by("rank", "pk")
    )
    asked = request.GET.get("q", "")[:LONGEST_QUESTION].replace("\x00", "").strip()
    kinds = [*Kind.choices, *([(IN_SYNTHESES, _("Sentence of a synthesis, or comment on it"))] if shown.syntheses else [])]
    kind = request.GET.get("genre", "") if request.GET.get("genre", "") in dict(kinds) else ""
    chosen = next((item for item in consultations if item.slug == request.GET.get("consultation", "")), None)
    number = _page(request.GET.get("page", "1"))
    offset = (number - 1) * PER_PAGE
    hits = _in_syntheses(shown, asked, kind, chosen, offset)
    found = search.Found([], hits.total)
    if kind != IN_SYNTHESES:
        found = search.search(shown, asked, kind=kind, consultation=chosen, offset=offset, limit=PER_PAGE)
    filters = {"q": asked, "genre": kind, "consultation": chosen.slug if chosen else ""}
    query = urlencode({name: value for name, value in filters.items() if value})
    return render(
        request,
        "portal/search.html",
        {
            "process": shown,
            "asked": asked,
            "kind": kind,
            "kinds": kinds,
            "hits": hits,
            "is_in_syntheses": kind == IN_SYNTHESES,
            "in_syntheses": f"{addresses.search_address(process)}?{urlencode(filters | {'genre': IN_SYNTHESES})}",
            "chosen": chosen,
            "consultations": consultations,
            "found": found,
            "faces": {text.pk: face_of(text) for text in found.contributions},
            "numbered": _numbered(process, asked),
            "number": number,
            "pages": min(MOST_PAGES, max(1, -(-found.total // PER_PAGE))),
            "here": f"{addresses.search_address(process)}?{query}&page=",
        },
    )


def _numbered(process: str, asked: str) -> tuple[int, str] | None:
    """The contribution whose number was typed, and its address: #746, n° 746 or 746."""
    typed = _NUMBER.fullmatch(asked)
    return next(iter(known_addresses(process, [int(typed[1])]).items()), None) if typed else None


def _in_syntheses(process: Process, asked: str, kind: str, chosen: Consultation | None, offset: int) -> Hits:
    """A page of what the syntheses say, when that is asked for; the first of it, before the voices of every kind."""
    if not process.syntheses or kind not in ("", IN_SYNTHESES) or (not kind and offset):
        return Hits([], 0)
    slug = chosen.slug if chosen else ""
    most = PER_PAGE if kind else FIRST_IN_SYNTHESES
    return searching_texts.search(process, asked, slug=slug, offset=offset, limit=most)


def _page(written: str) -> int:
    return min(MOST_PAGES, whole_number(written) or 1)
