"""Is this site alive, and ready to serve? Two addresses for a supervisor; they say nothing that a visitor may not know.

`/sante/` answers as soon as a worker does; `/sante/pret/` answers 200 when the database is reached and of this version, `tick`
works and there is room to write, else 503 with what is amiss.
"""

import shutil
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from polyphonie.config import schedule
from polyphonie.config.commands import database

SECONDS_WITHOUT_TURN = 600
LEAST_FREE = 64 * 1024 * 1024
"""Bytes below which the next minutes may not be written."""

_is_of_this_version = False


def is_reached() -> bool:
    """Whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() is not None


def is_of_this_version() -> bool:
    """Whether every migration was applied; once it is so, it stays so until this process ends."""
    global _is_of_this_version  # noqa: PLW0603  (known once for the life of the process)
    _is_of_this_version = _is_of_this_version or not (database.is_empty() or database.pending() or database.unknown())
    return _is_of_this_version


def is_ticking() -> bool:
    """Whether what is due was done in the last ten minutes."""
    turn = schedule.last_turn_file()
    return turn.exists() and time.time() - turn.stat().st_mtime < SECONDS_WITHOUT_TURN


def has_room() -> bool:
    """Whether there is room to write where the site writes."""
    return shutil.disk_usage(Path(settings.POLYPHONIE_VAR)).free >= LEAST_FREE


CHECKS: dict[str, Callable[[], bool]] = {
    "database": is_reached,
    "version": is_of_this_version,
    "tick": is_ticking,
    "disk": has_room,
}


@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """This worker answers."""
    return JsonResponse({"live": True})


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Each check by its name, and whether all are right."""
    found = {name: _holds(check) for name, check in CHECKS.items()}
    is_ready = all(found.values())
    response = JsonResponse(
        {"ready": is_ready, "checks": found}, status=HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    )
    if not is_ready:
        response._has_been_logged = True  # type: ignore[attr-defined]  # asked every few seconds: it would fill the log
        response.headers["Retry-After"] = "10"
    return response


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, OSError):
        return False
