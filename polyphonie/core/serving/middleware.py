"""What holds for every answer: its headers, a sentence for a refusal, a short wait when the database is in trouble."""

from collections.abc import Callable

from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polyphonie.core.refusal import Refused
from polyphonie.core.serving import trouble

GetResponse = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


class Headers:
    """Adds the security headers that Django does not, each the same for every answer; one to HEAD keeps its headers alone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.content_policy = build_policy()  # django-csp’s own words, written once: nothing of a request enters them

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.content_policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if request.method == "HEAD" and not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class DatabaseTrouble:
    """A locked or restarting database, a full disk, are a 503 with `Retry-After`: nothing was written, trying again is safe.

    What another middleware meets (the session that cannot be saved) is answered alike by `errors.broken`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return trouble.answer_to(request, exception)


class Refusals:
    """Turns `Refused` into a page that says why."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        return render(request, "core/refused.html", {"reason": exception.reason}, status=exception.status)
