"""What does each reading cost in this installation? Medians in milliseconds, in this process, for `bench growth`."""

import json
import statistics
import sys
import time
from collections.abc import Callable

from polyphonie.benchmarks.words import RARE, WORDS
from polyphonie.consultation.queries.lists import page_of
from polyphonie.contributions.search import search
from polyphonie.processes.models import Consultation

TIMES = 15


def measure() -> dict[str, float]:
    consultation = Consultation.objects.select_related("process").get()
    process = consultation.process
    return {
        "first_page_ms": _median(lambda rank: page_of(consultation)),
        "far_page_ms": _median(lambda rank: page_of(consultation, number=30)),
        "rare_search_ms": _median(lambda rank: search(process, RARE[rank * 7])),
        "common_search_ms": _median(lambda rank: search(process, WORDS[rank])),
    }


def _median(act: Callable[[int], object]) -> float:
    act(TIMES)
    waits = []
    for rank in range(TIMES):
        before = time.perf_counter()
        act(rank)
        waits.append((time.perf_counter() - before) * 1000)
    return round(statistics.median(waits), 3)


def print_costs() -> None:
    sys.stdout.write(json.dumps(measure()) + "\n")
