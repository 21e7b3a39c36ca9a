"""Does twice the work cost about twice? Import, list and search at three sizes, each twice the one before; every cost is
processor time, which a machine that does something else too does not change much."""

import json
import time
from itertools import pairwise
from typing import Any

from polyphonie.benchmarks import source
from polyphonie.benchmarks.ground import ground
from polyphonie.benchmarks.imports import imported

SIZES = (5_000, 10_000, 20_000)
VOTES_PER_TEXT = 10
LINEAR = 2.0


def run() -> dict[str, Any]:
    """Costs at each size, and the dearest doubling of each; `ratio_to_linear` is above 1 where doubling costs less than twice."""
    started = time.monotonic()
    costs: dict[str, list[float]] = {}
    memory = 0
    for texts in SIZES:
        with ground() as where:
            path = where.folder / "export.csv"
            source.write(path, texts=texts, votes=texts * VOTES_PER_TEXT)
            where.run("polyphonie", "list")
            whole = imported(where, path)
            memory = whole.memory
            script = "from polyphonie.benchmarks import costs; costs.print_costs()"
            found = json.loads(where.run("polyphonie", "manage", "shell", "--no-imports", "-v0", "-c", script).splitlines()[-1])
        for name, cost in ({"import_ms": round(whole.processor_seconds * 1000)} | found).items():
            costs.setdefault(name, []).append(cost)
    dearest = {name: max(later / max(before, 0.01) for before, later in pairwise(row)) for name, row in costs.items()}
    return {
        "seconds": round(time.monotonic() - started, 1),
        "rss_mb": memory,
        "texts": list(SIZES),
        "votes_per_text": VOTES_PER_TEXT,
        **costs,
        "dearest_doubling": {name: round(factor, 2) for name, factor in dearest.items()},
        "ratio_to_linear": {name: round(LINEAR / factor, 2) for name, factor in dearest.items()},
    }
