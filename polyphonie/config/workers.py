"""Which of the server's processes takes a connection that arrives? One that holds no more of them than any other.

All processes hear of it at once and the first awake would take it: the connections of a proxy, which stay open, then often belong
to one process, and the others look on. So whoever holds more than another leaves it the time to take it.
"""

import mmap
import time
from array import array
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from gunicorn.workers.gthread import ThreadWorker

from polyphonie.config.relay import Relay

PATIENCE = 0.002
"""Seconds left to those who hold fewer. Past them they are busy: whoever heard takes what is still there."""
PLACES = 64
NOBODY = 0xFFFF

held = memoryview(mmap.mmap(-1, PLACES * 2)).cast("H")
"""How many connections the process at each place holds: memory that they share, for it is there before they fork."""
held[:] = array("H", [NOBODY] * PLACES)


class FairWorker(ThreadWorker):
    """gunicorn's process of several threads, which takes no connection before another that holds fewer could."""

    place = 0

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """On PostgreSQL, where a request waits for another program, all threads serve at once."""
        return Relay(self.cfg.threads) if connection.vendor == "sqlite" else ThreadPoolExecutor(self.cfg.threads)

    def notify(self) -> None:
        """What each turn of its loop begins with."""
        self._tell()
        super().notify()

    def accept(self, *listening: Any) -> None:
        if min(held) < self.nr_conns:
            time.sleep(PATIENCE)
        super().accept(*listening)
        self._tell()

    def _tell(self) -> None:
        held[self.place] = self.nr_conns if self.alive else NOBODY


def seat(server: Any, worker: FairWorker) -> None:
    """Before a process begins: give it the first place that none of the others has."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next((place for place in range(PLACES) if place not in taken), PLACES - 1)


def unseat(server: Any, worker: FairWorker) -> None:
    """A process has ended, however it did: nobody is at its place."""
    held[worker.place] = NOBODY
