"""One side of the measure of opinions: what a synthesis takes up, in a process that does nothing else."""

import time
from typing import Any

import numpy as np

from polyphonie.benchmarks.opinions_ours import tell
from polyphonie.opinion.citing.cited import Claim, Voice
from polyphonie.opinion.citing.coverage import coverage
from polyphonie.opinion.citing.representation import representation
from polyphonie.opinion.votes.matrix import gathered

CONTRIBUTIONS, VOTERS, STATEMENTS, VOTES, PAIRS = 10_000, 20_000, 50, 1_000_000, 50_000


def measured() -> dict[str, Any]:
    random = np.random.default_rng(3)
    votes = gathered(
        random.integers(VOTERS, size=VOTES),
        (CONTRIBUTIONS * random.random(VOTES) ** 2).astype(np.int64),
        random.integers(-1, 2, size=VOTES),
        n=VOTERS,
        m=CONTRIBUTIONS,
    )
    counts = random.integers(60, size=(CONTRIBUTIONS, 3)).tolist()
    voices = [
        Voice(rank, agree=agree, mixed=mixed, disagree=disagree, author=str(rank % 3_000), topics=(str(rank % 20),))
        for rank, (agree, mixed, disagree) in enumerate(counts)
    ]
    cited = random.integers(CONTRIBUTIONS, size=(STATEMENTS, 12)).tolist()
    claims = [Claim(str(rank), "controversy", tuple(numbers)) for rank, numbers in enumerate(cited)]
    ones, others = random.integers(CONTRIBUTIONS, size=(2, PAIRS)).tolist()
    pairs = list(zip(ones, others, random.random(PAIRS).tolist(), strict=True))
    started, spent = time.perf_counter(), time.process_time()
    coverage(voices, claims, similarities=pairs)
    representation(
        votes,
        [number for numbers in cited for number in numbers],
        statements=STATEMENTS,
        labels=random.integers(-1, 3, size=VOTERS),
        topic_of=np.arange(CONTRIBUTIONS) % 20,
    )
    return {
        "coverage_seconds": round(time.perf_counter() - started, 2),
        "coverage_processor_seconds": round(time.process_time() - spent, 2),
        "coverage_contributions": CONTRIBUTIONS,
    }


if __name__ == "__main__":
    tell(measured())
