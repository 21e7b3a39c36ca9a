"""How do the threads of one process share its only interpreter? One request at a time in the application, while each is short.

Python runs one thread at a time, and on SQLite there is nothing else to wait for: its answers come from this very process.
Threads that take the interpreter from each other in the middle of a vote only make both later, and with them every other
writer of the site: the one whose turn it is to write waits for the interpreter at each of its statements. Here each request
passes whole, but on a slow disk, which it waits for `aside`; the other threads serve what is slow outside, networks. On
PostgreSQL, where a request waits for another program, nobody waits here.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from io import BytesIO
from threading import Lock
from typing import Any

from django.db import connection

LONGEST_WAIT = 0.05
"""Seconds: whoever waits longer is behind a long request; they go in beside it, and so do all others until it is over."""
SMALL_BYTES = 64 * 1024
"""A form that brings more than this (a file) is read by the application as it arrives: it passes beside."""

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Turnstile:
    """The application, entered by one request at a time. What it answers piece by piece is made outside."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._lock = Lock()
        self._is_open = False

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if connection.vendor != "sqlite" or not _is_whole(environ):
            return self.application(environ, start_response)
        visit = Visit(self)
        token = _visit.set(visit)
        visit.enter()
        try:
            return self.application(environ, start_response)
        finally:
            visit.leave()
            _visit.reset(token)

    def _passes(self) -> bool:
        """Wait for one's turn; False when the one who has it is long."""
        if self._lock.acquire(blocking=False):
            return True
        if not self._is_open and self._lock.acquire(timeout=LONGEST_WAIT):
            return True
        self._is_open = True
        return False

    def _let_the_next_pass(self) -> None:
        self._is_open = False
        self._lock.release()


class Visit:
    """One request: whether it has passed, or went in beside a long one."""

    def __init__(self, turnstile: Turnstile) -> None:
        self._turnstile = turnstile
        self._has_passed = False

    def enter(self) -> None:
        self._has_passed = self._turnstile._passes()

    def leave(self) -> None:
        if self._has_passed:
            self._turnstile._let_the_next_pass()


_visit: ContextVar[Visit | None] = ContextVar("visit", default=None)

makes_way: ContextVar[Callable[[], None]] = ContextVar("makes_way", default=lambda: None)
"""How a server that serves by one thread hears that this one waits: it sets it, `aside` calls it."""


def is_passed() -> bool:
    """Whether this is a request that passes a turnstile."""
    return _visit.get() is not None


@contextmanager
def aside() -> Iterator[None]:
    """Let others pass while one waits for what is outside this process, then pass again."""
    visit = _visit.get()
    if visit is None:
        yield
        return
    visit.leave()
    makes_way.get()()
    try:
        yield
    finally:
        visit.enter()


def _is_whole(environ: Environ) -> bool:
    """Whether the request is here to its last byte: a small form is read now, so that nobody waits for a slow network inside."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if environ.get("HTTP_TRANSFER_ENCODING") or not (length.isascii() and length.isdecimal()) or int(length) > SMALL_BYTES:
        return False
    if int(length):
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)))
    return True
