"""The pages « Données ouvertes » and the public report of each import."""

from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from polyphonie.core.freshness import shared_page
from polyphonie.opendata.catalogue import TABLES
from polyphonie.opendata.models import Import
from polyphonie.opendata.publishing import published
from polyphonie.opendata.queries import public_imports
from polyphonie.opendata.rebuilding import FORMAT
from polyphonie.opendata.wording import CONTENTS
from polyphonie.processes.models import Process


@shared_page
def data(request: HttpRequest, process: str) -> HttpResponse:
    """What of this concertation is published as data, and what was taken over from elsewhere."""
    shown = get_object_or_404(Process, slug=process, is_listed=True)
    return render(
        request,
        "opendata/data.html",
        {
            "process": shown,
            "imports": list(public_imports(shown)),
            "last": published(shown),
            "tables": TABLES,
            "contents": CONTENTS,
        },
    )


def archive(request: HttpRequest, process: str) -> HttpResponseBase:
    """Everything at once, as one archive."""
    last = published(get_object_or_404(Process, slug=process, is_listed=True))
    if last is None:
        raise Http404
    return _sent(last.archive, f"{process}.zip")


def file(request: HttpRequest, process: str, name: str) -> HttpResponseBase:
    """One file of the last export, as a download; nothing outside it can be asked for."""
    last = published(get_object_or_404(Process, slug=process, is_listed=True))
    path = None if last is None else last.file(name)
    if path is None or not path.is_file():
        raise Http404
    return _sent(path, path.name)


def _sent(path: Path, name: str) -> HttpResponseBase:
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@shared_page
def report(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """What an import took over, what it found, what it refused."""
    shown = get_object_or_404(Process, slug=process, is_listed=True)
    batch = get_object_or_404(public_imports(shown), number=number)
    stands = batch.state == Import.State.DONE
    page = "opendata/copy_report.html" if batch.format == FORMAT else "opendata/report.html"
    return render(request, page, {"process": shown, "batch": batch, "report": batch.report, "stands": stands})
