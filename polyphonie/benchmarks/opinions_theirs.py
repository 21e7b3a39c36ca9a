"""The other side of the measure of opinions: red-dwarf, a development dependency, on the same votes."""

import sys
import time
from typing import Any

from polyphonie.benchmarks.opinions import NOT_INSTALLED, TEXTS, VOTERS
from polyphonie.benchmarks.opinions_ours import planted, tell

try:
    from reddwarf.implementations.base import run_pipeline
except ImportError:
    sys.exit(NOT_INSTALLED)

RUNS = 2


def measured() -> dict[str, Any]:
    votes, _groups = planted(VOTERS, TEXTS)
    rows = zip(votes.voters().tolist(), votes.texts.tolist(), votes.positions.tolist(), strict=True)
    listed = [{"participant_id": voter, "statement_id": text, "vote": position} for voter, text, position in rows]
    spent = []
    for _time in range(RUNS):
        started = time.perf_counter()
        run_pipeline(votes=listed)
        spent.append(time.perf_counter() - started)
    return {"seconds": round(min(spent), 3)}


if __name__ == "__main__":
    tell(measured())
