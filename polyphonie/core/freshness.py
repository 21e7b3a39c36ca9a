"""How is a page that everybody sees alike served fast? Held a few seconds, told apart by its content (ETag), never shared with
what one person sees."""

import hashlib
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

View = Callable[..., HttpResponse]
HELD = (HTTPStatus.OK, HTTPStatus.GONE)
REVALIDATED = "public, max-age=0, must-revalidate"
PERSONAL = "private, no-store"


def shared_page(view: View) -> View:
    """For pages that read: to people who are not signed in the same bytes for all, with an ETag and 304, held in memory for
    `POLYPHONIE_HOLD_SECONDS`; to people who are signed in, theirs alone. Such a page carries no form that posts."""

    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", PERSONAL)
            return response
        response = _held(request) or _kept(request, view(request, *args, **kwargs))
        etag = response.headers.get("ETag")
        return get_conditional_response(request, etag=etag, response=response) if etag else response  # type: ignore[return-value]

    return served


def _key(request: HttpRequest) -> str:
    named = f"{request.get_host()}\n{request.get_full_path()}\n{get_language()}\n{bool(request.headers.get('HX-Request'))}"
    return "page:" + hashlib.sha256(named.encode()).hexdigest()


def _held(request: HttpRequest) -> HttpResponse | None:
    found = caches["pages"].get(_key(request)) if settings.POLYPHONIE_HOLD_SECONDS else None
    if found is None:
        return None
    status, content, headers = found
    return HttpResponse(content, status=status, headers=headers)


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.streaming or response.status_code not in HELD or response.cookies:
        return response
    response.headers["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers.setdefault("Cache-Control", REVALIDATED)
    patch_vary_headers(response, ["Cookie", "Accept-Language", "HX-Request"])
    if settings.POLYPHONIE_HOLD_SECONDS:
        headers = {name: response.headers[name] for name in ("Content-Type", "ETag", "Cache-Control", "Vary")}
        caches["pages"].set(_key(request), (response.status_code, response.content, headers), settings.POLYPHONIE_HOLD_SECONDS)
    return response
