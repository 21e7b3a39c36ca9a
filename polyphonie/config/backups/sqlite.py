"""How is a SQLite database copied while it is written, and put in the place of another?"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from django.db import connection, connections
from django.utils.translation import gettext as _

from polyphonie.config import database_driver
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.core.writing import turn

DATABASE = "database.sqlite3"
BESIDE = ("-wal", "-shm", "-journal")


def present() -> Path:
    """The database file of this installation."""
    return Path(str(connection.settings_dict["NAME"]))


def replaced() -> list[Path]:
    """The files of the database that the last restore or upgrade took the place of, if they are still there."""
    name = f"{present().name}.replaced"
    return [path for suffix in ("", *BESIDE) if (path := present().with_name(name + suffix)).exists()]


def copy_to(target: Path) -> None:
    """A copy of one instant. With WAL nobody waits; without it, writers wait their turn rather than find the base locked.

    `VACUUM INTO` leaves behind the free pages, hence what was erased, and lays rows down in the order of their keys.
    """
    waits = nullcontext() if database_driver.journal_mode() == "WAL" else turn()
    with waits, connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(target)])
    with target.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def working_on(path: Path) -> Iterator[None]:
    """Have every query go to another database file for a while."""
    before = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before
        path.with_name(f"{path.name}.turn").unlink(missing_ok=True)


def ensure_sound() -> None:
    """Refuse a database whose pages or references do not hold together. Raises CommandRefused."""
    with connection.cursor() as cursor:
        answer = cursor.execute("PRAGMA integrity_check(1)").fetchone()[0]
        stray = cursor.execute("PRAGMA foreign_key_check").fetchone()
    if answer != "ok" or stray is not None:
        raise CommandRefused(_("the database of this backup is damaged (%(reason)s): take another one.") % {"reason": answer})


def put_in_place(candidate: Path) -> None:
    """Put a whole database in the place of the present one, which keeps the name `….replaced` beside it."""
    connections.close_all()
    settle(candidate)
    target = present()
    old = target.with_name(f"{target.name}.replaced")
    for path in replaced():
        path.unlink()
    for suffix in ("", *BESIDE):
        beside = target.with_name(target.name + suffix)
        if beside.exists():
            os.link(beside, old.with_name(old.name + suffix))
    for suffix in BESIDE:
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    candidate.replace(target)
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def forget(candidate: Path) -> None:
    """Remove a database that did not take the place of the present one."""
    for suffix in ("", *BESIDE, ".turn"):
        candidate.with_name(candidate.name + suffix).unlink(missing_ok=True)


def settle(candidate: Path) -> None:
    """Bring what waits in the candidate's journal into its file, and the file to the disk."""
    with working_on(candidate), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in BESIDE:
        candidate.with_name(candidate.name + suffix).unlink(missing_ok=True)
    with candidate.open("rb") as file:
        os.fsync(file.fileno())
