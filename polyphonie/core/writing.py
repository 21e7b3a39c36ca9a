"""When, and alone with what, does one write? `writing()` is the only door to a change.

The entry (view, task, command) opens it; it takes its turn, opens the transaction, takes the lock that was asked for, *then*
reads the clock once, and yields that instant: the one that decides what is in time. Actions open nothing, read no clock, and
call `assert_writing()`.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import connection, models, transaction
from django.utils import timezone

from polyphonie.core.serving.turnstile import aside, is_passed
from polyphonie.core.storage.ferry import Ferry

_is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)


@contextmanager
def writing(*, lock: models.Model | str | None = None, shared: bool = False) -> Iterator[datetime]:
    """Open the one transaction of an act and yield its instant (aware, UTC).

    `lock` names what must not change meanwhile (a consultation, a process, or any string); several acts may hold it when
    `shared`, one alone otherwise. On SQLite, where one writer writes at a time, a fair file lock gives the turn and holds
    whatever `lock` says (on a slow disk, `shared` acts of one server cross together); on PostgreSQL it is an advisory lock
    that ends with the transaction.
    """
    if _is_writing.get():
        raise RuntimeError("writing() is already open: the entry opens it once, actions never do")
    token = _is_writing.set(True)
    try:
        with _transaction(shared=shared):
            if lock is not None and connection.vendor == "postgresql":
                _advisory_lock(_lock_key(lock), shared=shared)
            yield timezone.now()
    finally:
        _is_writing.reset(token)


def hold(lock: models.Model | str, *, shared: bool = False) -> None:
    """Take one more lock inside an open `writing()`, until its end; those who take several take them in the same order."""
    assert_writing()
    if connection.vendor == "postgresql":
        _advisory_lock(_lock_key(lock), shared=shared)


@contextmanager
def writing_at(instant: datetime, *, lock: models.Model | str | None = None) -> Iterator[datetime]:
    """`writing()` for a history that is written afterwards (the demonstration): yields the instant it is given."""
    with writing(lock=lock):
        yield instant


def assert_writing() -> None:
    """Every action opens with this: it proves that its caller opened the transaction."""
    if not _is_writing.get():
        raise RuntimeError("an action was called outside writing()")


@contextmanager
def turn() -> Iterator[None]:
    """Wait one's turn among SQLite's writers; `flock` wakes them in order, where SQLite's own waiting starves some."""
    path = _turn_file()
    if path is None:
        yield
        return
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)  # gives the turn back, after the commit


ferry = Ferry(turn)
"""On which the shared acts of this process cross together."""


@contextmanager
def _transaction(*, shared: bool) -> Iterator[None]:
    """One's own, in one's own turn; on a slow disk, the requests of a SQLite server whose acts are `shared` share theirs."""
    if shared and is_passed() and ferry.is_slow and not connection.in_atomic_block:
        with aside(), ferry.aboard():
            yield
        return
    with turn():
        with transaction.atomic():
            yield
            done = time.monotonic()
        ferry.note(time.monotonic() - done)


def _turn_file() -> str | None:
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return None
    name = str(connection.settings_dict["NAME"])
    if "memory" in name:
        return None
    return f"{name}.turn"


def _lock_key(lock: models.Model | str) -> int:
    """A signed 64-bit number for PostgreSQL's advisory locks, from what is locked."""
    name = lock if isinstance(lock, str) else f"{lock._meta.label}/{lock.pk}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _advisory_lock(key: int, *, shared: bool) -> None:
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [key])
