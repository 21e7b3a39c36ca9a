"""Which pages are asked for before the site opens? One of each kind that everybody reads, so that what serving them loads and
prepares is there once, shared by the processes that fork after it."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.db import DatabaseError
from django.utils import translation

from polyphonie.contributions.models import Contribution, Status
from polyphonie.core import addresses
from polyphonie.core.serving.keeping import pieces

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def rehearse(application: Application) -> list[str]:
    """Read these pages as a visitor would, and keep none of them; how each was answered. A site that cannot be read yet opens
    all the same, and says why to whoever comes."""
    answers: list[str] = []
    with suppress(DatabaseError):
        for address in ("/", addresses.SIGN_IN, *_pages_of_a_text()):
            response = application(_asking(address), lambda status, _headers, _error=None: answers.append(status))
            for _piece in response:
                pass
            if hasattr(response, "close"):
                response.close()
    translation.deactivate()
    pieces.clear()  # the process that only begets others never learns that one must be forgotten
    return answers


def _pages_of_a_text() -> list[str]:
    """The pages around the last text that was published, if there is one."""
    texts = Contribution.objects.filter(status=Status.PUBLISHED, about=None).select_related("consultation__process")
    text = texts.order_by("-pk").first()
    if text is None:
        return []
    process = text.consultation.process.slug
    return [
        addresses.process_address(process),
        addresses.consultation_address(process, text.consultation.slug),
        addresses.contribution_address(process, text.number),
        f"{addresses.search_address(process)}?q={text.number}",
    ]


def _asking(address: str) -> Environ:
    path, _mark, query = address.partition("?")
    scheme = "https" if settings.IS_HTTPS else "http"
    environ: Environ = {
        "HTTP_HOST": settings.POLYPHONIE_HOST,
        "HTTP_ACCEPT_LANGUAGE": settings.LANGUAGE_CODE,
        "HTTP_X_FORWARDED_PROTO": scheme,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": scheme,
    }
    setup_testing_defaults(environ)
    return environ
