"""How many votes a second, durable and with their receipt? Beside raw upserts into the same kind of file, in the same run.

Each vote is a form posted by someone signed in, a different one each time; the receipt of each person's last vote is then asked
for, and verified as its holder would.

On a machine that does something else too, read the processor time that a vote takes the server (`cpu_ms`, user and system, all
its processes) rather than votes a second.
"""

import base64
import json
import os
import sqlite3
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polyphonie.benchmarks.ground import Ground, ground, memory_over_a_turn, processor_seconds, product_served
from polyphonie.benchmarks.load import CLIENTS, each_once, post
from polyphonie.opendata.verify import Note

PROPOSALS, VOTES_EACH = 400, 250
POSITIONS = {"agree": 1, "mixed": 0, "disagree": -1}
SECRET = "a" * 32
RAW_SECONDS = 4
FOUND = 302


@dataclass(frozen=True)
class Ballot:
    """What someone posts: the number of a text, a word for the position, the nonce of the act."""

    number: int
    word: str
    nonce: str


def run() -> dict[str, Any]:
    """Votes per second through the whole product; `ratio_to_raw_upserts` compares with one process that only upserts."""
    started = time.monotonic()
    raw = raw_upserts()
    with ground() as where:
        where.fill(proposals=PROPOSALS, sessions=CLIENTS)
        with product_served(where) as (address, server):
            ballots = [_ballots(where, client) for client in range(CLIENTS)]
            posts = [[_post(where, client, ballot, address) for ballot in some] for client, some in enumerate(ballots)]
            before = processor_seconds(server)
            load = each_once(address, posts, expected=FOUND)
            spent = processor_seconds(server) - before
            receipts = sum(_has_its_receipt(where, client, some[-1], address) for client, some in enumerate(ballots))
            memory, most_memory = memory_over_a_turn(server)
    return {
        "seconds": round(time.monotonic() - started, 1),
        "rss_mb": memory,
        "rss_mb_during_a_turn": most_memory,
        "votes": load.count,
        "errors": load.errors,
        "receipts_verified": receipts,
        "votes_per_second": load.per_second,
        "cpu_ms": round(1000 * spent / max(1, load.count), 3),
        "p50_ms": load.p50,
        "p95_ms": load.p95,
        "p99_ms": load.p99,
        "raw_upserts_per_second": raw,
        "ratio_to_raw_upserts": round(load.per_second / raw, 3) if raw else 0.0,
    }


def _ballots(where: Ground, client: int) -> list[Ballot]:
    """One person's votes, each on another proposal; people begin at different places."""
    numbers, words = where.facts["numbers"], list(POSITIONS)
    return [
        Ballot(numbers[(client * 37 + rank) % len(numbers)], words[rank % len(words)], _nonce()) for rank in range(VOTES_EACH)
    ]


def _post(where: Ground, client: int, ballot: Ballot, address: str) -> bytes:
    facts = where.facts
    cookie = f"session={facts['sessions'][client]}; csrf={SECRET}"
    body = f"csrfmiddlewaretoken={SECRET}&number={ballot.number}&position={ballot.word}&revision=1&after=0&n={ballot.nonce}"
    return post(f"/{facts['process']}/voter/", body, cookie, address)


def _has_its_receipt(where: Ground, client: int, ballot: Ballot, address: str) -> bool:
    """Whether the receipt that this person is given is signed by the key of receipts and says this very vote."""
    facts = where.facts
    page = f"{address}/{facts['process']}/contributions/{ballot.number}/recu/?fichier"
    request = urllib.request.Request(page, headers={"Cookie": f"session={facts['sessions'][client]}"})  # noqa: S310  (an address of this machine)
    with urllib.request.urlopen(request) as answer:  # noqa: S310  (the same)
        note = Note(answer.read().decode())
    said = json.loads(note.lines[1])
    is_this_one = said["contribution"] == ballot.number and said["nonce"] == ballot.nonce
    is_signed = note.is_by(note.lines[0], bytes.fromhex(facts["receipt_key"]))
    return is_signed and is_this_one and bool(said["position"] == POSITIONS[ballot.word])


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
