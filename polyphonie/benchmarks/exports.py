"""Does an export of millions of votes stay within its memory? Made at one size and at twice that size, in another process."""

import time
from typing import Any

from django.db import connection

from polyphonie.benchmarks import town
from polyphonie.benchmarks.ground import Ground, ground, peak_memory
from polyphonie.consultation.models import Consultation, Vote
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from polyphonie.ledger.models import Entry, Log
from polyphonie.ledger.tasks import seal_logs

PROPOSALS, VOTES = 100, 1_000_000
MOST_MB = 200
"""The goal for two million votes."""


def run() -> dict[str, Any]:
    """Seconds and memory for twice `VOTES` votes; `memory_ratio` is to half as many, `ratio_to_goal` above 1 within the goal."""
    (_seconds, half), (seconds, whole) = (measured(VOTES), measured(2 * VOTES))
    return {
        "seconds": seconds,
        "rss_mb": whole,
        "votes": 2 * VOTES,
        "rss_mb_of_half": half,
        "memory_ratio": round(whole / half, 3),
        "ratio_to_goal": round(MOST_MB / whole, 2),
    }


def measured(votes: int) -> tuple[float, int]:
    """Export a process with so many published votes: seconds, and the most memory the command held, in MB."""
    with ground() as where:
        fill(where, votes)
        started = time.monotonic()
        memory = peak_memory(["polyphonie", "export", town.SLUG, str(where.folder / "export"), "--json"], where.environment)
        return round(time.monotonic() - started, 1), memory


def fill(where: Ground, votes: int) -> None:
    where.fill(proposals=PROPOSALS)
    script = f"from polyphonie.benchmarks import exports; exports.add_votes({votes})"
    where.run("polyphonie", "manage", "shell", "--no-imports", "-v0", "-c", script)


def add_votes(votes: int) -> None:
    """Published votes with their leaves, written by SQLite itself, two million in seconds. They open nothing."""
    seal_logs()
    consultation = Consultation.objects.select_related("process").get()
    texts = list(Contribution.objects.order_by("pk").values_list("pk", flat=True))
    kept = ("position", "revision", "leaf_revision", "salt", "nonce", "leaf_hash", "seq")
    names = ["id", "consultation_id", "contribution_id", "voter", "is_waiting", "waits_for_close", *kept]
    names += [f"published_{name}" for name in kept]
    with writing(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Vote._meta.db_table} ({', '.join(names)}) WITH RECURSIVE some(i) AS "  # noqa: S608  (names of our own tables and columns; values are bound)
            "(SELECT 0 UNION ALL SELECT i + 1 FROM some WHERE i + 1 < %s), made AS MATERIALIZED "
            "(SELECT i, i %% 3 - 1 AS position, randomblob(32) AS salt, randomblob(16) AS nonce, randomblob(32) AS leaf "
            "FROM some) "
            "SELECT i + 1, %s, %s + i %% %s, randomblob(16), 0, 0, position, 1, 1, salt, nonce, leaf, 1, "
            "position, 1, 1, salt, nonce, leaf, 1 FROM made",
            [votes, consultation.pk, texts[0], len(texts)],
        )
        log = Log.objects.get(pk=consultation.process.log_id)
        cursor.execute(
            f"INSERT INTO {Entry._meta.db_table} (log_id, kind, leaf, leaf_hash, position) SELECT %s, 'vote', %s, "  # noqa: S608  (names of our own tables and columns; values are bound)
            f"published_leaf_hash, %s + row_number() OVER (ORDER BY id) - 1 FROM {Vote._meta.db_table}",
            [log.pk, '{"kind":"vote","v":1}', log.size],
        )
        Log.objects.filter(pk=log.pk).update(size=log.size + votes)
