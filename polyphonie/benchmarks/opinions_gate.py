"""One side of the measure of opinions: the gate that says whether there are groups, in a process that does nothing else."""

import time
from typing import Any

from polyphonie.benchmarks.opinions import TEXTS, VOTERS
from polyphonie.benchmarks.opinions_ours import planted, tell
from polyphonie.opinion.votes.gate import find_groups


def measured() -> dict[str, Any]:
    votes, _of_voter = planted(VOTERS, TEXTS)
    spent = time.process_time()
    found = find_groups(votes)
    return {
        "gate_processor_seconds": round(time.process_time() - spent, 1),
        "gate_groups": 1 if found.chosen is None else found.chosen.partition.groups,
    }


if __name__ == "__main__":
    tell(measured())
