"""What is answered when the database or the disk cannot serve? A page that says what to do, a 503, and when to try again.

Nothing of it asks the database anything: it may be what is down.
"""

import errno
import logging
from http import HTTPStatus

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger(__name__)

SOON, LATER = 5, 60
"""Seconds before trying again: a lock or a restart passes, a full disk waits for someone."""
FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
FULL_STATES = frozenset({"53100", "25006"})
"""PostgreSQL's disk_full and read_only_sql_transaction."""
FULL_WORDS = ("disk is full", "disk i/o error", "readonly database")


def answer_to(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """The 503 of this trouble, or None when it is something else."""
    if exception is None:
        return None
    if is_full(exception):
        logger.error("there is no room to write: what is sent is refused")
        return _answer(request, "core/read_only.html", LATER)
    if isinstance(exception, OperationalError | InterfaceError):
        logger.warning("the database does not answer (%s): people are asked to wait", " ".join(str(exception).split()))
        return _answer(request, "core/busy.html", SOON)
    return None


def is_full(exception: BaseException) -> bool:
    """Whether nothing more can be written: no space left, or a disk that takes no writes."""
    if isinstance(exception, OSError):
        return exception.errno in FULL_ERRNOS
    if not isinstance(exception, DatabaseError):
        return False
    state = getattr(exception.__cause__, "sqlstate", None)
    return state in FULL_STATES or any(words in str(exception).lower() for words in FULL_WORDS)


def _answer(request: HttpRequest, template: str, seconds: int) -> HttpResponse:
    request.user = AnonymousUser()  # who is signed in is in the database
    response = render(request, template, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address: a vote's, sometimes
    return response
