"""How many requests a second, and how long does each wait? Clients in processes of their own, on connections kept open."""

import multiprocessing
import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from urllib.parse import urlsplit

CLIENTS = 16
PROCESSES = 2
RECEIVE = 65536
HOST = "127.0.0.1"
"""The host that these readers ask for, whatever the port: pages say it."""


@dataclass(frozen=True)
class Load:
    """What the clients saw: requests per second, waiting times in milliseconds, answers that were not expected."""

    per_second: float
    p50: float
    p95: float
    p99: float
    errors: int
    count: int


def get(path: str, cookie: str = "", tag: str = "") -> bytes:
    """The bytes of a GET; `tag`: the ETag of what one has already."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", "Accept-Language: fr", "Accept-Encoding: identity"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += [f"If-None-Match: {tag}"] if tag else []
    return "\r\n".join([*lines, "", ""]).encode()


def post(path: str, body: str, cookie: str, address: str) -> bytes:
    """The bytes of a form posted from a page of the site."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {urlsplit(address).netloc}",
        f"Origin: {address}",
        "Accept-Language: fr",
        f"Cookie: {cookie}",
    ]
    lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join([*lines, "", ""]) + body).encode()


def repeated(address: str, request: bytes, *, seconds: float = 4, expected: int = 200) -> tuple[Load, Load]:
    """The same request again and again, from every client at once: a short warming up, then what counts."""
    warming = _drive(address, lambda client: repeat(request), seconds=seconds / 4, expected=expected)
    return warming, _drive(address, lambda client: repeat(request), seconds=seconds, expected=expected)


def each_once(address: str, requests: Sequence[Sequence[bytes]], *, expected: int) -> Load:
    """Each client sends its own requests, once each."""
    return _drive(address, lambda client: requests[client], seconds=600, expected=expected)


def _drive(address: str, requests_of: Callable[[int], object], *, seconds: float, expected: int) -> Load:
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    workers = [
        context.Process(target=_clients, args=(address, requests_of, range(rank, CLIENTS, PROCESSES), seconds, expected, queue))
        for rank in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    results = [queue.get() for _ in workers]
    for worker in workers:
        worker.join()
    waits = sorted(wait for one, _errors, _start, _end in results for wait in one)
    elapsed = max(end for *_rest, end in results) - min(start for _waits, _errors, start, _end in results)
    errors = sum(count for _waits, count, *_rest in results)
    cuts = statistics.quantiles(waits, n=100) if len(waits) > 1 else [0.0] * 99
    return Load(
        per_second=round(len(waits) / elapsed, 1),
        p50=round(cuts[49] * 1000, 2),
        p95=round(cuts[94] * 1000, 2),
        p99=round(cuts[98] * 1000, 2),
        errors=errors,
        count=len(waits),
    )


def _clients(address: str, requests_of, ranks: range, seconds: float, expected: int, queue) -> None:
    waits: list[float] = []
    errors = [0]
    start = time.monotonic()

    def client(rank: int) -> None:
        port = urlsplit(address).port or 80
        connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        for request in requests_of(rank):
            if time.monotonic() - start > seconds:
                break
            before = time.perf_counter()
            try:
                connection.sendall(request)
                status, stays_open = _answer(connection)
            except OSError:
                status, stays_open = 0, False
            waits.append(time.perf_counter() - before)
            errors[0] += status != expected
            if not stays_open:
                connection.close()
                connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        connection.close()

    threads = [threading.Thread(target=client, args=(rank,)) for rank in ranks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put((waits, errors[0], start, time.monotonic()))


def _answer(connection: socket.socket) -> tuple[int, bool]:
    """Read one whole answer; its status, and whether the connection may be used again."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(RECEIVE)
        if not piece:
            return 0, False
        received += piece
    head, _blank, body = received.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    headers = dict(line.lower().split(b": ", 1) for line in lines[1:] if b": " in line)
    length = int(headers.get(b"content-length", b"-1"))
    while len(body) < length or (
        length < 0 and headers.get(b"transfer-encoding") == b"chunked" and not body.endswith(b"0\r\n\r\n")
    ):
        piece = connection.recv(RECEIVE)
        if not piece:
            break
        body += piece
    return int(lines[0].split()[1]), headers.get(b"connection") != b"close"
