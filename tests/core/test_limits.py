"""Does a limit hold whatever a client writes in its headers, and is nothing of it written down?"""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from polyphonie.core.serving import limits
from polyphonie.core.serving.limits import Limit, client_of, is_client_over, is_over
from polyphonie.core.serving.shared_times import KEY_BYTES, SharedTimes

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
TWO = Limit("test", 2, 60)


@pytest.fixture(autouse=True)
def counted_from_nothing() -> Iterator[None]:
    limits.forget_all()
    yield
    limits.forget_all()


def seen_as(peer: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_of(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))


def test_a_limit_counts_one_person_and_one_purpose_in_a_sliding_time() -> None:
    assert [is_over(TWO, "a", NOON) for _ in range(3)] == [False, False, True]
    assert not is_over(TWO, "b", NOON)
    assert not is_over(Limit("other", 2, 60), "a", NOON)
    assert is_over(TWO, "a", NOON + timedelta(seconds=59))
    assert not is_over(TWO, "a", NOON + timedelta(seconds=60))


@pytest.mark.parametrize(
    "forged", ["1.2.3.4", "1.2.3.4, 5.6.7.8", "127.0.0.1", "10.0.0.1", "", ",,,", "unknown", "::1", "x" * 9000, "1.2.3.4:80"]
)
def test_a_forged_header_never_lifts_a_limit(forged: str, settings: Settings) -> None:
    settings.POLYPHONIE_TRUSTED_PROXIES = []
    assert seen_as("203.0.113.9", forged) == "203.0.113.9"
    settings.POLYPHONIE_TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert seen_as("203.0.113.9", forged) == "203.0.113.9"
    assert seen_as("10.0.0.1", f"{forged}, 203.0.113.9") == "203.0.113.9"
    assert seen_as("10.0.0.1", f"{forged}, 203.0.113.9, 10.0.0.7") == "203.0.113.9"


@pytest.mark.parametrize(
    "header", ["HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP", "HTTP_X_FORWARDED_HOST", "HTTP_TRUE_CLIENT_IP"]
)
def test_no_other_header_is_read(header: str, settings: Settings) -> None:
    settings.POLYPHONIE_TRUSTED_PROXIES = ["203.0.113.9"]
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", **{header: "1.2.3.4"})
    assert client_of(request) == "203.0.113.9"


def test_a_proxy_on_a_local_socket_is_trusted_only_when_configured(settings: Settings) -> None:
    settings.POLYPHONIE_TRUSTED_PROXIES = []
    assert seen_as("", "203.0.113.9") == "unknown"
    settings.POLYPHONIE_TRUSTED_PROXIES = ["unix"]
    assert seen_as("", "203.0.113.9") == "203.0.113.9"


def test_an_ipv6_household_is_one_client() -> None:
    assert seen_as("2001:db8::1") == seen_as("2001:db8::2") != seen_as("2001:db8:0:1::1")
    assert seen_as("::ffff:203.0.113.9") == "203.0.113.9"


def test_a_workshop_is_excepted_on_its_days_only(settings: Settings) -> None:
    settings.POLYPHONIE_WORKSHOPS = ["203.0.113.0/24=2026-03-02"]
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")
    assert not any(is_client_over(TWO, request, NOON) for _ in range(10))
    later = NOON + timedelta(days=1)
    assert [is_client_over(TWO, request, later) for _ in range(3)] == [False, False, True]


def test_memory_stays_bounded_and_holds_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_seen", SharedTimes(100))
    for number in range(500):
        is_over(TWO, f"203.0.113.{number}", NOON)
    assert not limits._seen.holds(b"203.0.113")
    assert limits._seen.holds(limits._key_of(TWO, "203.0.113.499"))


def test_whoever_asks_least_gives_place_first() -> None:
    few, times = SharedTimes(8), [1.0, 2.0]
    for number in range(9):
        few.write(bytes([number]) * KEY_BYTES, times, now=float(number))
    kept = [number for number in range(9) if few.of(bytes([number]) * KEY_BYTES) == times]
    assert kept == list(range(1, 9))


FOUR_WORKERS = """
import os, sys
from datetime import UTC, datetime
from polyphonie.core.serving.limits import Limit, is_over, seconds_to_wait
limit, now, pipe = Limit("test", 100, 60), datetime(2026, 3, 2, tzinfo=UTC), os.pipe()
for worker in range(4):
    if not os.fork():
        os.write(pipe[1], bytes([sum(not is_over(limit, "a", now) for _ in range(60))]))
        os._exit(0)
print(sum(os.read(pipe[0], 1)[0] for worker in range(4)), seconds_to_wait(limit, "a", now))
"""


def test_the_workers_of_a_server_count_together() -> None:
    counted = subprocess.run([sys.executable, "-c", FOUR_WORKERS], capture_output=True, text=True, check=True)
    assert counted.stdout.split() == ["100", "60"]
