"""Who is at work on this installation? Every command and server hold it together; a restore or an upgrade holds it alone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from polyphonie.config.commands.refusals import CommandRefused

_held: dict[str, int] = {}
"""The open files that hold it, by their place: for as long as this process lives."""


def place() -> Path:
    return Path(settings.POLYPHONIE_VAR) / "installation.lock"


def share() -> None:
    """Hold the installation with others until this process and those it starts end. Raises CommandRefused."""
    key = str(place())
    if key in _held:
        return
    file = os.open(place(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(file)
        raise CommandRefused(_("a restore or an upgrade is under way here: wait until it ends.")) from error
    _held[key] = file


@contextmanager
def alone() -> Iterator[None]:
    """Hold the installation against every other process on this machine and every session of the database.
    Raises CommandRefused."""
    place().parent.mkdir(parents=True, exist_ok=True)
    shared = _held.pop(str(place()), None)
    if shared is not None:
        os.close(shared)
    with place().open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandRefused(
                _("the site or another command is running here: stop it first (systemctl stop polyphonie), then start again.")
            ) from error
        if others := _other_sessions():
            raise CommandRefused(
                _("%(count)d other sessions are open on the database: stop the servers that use it first.") % {"count": others}
            )
        yield


def _other_sessions() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        (count,) = cursor.fetchone()
    return int(count)
