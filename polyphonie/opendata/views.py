"""The pages « Données ouvertes » and the public report of each import."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from polyphonie.core.freshness import shared_page
from polyphonie.opendata.models import Import
from polyphonie.opendata.queries import public_imports
from polyphonie.processes.models import Process


@shared_page
def data(request: HttpRequest, process: str) -> HttpResponse:
    """What of this concertation is published as data, and what was taken over from elsewhere."""
    shown = get_object_or_404(Process, slug=process, is_listed=True)
    return render(request, "opendata/data.html", {"process": shown, "imports": list(public_imports(shown))})


@shared_page
def report(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """What an import took over, what it found, what it refused."""
    shown = get_object_or_404(Process, slug=process, is_listed=True)
    batch = get_object_or_404(public_imports(shown), number=number)
    stands = batch.state == Import.State.DONE
    return render(request, "opendata/report.html", {"process": shown, "batch": batch, "report": batch.report, "stands": stands})
