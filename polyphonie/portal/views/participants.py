"""Who takes part? The organisations and the people who agreed to be listed, and what each published."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from polyphonie.core.paging import page_asked
from polyphonie.core.serving.freshness import shared_page
from polyphonie.portal.queries import participants as queries
from polyphonie.portal.views.processes import process_or_404


@shared_page
def participants(request: HttpRequest, process: str) -> HttpResponse:
    """Names, by alphabet; people only if they asked to be listed."""
    found = process_or_404(request, process, with_consultations=False)
    page = page_asked(request)
    people, pages = queries.people(found, page=page)
    organisations = queries.organisations(found) if page == 1 else []
    return render(
        request,
        "portal/participants.html",
        {
            "process": found,
            "organisations": organisations,
            "is_taken_over": not people and not organisations and queries.is_taken_over(found),
            "people": people,
            "page": min(page, pages),
            "pages": pages,
        },
    )


@shared_page
def profile(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """One participant: its texts here, never its votes."""
    found = process_or_404(request, process, with_consultations=False)
    shown = queries.profile(found, slug, page=page_asked(request))
    if shown is None:
        raise Http404
    return render(request, "portal/profile.html", {"process": found, "profile": shown})
