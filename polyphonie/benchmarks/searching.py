"""How long does a page of results take, among 20,000 texts? Each kind of question, on SQLite and, where it is, on PostgreSQL.

Milliseconds of processor time, this process's and the database's: a machine that does something else too changes them little.
Half and nineteen in twenty of the questions take no more than what is said (`p50`, `p95`).
"""

import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from polyphonie.benchmarks import source
from polyphonie.benchmarks.ground import ground
from polyphonie.benchmarks.imports import imported
from polyphonie.benchmarks.postgresql_server import AS_INSTALLED, Server, binaries
from polyphonie.benchmarks.words import RARE, WORDS
from polyphonie.contributions.models import Kind
from polyphonie.core.addresses import search_address
from polyphonie.core.serving import keeping
from polyphonie.processes.models import Consultation

SIZES = (10_000, 20_000)
ASKED, EACH, OK = 40, 3, 200
GOAL_MS = 50.0
Costs = dict[str, dict[str, float]]


def run() -> dict[str, Any]:
    """By database and kind of question, `p50` and `p95` at the last size, and what the last doubling cost; `ratio_to_goal` is
    above 1 where the dearest p95 is within the goal."""
    started = time.monotonic()
    costs = {"sqlite": [_found("", texts) for texts in SIZES]}
    if binaries() is not None:
        with _postgresql() as server:
            costs["postgresql"] = [_found(server.create(f"texts_{texts}"), texts) for texts in SIZES]
    worst = max(one["p95"] for found in costs.values() for one in found[-1].values())
    return {
        "seconds": round(time.monotonic() - started, 1),
        "rss_mb": 0,
        "texts": list(SIZES),
        **{
            f"{name}_{kind}_ms": cost | {"doubling": round(cost["p50"] / max(found[-2][kind]["p50"], 0.01), 2)}
            for name, found in costs.items()
            for kind, cost in found[-1].items()
        },
        "dearest_p95_ms": worst,
        "ratio_to_goal": round(GOAL_MS / worst, 2),
    }


@contextmanager
def _postgresql() -> Iterator[Server]:
    server = Server(AS_INSTALLED)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _found(database_url: str, texts: int) -> Costs:
    """What each kind of question costs in an installation of its own, on this database, that holds so many texts."""
    with ground(database_url) as where:
        path = where.folder / "export.csv"
        source.write(path, texts=texts, votes=0)
        where.run("polyphonie", "list")
        imported(where, path)
        script = "from polyphonie.benchmarks import searching; searching.print_costs()"
        found: Costs = json.loads(
            where.run("polyphonie", "manage", "shell", "--no-imports", "-v0", "-c", script).splitlines()[-1]
        )
    return found


def print_costs() -> None:
    """Say on standard output what each kind of question costs here."""
    call_command("collectstatic", interactive=False, verbosity=0)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as its autovacuum does within a minute of an import
    consultation = Consultation.objects.select_related("process").get()
    page, visitor = search_address(consultation.process.slug), Client()
    costs = {kind: _cost(visitor, page, asked) for kind, asked in _questions(consultation.slug).items()}
    sys.stdout.write(json.dumps(costs) + "\n")


def _questions(consultation: str) -> dict[str, list[dict[str, object]]]:
    pairs = [(WORDS[rank % len(WORDS)], WORDS[(7 * rank + 3) % len(WORDS)]) for rank in range(ASKED)]
    return {
        "common": [{"q": one} for one, _other in pairs],
        "two_common": [{"q": f"{one} {other}"} for one, other in pairs],
        "phrase": [{"q": f"« {one} {other} »"} for one, other in pairs],
        "phrase_of_three": [{"q": f"« {one} {other} {one} »"} for one, other in pairs],
        "excluded": [{"q": f"{one} -{other}"} for one, other in pairs],
        "rare": [{"q": RARE[rank * 61]} for rank in range(ASKED)],
        "common_and_rare": [{"q": f"{one} {RARE[rank * 61]}"} for rank, (one, _other) in enumerate(pairs)],
        "common_proposals": [{"q": one, "genre": Kind.PROPOSAL} for one, _other in pairs],
        "common_arguments": [{"q": one, "genre": Kind.ARGUMENT} for one, _other in pairs],
        "common_in_one": [{"q": one, "consultation": consultation} for one, _other in pairs],
        "common_page_40": [{"q": one, "page": 40} for one, _other in pairs],
    }


def _cost(visitor: Client, page: str, asked: list[dict[str, object]]) -> dict[str, float]:
    """The least that each question took in a few times, and how these are spread."""
    least = [min(_spent(visitor, f"{page}?{urlencode(question)}") for _time in range(EACH)) for question in asked]
    return {"p50": round(statistics.median(least), 1), "p95": round(statistics.quantiles(least, n=20)[-1], 1)}


def _spent(visitor: Client, address: str) -> float:
    """Processor milliseconds of one page, as the first visitor has it made: no piece of it is kept from another."""
    keeping.pieces.clear()
    before = _processor_seconds()
    answer = visitor.get(address, headers={"Host": settings.POLYPHONIE_HOST})
    if answer.status_code != OK:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return (_processor_seconds() - before) * 1000


def _processor_seconds() -> float:
    """Of this process, and of the one that answers it in PostgreSQL."""
    ours = time.process_time()
    if connection.vendor == "sqlite":
        return ours
    on_cpu, _waiting, _slices = Path(f"/proc/{_server_process()}/schedstat").read_text().split()
    return ours + int(on_cpu) / 1e9


@lru_cache(maxsize=1)
def _server_process() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
