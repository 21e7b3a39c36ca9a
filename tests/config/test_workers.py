"""Do the server's processes share the connections that stay open?"""

import socket
from array import array
from collections.abc import Iterator
from threading import Timer
from types import SimpleNamespace

import pytest

from polyphonie.config import workers
from polyphonie.config.workers import NOBODY, FairWorker, held, seat, unseat


class Listening(FairWorker):
    """A process of which only the door is there: what it takes, it keeps."""

    def __init__(self, place: int, *, holds: int) -> None:
        self.place, self.nr_conns, self.alive = place, holds, True
        self.cfg, self.taken = SimpleNamespace(), []

    def enqueue_req(self, conn) -> None:
        self.taken.append(conn)

    def close(self) -> None:
        for conn in self.taken:
            conn.sock.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture(autouse=True)
def places() -> Iterator[None]:
    yield
    held[:] = array("H", [NOBODY] * len(held))


def test_a_connection_is_left_to_the_process_that_holds_fewer(listener, monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE", 0.3)
    laden, idle = Listening(0, holds=4), Listening(1, holds=3)
    for worker in (laden, idle):
        worker._tell()
    with socket.create_connection(listener.getsockname()):
        other = Timer(0.05, idle.accept, [listener])
        other.start()
        laden.accept(listener)
        other.join()
    assert (laden.nr_conns, idle.nr_conns, list(held[:3])) == (4, 4, [4, 4, NOBODY])
    idle.close()


def test_what_nobody_else_takes_in_time_is_taken(listener):
    laden = Listening(0, holds=4)
    held[1] = 0
    with socket.create_connection(listener.getsockname()):
        laden.accept(listener)
    assert (laden.nr_conns, len(laden.taken)) == (5, 1)
    laden.close()


@pytest.mark.parametrize("others", [NOBODY, 4, 5])
def test_nobody_waits_for_those_who_hold_as_many_or_are_not_there(listener, monkeypatch, others):
    monkeypatch.setattr(workers.time, "sleep", lambda _seconds: pytest.fail("waited"))
    worker = Listening(0, holds=4)
    held[1] = others
    with socket.create_connection(listener.getsockname()):
        worker.accept(listener)
    assert worker.nr_conns == 5
    worker.close()


def test_a_process_that_stops_or_dies_is_waited_for_by_nobody():
    stopping = Listening(1, holds=2)
    stopping._tell()
    assert held[1] == 2
    stopping.alive = False
    stopping._tell()
    assert held[1] == NOBODY
    held[1] = 2
    unseat(None, stopping)
    assert held[1] == NOBODY


def test_each_process_has_its_place_and_the_next_one_takes_the_first_that_is_free():
    server = SimpleNamespace(WORKERS={pid: Listening(place, holds=0) for pid, place in enumerate((0, 2))})
    new = Listening(7, holds=0)
    seat(server, new)
    assert new.place == 1
    server.WORKERS = {pid: Listening(pid, holds=0) for pid in range(workers.PLACES)}
    seat(server, new)
    assert new.place == workers.PLACES - 1
