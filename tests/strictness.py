"""What does a test forbid that production would let pass? The network, and orders that nobody asked for."""

import ipaddress
import os
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models import QuerySet


def missing(what: str, reason: str) -> None:
    """Skip, visibly, for want of a browser or a database; fail where `POLYPHONIE_REQUIRE` says that it must be there."""
    required = os.environ.get("POLYPHONIE_REQUIRE", "").replace(",", " ").split()
    if what in required:
        pytest.fail(f"{what} is required by POLYPHONIE_REQUIRE: {reason}", pytrace=False)
    pytest.skip(f"{what}: {reason}")


class NetworkForbidden(AssertionError):
    """A test tried to reach another machine."""


def _is_near(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def forbid_the_network() -> None:
    """From now on this process reaches loopback and local sockets only."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked(address: Any) -> None:
        if isinstance(address, tuple) and not _is_near(str(address[0])):
            raise NetworkForbidden(f"a test tried to reach {address[0]}")

    def near_connect(self: socket.socket, address: Any) -> None:
        checked(address)
        return connect(self, address)

    def near_connect_ex(self: socket.socket, address: Any) -> int:
        checked(address)
        return connect_ex(self, address)

    def near_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and not _is_near(name) and name != socket.gethostname():
            raise NetworkForbidden(f"a test tried to find {name}")
        return getaddrinfo(host, *arguments, **options)

    socket.socket.connect = near_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = near_connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = near_getaddrinfo


@contextmanager
def shuffled_unordered_queries(seed: str) -> Iterator[None]:
    """Give the rows of every query without an order in a random one, the same at each run of the same test."""
    chance = random.Random(seed)
    fetch_all = QuerySet._fetch_all

    def fetch_all_shuffled(self: QuerySet[Any]) -> None:
        is_first_time = self._result_cache is None
        fetch_all(self)
        if is_first_time and not self.ordered and self._result_cache:
            chance.shuffle(self._result_cache)

    QuerySet._fetch_all = fetch_all_shuffled
    try:
        yield
    finally:
        QuerySet._fetch_all = fetch_all
