"""Does one thread serve while requests are short, and another come beside one that lasts or waits?"""

from collections.abc import Iterator
from threading import Event, current_thread

import pytest

from polyphonie.config.relay import Relay
from polyphonie.core.serving import turnstile
from polyphonie.core.serving.turnstile import Turnstile, aside

WAIT = 10
THREADS = 3


class Connection:
    vendor = "sqlite"


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    monkeypatch.setattr(turnstile, "connection", Connection())
    relay = Relay(THREADS)
    yield relay
    relay.shutdown()


def test_short_requests_are_served_by_one_thread_in_their_order(relay: Relay) -> None:
    served: list[int] = []
    may_begin = Event()
    first = relay.submit(may_begin.wait, 0.01)
    jobs = [relay.submit(lambda rank: (served.append(rank), current_thread().name)[1], rank) for rank in range(200)]
    may_begin.set()
    first.result(WAIT)
    assert len({job.result(WAIT) for job in jobs}) == 1
    assert served == list(range(200))


def test_one_that_lasts_keeps_the_others_waiting_for_a_moment_only_and_their_thread_goes_on_alone(relay: Relay) -> None:
    may_end, may_end_too = Event(), Event()
    long = relay.submit(may_end.wait, WAIT)
    longer = relay.submit(may_end_too.wait, WAIT)
    assert relay.submit(lambda: "short").result(WAIT) == "short"
    assert not long.done()
    may_end.set()
    may_end_too.set()
    assert long.result(WAIT)
    assert longer.result(WAIT)
    names = {relay.submit(lambda: current_thread().name).result(WAIT) for _time in range(20)}
    assert len(names) <= THREADS


def test_when_every_thread_is_taken_the_next_is_served_as_soon_as_one_is_free(relay: Relay) -> None:
    may_end = [Event() for _thread in range(THREADS + 1)]
    jobs = [relay.submit(event.wait, WAIT) for event in may_end]
    last = relay.submit(lambda: "last")
    may_end[1].set()
    assert jobs[1].result(WAIT)
    may_end[THREADS].set()
    assert last.result(WAIT) == "last"
    for event in may_end:
        event.set()
    assert all(job.result(WAIT) for job in jobs)


def test_whoever_steps_aside_makes_way_at_once(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polyphonie.config.relay.LONGEST_WAIT", WAIT)
    may_return = Event()

    def waits(_environ: object, _start: object) -> list[bytes]:
        with aside():
            assert may_return.wait(WAIT)
        return [b"back"]

    first = relay.submit(Turnstile(waits), {}, lambda *_words: None)
    assert relay.submit(lambda: "served").result(WAIT) == "served"
    may_return.set()
    assert list(first.result(WAIT)) == [b"back"]


def test_an_error_is_told_to_who_asked_and_the_next_is_served(relay: Relay) -> None:
    def breaks() -> None:
        raise ValueError("broken")

    broken, whole = relay.submit(breaks), relay.submit(lambda: "whole")
    with pytest.raises(ValueError, match="broken"):
        broken.result(WAIT)
    assert whole.result(WAIT) == "whole"
