"""What does one print at the desk? The reading book of the consultation, volume by volume."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.synthesis.paper import book_of
from polyphonie.synthesis.queries.book import volumes_of
from polyphonie.synthesis.views.frame import rapporteur, the_desk, whole_number


@never_cache
def book(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """A volume of the reading book, as a page to be read and printed."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    volumes = volumes_of(held)
    number = whole_number(request.GET.get("tome", "1")) or 1
    if not 1 <= number <= max(1, len(volumes)):
        raise Http404
    addresses = [f"?tome={place}" for place in range(1, len(volumes) + 1)]
    shown = book_of(held, volumes, number, now=timezone.now(), addresses=addresses)
    return render(request, "synthesis/desk/book.html", {"process": held.process, "consultation": held, "book": shown})
