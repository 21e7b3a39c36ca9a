"""How does the API answer? JSON for anyone from anywhere, told apart by its content, refused in words, without a cookie."""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from polyphonie.core.addresses import absolute
from polyphonie.core.serving.freshness import REVALIDATED
from polyphonie.core.serving.generation import generation
from polyphonie.core.serving.limits import Limit, client_of, is_over, seconds_to_wait
from polyphonie.opendata.api.asking import Malformed
from polyphonie.opendata.api.operations import ROOT

PER_CLIENT = Limit("api", times=120, seconds=60)
"""The same for all: no key, no account, no exception."""
MOST_ADDRESSES = 5_000
PROBLEM = "application/problem+json"
SENTENCES = {
    HTTPStatus.BAD_REQUEST: gettext_lazy("This request could not be read"),
    HTTPStatus.NOT_FOUND: gettext_lazy("Nothing has this address"),
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_lazy("This address is only read"),
    HTTPStatus.TOO_MANY_REQUESTS: gettext_lazy("Too many requests"),
    HTTPStatus.INTERNAL_SERVER_ERROR: gettext_lazy("Something went wrong on our side"),
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_lazy("The site is busy"),
}
DETAILS = {
    HTTPStatus.NOT_FOUND: gettext_lazy("The addresses of the API are listed on its page."),
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_lazy("The API answers GET, HEAD and OPTIONS: nothing is written through it."),
    HTTPStatus.INTERNAL_SERVER_ERROR: gettext_lazy("Those who run the site find the error in its log; try again in a moment."),
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_lazy("Try again in a few seconds."),
}
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Retry-After",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}

View = Callable[..., HttpResponse]


def answered(view: View) -> View:
    """For the addresses of the API: counts the client, turns what cannot be answered into words, and answers 304 to whoever
    has the same bytes already."""

    @csrf_exempt  # nothing is written here: whoever posts is told so, not asked for a token
    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(headers=PREFLIGHT)
        now = timezone.now()
        if is_over(PER_CLIENT, client_of(request), now):
            return _too_many(seconds_to_wait(PER_CLIENT, client_of(request), now))
        try:
            response = view(request, *args, **kwargs)
        except Malformed as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error), parameter=error.parameter)
        except Http404:
            return problem(HTTPStatus.NOT_FOUND)
        if response.status_code != HTTPStatus.OK:
            return response
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = REVALIDATED
        since = known_since(request.get_full_path(), etag, now=int(now.timestamp()))
        if since is not None:
            response.headers["Last-Modified"] = http_date(since)
        return get_conditional_response(request, etag=etag, last_modified=since, response=response) or response

    return served  # type: ignore[return-value]  # wraps a view without changing its arguments


_seen: OrderedDict[str, tuple[str, bytes, int]] = OrderedDict()
_lock = threading.Lock()


def known_since(address: str, etag: str, *, now: int) -> int | None:
    """Since which second this address is known to answer this; None in that very second, when it could still change unseen.

    What is taken away from pages, or comes back, moves the generation that the processes share: what was known before is known
    anew, so that an answer that returns to earlier bytes is never taken for the one in between.
    """
    present = generation.now()
    with _lock:
        known, made_under, since = _seen.get(address, ("", b"", now))
        if (known, made_under) != (etag, present):
            since = now
            _seen[address] = etag, present, now
        _seen.move_to_end(address)
        while len(_seen) > MOST_ADDRESSES:
            _seen.popitem(last=False)
    return since if since < now else None


def as_json(content: Any) -> HttpResponse:
    return HttpResponse(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), content_type="application/json")


def problem(status: int, detail: str = "", **more: object) -> HttpResponse:
    """An error as RFC 9457 says it, in the reader's language."""
    status = HTTPStatus(status)
    content = {
        "type": absolute(f"{ROOT}#{status.value}"),
        "title": str(SENTENCES.get(status, status.phrase)),
        "status": status.value,
        "detail": detail or str(DETAILS.get(status, "")),
        **more,
    }
    response = HttpResponse(json.dumps(content, ensure_ascii=False).encode(), content_type=PROBLEM, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _too_many(seconds: int) -> HttpResponse:
    words = {"times": PER_CLIENT.times, "seconds": seconds}
    sentence = _("The API answers %(times)d requests a minute to each connection, whoever asks: wait %(seconds)d seconds.")
    response = problem(HTTPStatus.TOO_MANY_REQUESTS, sentence % words)
    response.headers["Retry-After"] = str(seconds)
    return response


class OpenAnswers:
    """Everything under the API may be read from any page, and what is refused on the way there is told in JSON too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith(ROOT) or request.path == ROOT:
            return response
        is_told = response.headers.get("Content-Type") == PROBLEM
        if response.status_code >= HTTPStatus.BAD_REQUEST and not is_told:
            kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
            response = problem(response.status_code)
            for name, value in kept.items():
                response.headers[name] = value
        for name, value in OPEN.items():
            response.headers[name] = value
        return response
