"""What does the process of its own answer? `python -m polyphonie.opinion.answering`, the other end of `apart`."""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import IO, Any

import numpy as np

from polyphonie.opinion.apart import ANALYSIS, NEARNESS, PHRASES, REPRESENTATION, TOPICS
from polyphonie.opinion.citing.cited import MILLION
from polyphonie.opinion.citing.found import found_by_voters
from polyphonie.opinion.texts.nearness import FORMULA as NEARNESS_FORMULA
from polyphonie.opinion.texts.nearness import nearness
from polyphonie.opinion.texts.suggesting import naming, suggestions
from polyphonie.opinion.votes.analysing import analysis
from polyphonie.opinion.votes.matrix import Votes, gathered

SIGNAL_WHEN_PARENT_DIES = 1  # PR_SET_PDEATHSIG of Linux's prctl
AT_ONCE = 50_000
POLITENESS = 10
"""How far it steps behind those who serve pages (the niceness of Unix)."""


def answer(asked: IO[bytes], answers: IO[str]) -> None:
    """Read one request and write its answer."""
    request = json.loads(asked.readline())
    numbers = request["numbers"]
    votes = _votes(asked, len(numbers))
    answers.write(json.dumps(COMPUTED[request["asked"]](votes, numbers, **request["settings"])) + "\n")


def _votes(asked: IO[bytes], texts: int) -> Votes:
    """The votes that follow the request, read some at a time: millions are never held as they came."""
    parts = [np.zeros((0, 3), dtype=np.int32)]
    while part := asked.read(AT_ONCE * 3 * 8):
        parts.append(np.frombuffer(part, dtype="<i8").reshape(-1, 3).astype(np.int32))
    triples = np.concatenate(parts)
    voters = int(triples[:, 0].max()) + 1 if len(triples) else 0
    return gathered(triples[:, 0], triples[:, 1], triples[:, 2], n=voters, m=texts)


def _analysis(votes: Votes, numbers: list[int], *, unplaced: int = 0) -> dict[str, Any]:
    return analysis(votes, numbers, unplaced=unplaced)


def _nearness(_votes: Votes, numbers: list[int], *, texts: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Which of these texts (number → title and body) nearly say the same, told by their numbers; nearness in millionths."""
    found = nearness([(texts[str(number)][0], texts[str(number)][1]) for number in numbers])
    return {
        "formula": NEARNESS_FORMULA,
        "families": sorted(sorted(numbers[place] for place in family) for family in found.families),
        "pairs": sorted([numbers[pair.one], numbers[pair.other], round(pair.score * MILLION)] for pair in found.pairs),
    }


def _topics(_votes: Votes, numbers: list[int], *, texts: dict[str, tuple[str, str]], votes: dict[str, int]) -> dict[str, Any]:
    """Topics of these texts (number → title and body), with phrases and extracts, told by numbers and places."""
    told = {int(number): (title, body) for number, (title, body) in texts.items()}
    return suggestions(numbers, told, {int(number): count for number, count in votes.items()})


def _phrases(
    _votes: Votes, numbers: list[int], *, texts: dict[str, tuple[str, str]], topics: dict[str, list[int]]
) -> dict[str, Any]:
    """Phrases proper to each of these topics (name → numbers of its texts), told by numbers and places."""
    return naming(numbers, {int(number): (title, body) for number, (title, body) in texts.items()}, topics)


COMPUTED: dict[str, Callable[..., dict[str, Any]]] = {
    ANALYSIS: _analysis,
    REPRESENTATION: found_by_voters,
    NEARNESS: _nearness,
    TOPICS: _topics,
    PHRASES: _phrases,
}


def end_with_parent() -> None:
    """On Linux, be killed when whoever asked is: nobody waits for the answer, and another is going to ask."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SIGNAL_WHEN_PARENT_DIES, signal.SIGKILL)


if __name__ == "__main__":
    end_with_parent()
    os.nice(POLITENESS)
    answer(sys.stdin.buffer, sys.stdout)
