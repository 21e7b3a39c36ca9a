"""The pages « Données ouvertes » and the public report of each import."""

from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from polyphonie.core.serving.freshness import shared_page
from polyphonie.opendata.api.answering import PREFLIGHT
from polyphonie.opendata.catalogue import TABLES
from polyphonie.opendata.copies import dialects_of
from polyphonie.opendata.descriptor import MEDIA_TYPES
from polyphonie.opendata.importing.copying.rebuilding import FORMAT
from polyphonie.opendata.models import Import
from polyphonie.opendata.publishing import Published, published
from polyphonie.opendata.queries import public_imports
from polyphonie.opendata.wording import ROWS, contents_of
from polyphonie.processes.dataset import FRAME
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
            "tables": (*TABLES, *dialects_of(shown)),
            "frame_sections": FRAME,
            "contents": contents_of,
            "rows": ROWS,
        },
    )


def archive(request: HttpRequest, process: str) -> HttpResponseBase:
    """Everything at once, as one archive."""
    if request.method == "OPTIONS":
        return _told()
    last = published(get_object_or_404(Process, slug=process, is_listed=True))
    if last is None:
        raise Http404
    return _sent(request, last, last.archive, name=f"{process}.zip", digest=last.archive_print)


def file(request: HttpRequest, process: str, name: str) -> HttpResponseBase:
    """One file of the last export, as a download; nothing outside it can be asked for."""
    if request.method == "OPTIONS":
        return _told()
    last = published(get_object_or_404(Process, slug=process, is_listed=True))
    path = None if last is None else last.file(name)
    if last is None or path is None or not path.is_file():
        raise Http404
    return _sent(request, last, path, name=path.name, digest=last.print_of(name) or last.folder.name)


def _told() -> HttpResponse:
    """What may be asked of a download, and that any page may ask it."""
    return HttpResponse(headers={**PREFLIGHT, "Access-Control-Allow-Origin": "*"})


def _sent(request: HttpRequest, last: Published, path: Path, *, name: str, digest: str) -> HttpResponseBase:
    """The file, read piece by piece as it leaves; its headers alone for HEAD, 304 for whoever has it."""
    etag, modified = f'"{digest}"', int(last.made_at.timestamp())
    response: Any = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        kind = MEDIA_TYPES.get(path.suffix, "application/octet-stream")
        if request.method == "HEAD":
            response = HttpResponse(content_type=kind, headers={"Content-Length": str(path.stat().st_size)})
        else:
            response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)
    response.headers["ETag"], response.headers["Last-Modified"] = etag, http_date(modified)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Content-Length"
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
