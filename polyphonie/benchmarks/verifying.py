"""How long and how much memory does a stranger need to recompute two million votes? Beside reading and hashing them bare."""

import csv
import hashlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from polyphonie.benchmarks import great_export
from polyphonie.benchmarks.ground import peak_memory

TEXTS, VOTERS = 1_000, 2_000
MOST_SECONDS, MOST_MEGABYTES = 600, 2_048


def run(*, texts: int = TEXTS, voters: int = VOTERS) -> dict[str, Any]:
    """Seconds and memory of `verify.py` on an export of that many votes; `ratio_to_bare_reading` compares with parsing each
    line of the register and of votes.csv and taking one SHA-256 of it. Raises RuntimeError when it does not verify."""
    with tempfile.TemporaryDirectory(prefix="polyphonie-bench-") as name:
        folder = Path(name) / "export"
        great_export.write(folder, texts, voters)
        bare = bare_reading(folder)
        started = time.monotonic()
        memory = peak_memory(["polyphonie.opendata.verify", str(folder)], dict(os.environ))
        seconds = round(time.monotonic() - started, 1)
    return {
        "seconds": seconds,
        "rss_mb": memory,
        "votes": texts * voters,
        "bare_seconds": round(bare, 1),
        "ratio_to_bare_reading": float(f"{bare / max(seconds, 0.1):.3g}"),
        "within_the_bar": seconds <= MOST_SECONDS and memory <= MOST_MEGABYTES,
    }


def bare_reading(folder: Path) -> float:
    """Seconds to read the register and the votes, parse each line and hash it once."""
    started = time.monotonic()
    with (folder / "ledger/leaves.jsonl").open("rb") as leaves:
        for line in leaves:
            json.loads(line)
            hashlib.sha256(line).digest()
    with (folder / "votes.csv").open(encoding="utf-8", newline="") as votes:
        for row in csv.reader(votes):
            hashlib.sha256("".join(row).encode()).digest()
    return time.monotonic() - started
