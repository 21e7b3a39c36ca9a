"""How do several votes share one fsync? Those that wait in one process cross together: one transaction, which lands once.

A durable commit waits for the disk, and on SQLite everyone who writes waits with it. Here whoever has done their part leaves the
transaction to the next one who waits, and the last one commits. Each act has its own savepoint: one that is refused leaves
nothing behind and takes nothing of the others away. Nobody, not even who was refused, leaves before the commit of all: what they
are told has arrived.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Event, Lock

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

LONGEST = 0.02
"""Seconds after which nobody comes aboard any more: the other processes wait for their turn to write."""
SLOW = 0.0015
"""Seconds that a commit takes lately, from which acts cross together. Below, there is too little to share: each one's own
transaction costs less, and whoever passes meanwhile only takes the interpreter from whoever writes."""
REMEMBERED = 8


class Crossing:
    """One transaction and the turn it was opened in, until it lands; then, whether it arrived."""

    def __init__(self, turn: AbstractContextManager[None]) -> None:
        with ExitStack() as held:
            held.enter_context(turn)
            held.enter_context(transaction.atomic())
            self._held = held.pop_all()
        self._departed = time.monotonic()
        self._is_over = Event()
        self._trouble: Exception | None = None

    def is_late(self) -> bool:
        return time.monotonic() - self._departed > LONGEST

    def land(self, connection: BaseDatabaseWrapper) -> None:
        """Commit what all have done, give the turn back, and let them go."""
        is_lost = connection.needs_rollback or connection.closed_in_transaction
        try:
            self._held.close()
            if is_lost:  # SQLite undoes the whole transaction when there is no room left in the middle of one act
                raise OperationalError("the transaction was undone by the database")
        except Exception as trouble:
            self._trouble = trouble
        finally:
            self._is_over.set()

    def arrive(self) -> None:
        """Wait for the commit of all. Raises what it met: then nothing of what they did is there."""
        self._is_over.wait()
        if self._trouble is not None:
            raise OperationalError(str(self._trouble)) from self._trouble


class Ferry:
    """The one connection of a process on which acts cross together; `turn` is what must be held from departure to landing."""

    def __init__(self, turn: Callable[[], AbstractContextManager[None]]) -> None:
        self._turn = turn
        self._gangway = Lock()
        self._counting = Lock()
        self._waiting = 0
        self._crossing: Crossing | None = None
        self._connection: BaseDatabaseWrapper | None = None
        self._usual = 0.0

    @property
    def is_slow(self) -> bool:
        """Whether the last commits, each counting less than the one after it, kept their acts waiting."""
        return self._usual > SLOW

    def note(self, seconds: float) -> None:
        """A commit took this long."""
        self._usual += (seconds - self._usual) / REMEMBERED

    @contextmanager
    def aboard(self) -> Iterator[None]:
        """An act's own part of the crossing; once it is over, it has arrived with all others, or it raises."""
        crossing: Crossing | None = None
        try:
            with self._in_line(), self._on_its_connection() as connection:
                crossing = self._crossing = self._crossing or Crossing(self._turn())
                try:
                    with transaction.atomic():
                        yield
                finally:
                    if not self._waiting or crossing.is_late() or connection.needs_rollback:
                        self._land(crossing, connection)
        finally:
            if crossing is not None:
                crossing.arrive()

    def _land(self, crossing: Crossing, connection: BaseDatabaseWrapper) -> None:
        self._crossing = None
        started = time.monotonic()
        crossing.land(connection)
        self.note(time.monotonic() - started)

    @contextmanager
    def _in_line(self) -> Iterator[None]:
        """One act at a time; those who wait are counted, so that the last one knows that nobody follows."""
        with self._counting:
            self._waiting += 1
        with self._gangway:
            with self._counting:
                self._waiting -= 1
            yield

    @contextmanager
    def _on_its_connection(self) -> Iterator[BaseDatabaseWrapper]:
        """The ferry's connection in place of this thread's own."""
        if self._connection is None:
            self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
            self._connection.inc_thread_sharing()
        own = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self._connection
        try:
            if self._crossing is None:
                self._connection.close_if_unusable_or_obsolete()
            yield self._connection
        finally:
            connections[DEFAULT_DB_ALIAS] = own
