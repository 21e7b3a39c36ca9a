"""How many votes a second, durable and with their receipt? Beside raw upserts into the same kind of file, in the same run.

On a machine that does something else too, read the processor time that a vote takes the server (`cpu_ms`, user and system, all
its processes) rather than votes a second.
"""

import base64
import os
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from polyphonie.benchmarks.ground import Ground, ground, memory_over_a_turn, processor_seconds, product_served
from polyphonie.benchmarks.load import CLIENTS, each_once, post

PROPOSALS, VOTES_EACH = 400, 250
SECRET = "a" * 32
RAW_SECONDS = 4
FOUND = 302


def run() -> dict[str, Any]:
    """Votes per second through the whole product; `ratio_to_raw_upserts` compares with one process that only upserts."""
    started = time.monotonic()
    raw = raw_upserts()
    with ground() as where:
        where.fill(proposals=PROPOSALS, sessions=CLIENTS)
        with product_served(where) as (address, server):
            before = processor_seconds(server)
            load = each_once(address, [_votes(where, client, address) for client in range(CLIENTS)], expected=FOUND)
            spent = processor_seconds(server) - before
            memory, most_memory = memory_over_a_turn(server)
    return {
        "seconds": round(time.monotonic() - started, 1),
        "rss_mb": memory,
        "rss_mb_during_a_turn": most_memory,
        "votes": load.count,
        "errors": load.errors,
        "votes_per_second": load.per_second,
        "cpu_ms": round(1000 * spent / max(1, load.count), 3),
        "p50_ms": load.p50,
        "p95_ms": load.p95,
        "p99_ms": load.p99,
        "raw_upserts_per_second": raw,
        "ratio_to_raw_upserts": round(load.per_second / raw, 3) if raw else 0.0,
    }


def _votes(where: Ground, client: int, address: str) -> list[bytes]:
    """One person's votes, each on another proposal; people begin at different places."""
    facts = where.facts
    numbers = facts["numbers"]
    cookie = f"session={facts['sessions'][client]}; csrf={SECRET}"
    bodies = (
        f"csrfmiddlewaretoken={SECRET}&number={numbers[(client * 37 + rank) % len(numbers)]}"
        f"&position={('agree', 'mixed', 'disagree')[rank % 3]}&revision=1&after=0&n={_nonce()}"
        for rank in range(VOTES_EACH)
    )
    return [post(f"/{facts['process']}/voter/", body, cookie, address) for body in bodies]


def _nonce() -> str:
    return base64.urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode()


def raw_upserts() -> float:
    """Upserts of a vote and of its counter per second, each its own durable transaction, without anything else."""
    with tempfile.TemporaryDirectory(prefix="polyphonie-bench-") as folder:
        connection = sqlite3.connect(Path(folder) / "raw.sqlite3", isolation_level=None)
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE vote (voter BLOB, text INTEGER, position INTEGER, PRIMARY KEY (voter, text)) WITHOUT ROWID;"
            "CREATE TABLE counter (text INTEGER PRIMARY KEY, agree INTEGER);"
        )
        count, end = 0, time.monotonic() + RAW_SECONDS
        while time.monotonic() < end:
            connection.execute("BEGIN IMMEDIATE")
            text = count % PROPOSALS
            connection.execute(
                "INSERT INTO vote VALUES (?, ?, 1) ON CONFLICT (voter, text) DO UPDATE SET position = 1", (os.urandom(16), text)
            )
            connection.execute("INSERT INTO counter VALUES (?, 1) ON CONFLICT (text) DO UPDATE SET agree = agree + 1", (text,))
            connection.execute("COMMIT")
            count += 1
        connection.close()
    return round(count / RAW_SECONDS, 1)
