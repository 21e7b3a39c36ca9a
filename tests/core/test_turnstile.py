"""Do the requests of one process follow each other, without a long one, or a slow network, keeping the others out?"""

from collections.abc import Iterator
from io import BytesIO
from threading import Event, Thread
from typing import Any

import pytest

from polyphonie.core.serving import turnstile
from polyphonie.core.serving.turnstile import SMALL_BYTES, Turnstile, aside, is_passed

WAIT = 10


class House:
    """An application whose requests stay inside until they are let out."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.most_inside = 0
        self.entered = {name: Event() for name in "abc"}
        self.may_leave = {name: Event() for name in "abc"}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        name = environ["PATH_INFO"]
        self.inside.append(name)
        self.most_inside = max(self.most_inside, len(self.inside))
        self.entered[name].set()
        assert self.may_leave[name].wait(WAIT)
        self.inside.remove(name)
        return [environ["wsgi.input"].read() if "wsgi.input" in environ else b""]


class Connection:
    vendor = "sqlite"


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Connection:
    connection = Connection()
    monkeypatch.setattr(turnstile, "connection", connection)
    return connection


@pytest.fixture
def house(database: Connection) -> Iterator[House]:
    house = House()
    yield house
    for event in house.may_leave.values():
        event.set()


def visit(entrance: Turnstile, name: str, **more: Any) -> Thread:
    thread = Thread(target=entrance, args=({"PATH_INFO": name, **more}, None))
    thread.start()
    return thread


def test_one_request_follows_the_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "LONGEST_WAIT", WAIT)
    entrance = Turnstile(house)
    visits = [visit(entrance, "a")]
    assert house.entered["a"].wait(WAIT)
    visits += [visit(entrance, name) for name in "bc"]
    assert not house.entered["b"].wait(0.05)
    assert not house.entered["c"].is_set()
    for event in house.may_leave.values():
        event.set()
    for thread in visits:
        thread.join(WAIT)
    assert all(event.is_set() for event in house.entered.values())
    assert house.most_inside == 1


def test_a_long_request_keeps_nobody_out_and_once_it_is_over_they_follow_each_other_again(house: House) -> None:
    entrance = Turnstile(house)
    visits = [visit(entrance, "a")]
    assert house.entered["a"].wait(WAIT)
    visits.append(visit(entrance, "b"))
    assert house.entered["b"].wait(WAIT)
    assert entrance._is_open
    for name in "ab":
        house.may_leave[name].set()
    for thread in visits:
        thread.join(WAIT)
    assert not entrance._is_open
    assert entrance._lock.acquire(blocking=False)


def test_an_error_inside_lets_the_next_one_in(house: House) -> None:
    def breaks(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise ValueError("broken")

    entrance = Turnstile(breaks)
    for _time in range(2):
        with pytest.raises(ValueError, match="broken"):
            entrance({}, None)
    assert entrance._lock.acquire(blocking=False)


def test_whoever_waits_for_something_else_lets_the_next_one_in_and_passes_again(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(turnstile, "LONGEST_WAIT", WAIT)
    has_stepped_aside, may_return, has_returned = Event(), Event(), Event()

    def waits(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] == "b":
            return house(environ, start_response)
        with aside():
            has_stepped_aside.set()
            assert may_return.wait(WAIT)
        has_returned.set()
        return []

    entrance = Turnstile(waits)
    visits = [visit(entrance, "a")]
    assert has_stepped_aside.wait(WAIT)
    visits.append(visit(entrance, "b"))
    assert house.entered["b"].wait(WAIT)
    may_return.set()
    assert not has_returned.wait(0.05)
    house.may_leave["b"].set()
    for thread in visits:
        thread.join(WAIT)
    assert has_returned.is_set()
    assert entrance._lock.acquire(blocking=False)


def test_outside_a_server_nobody_steps_aside() -> None:
    assert not is_passed()
    with aside():
        assert not is_passed()


def test_a_small_form_is_read_before_one_waits_and_arrives_whole(house: House) -> None:
    house.may_leave["a"].set()
    arriving = BytesIO(b"position=agree and what is not its own")
    length = str(len(b"position=agree"))
    answer = Turnstile(house)({"PATH_INFO": "a", "CONTENT_LENGTH": length, "wsgi.input": arriving}, None)
    assert answer == [b"position=agree"]


@pytest.mark.parametrize("length", [str(SMALL_BYTES + 1), "-1", "x", "²"])
def test_what_is_large_or_of_unknown_length_passes_beside_unread(house: House, length: str) -> None:
    entrance = Turnstile(house)
    house.may_leave["a"].set()
    arriving = BytesIO(b"a file")
    assert entrance._lock.acquire(blocking=False)
    entrance({"PATH_INFO": "a", "CONTENT_LENGTH": length, "wsgi.input": arriving}, None)
    assert house.entered["a"].is_set()
    assert not entrance._is_open


def test_on_postgresql_nobody_waits(house: House, database: Connection) -> None:
    database.vendor = "postgresql"
    entrance = Turnstile(house)
    assert entrance._lock.acquire(blocking=False)
    house.may_leave["a"].set()
    entrance({"PATH_INFO": "a"}, None)
    assert house.entered["a"].is_set()
    assert not entrance._is_open
