"""How long does it take to take over République numérique's size? Beside bare insertions of as many rows, in the same run."""

import csv
import sqlite3
import time
from pathlib import Path
from typing import Any

from polyphonie.benchmarks import source
from polyphonie.benchmarks.ground import Ground, Spent, ground, spent

TEXTS, VOTES = 8_500, 150_000


def run() -> dict[str, Any]:
    """Seconds to read, validate and write a whole export; `ratio_to_executemany` compares with inserting its rows unread."""
    with ground() as where:
        path = where.folder / "export.csv"
        source.write(path, texts=TEXTS, votes=VOTES)
        where.run("polyphonie", "list")
        bare = bare_insertion(path, where.folder / "bare.sqlite3")
        cost = imported(where, path)
    return {
        "seconds": round(cost.seconds, 2),
        "processor_seconds": round(cost.processor_seconds, 2),
        "rss_mb": cost.memory,
        "texts": TEXTS,
        "votes": VOTES,
        "executemany_seconds": round(bare, 4),
        "ratio_to_executemany": float(f"{bare / cost.seconds:.3g}"),
    }


def imported(where: Ground, path: Path) -> Spent:
    """Import an export there, by the command itself."""
    return spent(["polyphonie", "import", "cap-collectif", str(path), "--process", "mesure", "--json"], where.environment)


def bare_insertion(path: Path, database: Path) -> float:
    """Seconds to insert every row of the file, as read, into one table, in one transaction."""
    started = time.monotonic()
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"CREATE TABLE line ({', '.join(f'c{rank}' for rank in range(len(source.HEADER)))})")
    with path.open(encoding="utf-8", newline="") as file:
        rows = (row + [""] * (len(source.HEADER) - len(row)) for row in csv.reader(file, delimiter=";"))
        connection.executemany(f"INSERT INTO line VALUES ({','.join('?' * len(source.HEADER))})", rows)  # noqa: S608  (names of our own tables and columns; values are bound)
    connection.commit()
    connection.close()
    return time.monotonic() - started
