"""The addresses of the API: rows of the tables that are published, a page at a time."""

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from polyphonie.core.addresses import absolute
from polyphonie.core.serving.freshness import shared_page
from polyphonie.core.tables import Part, Placed, UnknownPlace
from polyphonie.opendata.api.answering import PER_CLIENT, SENTENCES, answered, as_json
from polyphonie.opendata.api.asking import AFTER, Malformed, part_asked, query_after
from polyphonie.opendata.api.openapi import document
from polyphonie.opendata.api.operations import MOST, OPERATIONS, ROOT, USUAL, Operation
from polyphonie.opendata.copies import consultations_of, document_of, rows_of
from polyphonie.opendata.queries import listed_processes
from polyphonie.opendata.wording import CONTENTS, ROWS
from polyphonie.processes.models import Process


@shared_page
def documentation(request: HttpRequest) -> HttpResponse:
    """What can be asked, with which parameters, and what each field means."""
    context = {
        "summaries": {operation.name: _summary(operation) for operation in OPERATIONS},
        "rows": ROWS,
        "problems": SENTENCES.items(),
        "operations": OPERATIONS,
        "limit": PER_CLIENT,
        "most": MOST,
        "usual": USUAL,
        "root": absolute(ROOT),
    }
    return render(request, "opendata/api.html", context)


def _summary(operation: Operation) -> Any:
    """What an operation answers, in the reader's language: what is said of its file, where it has one."""
    if operation.table is None or not operation.is_page:
        return operation.summary
    return ROWS.get(operation.name) or CONTENTS.get(operation.table.file_name, operation.summary)


def short_address(request: HttpRequest) -> HttpResponse:
    """/api/ → the page of its only version."""
    return redirect(ROOT, permanent=True)


@answered
def openapi(request: HttpRequest) -> HttpResponse:
    """The whole API for programs (OpenAPI 3.1)."""
    return as_json(document())


@answered
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address under the API; one that ends with a slash too many is read without it."""
    if rest.endswith("/") and rest.strip("/"):
        query = request.META.get("QUERY_STRING", "")
        return redirect(ROOT + quote(rest.strip("/")) + (f"?{query}" if query else ""), permanent=True)
    raise Http404


@answered
def processes(request: HttpRequest, operation: Operation) -> HttpResponse:
    part = part_asked(operation, request.GET)
    match part.after:
        case () | (str(),):
            rows = listed_processes(after="".join(map(str, part.after)), most=(part.most or MOST) + 1)
        case _:
            raise _unknown_place()
    return _page(request, part, [((row["slug"],), row) for row in rows])


@answered
def process(request: HttpRequest, process: str, operation: Operation) -> HttpResponse:
    part_asked(operation, request.GET)
    return as_json(document_of(_process(process)))


@answered
def consultations(request: HttpRequest, process: str, operation: Operation) -> HttpResponse:
    part_asked(operation, request.GET)
    return as_json({"items": consultations_of(_process(process)), "next": None})


@answered
def collection(request: HttpRequest, process: str, operation: Operation) -> HttpResponse:
    """A page of a table, and where the next one begins."""
    part = part_asked(operation, request.GET)
    return _page(request, part, _rows(operation, _process(process), part, more=1))


@answered
def contribution(request: HttpRequest, process: str, number: int, operation: Operation) -> HttpResponse:
    """One text by its number; what is hidden or withdrawn keeps its address, without its words."""
    part_asked(operation, request.GET)
    found = _rows(operation, _process(process), Part(most=1, where={"number": number}))
    if not found:
        raise Http404
    return as_json(found[0][1])


VIEWS = {"processes": processes, "process": process, "consultations": consultations, "contribution": contribution}
"""Operation → its view; the others are `collection`."""


def _process(slug: str) -> Process:
    return get_object_or_404(Process.objects.select_related("log"), slug=slug, is_listed=True)


def _rows(operation: Operation, process: Process, part: Part, *, more: int = 0) -> list[Placed]:
    if operation.table is None:
        raise Http404
    asked = Part(part.after, (part.most or MOST) + more, part.where)
    try:
        return list(rows_of(process, operation.table, asked))
    except UnknownPlace as error:
        raise _unknown_place() from error


def _unknown_place() -> Malformed:
    return Malformed(_("No page of this list gave this place: follow “next”, or begin without “after”."), AFTER)


def _page(request: HttpRequest, part: Part, rows: list[Placed]) -> HttpResponse:
    """The rows asked for; one more than asked says that there is a next page."""
    most = part.most or MOST
    next_page: str | None = None
    if len(rows) > most:
        next_page = absolute(f"{request.path}?{query_after(rows[most - 1][0], part)}")
    content: dict[str, Any] = {"items": [row for _place, row in rows[:most]], "next": next_page}
    response = as_json(content)
    if next_page is not None:
        response.headers["Link"] = f'<{next_page}>; rel="next"'
    return response
