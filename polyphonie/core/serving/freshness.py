"""How does a page that everybody sees alike say so? By its content (ETag) to those who have it already, and to the door, which
holds it (`core.serving.holding`); never shared with what one person sees."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from polyphonie.core.serving import fragments
from polyphonie.core.serving.holding import HELD

View = Callable[..., HttpResponse]
REVALIDATED = "public, max-age=0, must-revalidate"
PERSONAL = "private, no-store"


def shared_page(view: View) -> View:
    """For pages that read: to people who are not signed in the same bytes for all, with an ETag and 304, which may be held for
    `POLYPHONIE_HOLD_SECONDS`; to people who are signed in, theirs alone. Such a page carries no form that posts."""

    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", PERSONAL)
            return response
        if response.streaming or response.status_code not in HELD or response.cookies:
            return response
        response.headers["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response.headers.setdefault("Cache-Control", REVALIDATED)
        patch_vary_headers(response, ["Cookie", "Accept-Language", fragments.HEADER])
        response.is_shared = True  # type: ignore[attr-defined]  # read by core.holding; never None when an answer is given
        etag = response.headers["ETag"]
        return get_conditional_response(request, etag=etag, response=response)  # type: ignore[return-value]  # read by core.holding; never None when an answer is given

    return served
