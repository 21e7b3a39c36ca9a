"""What does the process of its own answer? `python -m polyphonie.opinion.answering`, the other end of `apart`."""

import json
import os
import sys
from collections.abc import Callable
from typing import IO, Any

import numpy as np

from polyphonie.opinion.analysing import analysis
from polyphonie.opinion.apart import ANALYSIS, REPRESENTATION
from polyphonie.opinion.gate import find_groups
from polyphonie.opinion.matrix import Votes, gathered
from polyphonie.opinion.representation import representation

POLITENESS = 10
"""How far it steps behind those who serve pages (the niceness of Unix)."""


def answer(asked: IO[bytes], answers: IO[str]) -> None:
    """Read one request and write its answer."""
    request = json.loads(asked.readline())
    triples = np.frombuffer(asked.read(), dtype="<i8").reshape(-1, 3)
    numbers = request["numbers"]
    voters = int(triples[:, 0].max()) + 1 if len(triples) else 0
    votes = gathered(triples[:, 0], triples[:, 1], triples[:, 2], n=voters, m=len(numbers))
    answers.write(json.dumps(COMPUTED[request["asked"]](votes, numbers, **request["settings"])) + "\n")


def _analysis(votes: Votes, numbers: list[int]) -> dict[str, Any]:
    return analysis(votes, numbers)


def _representation(votes: Votes, numbers: list[int], *, cited: list[int], statements: int) -> dict[str, Any]:
    """What voters find of theirs in these cited numbers, by group where there are groups; texts are told by their number."""
    places = {number: place for place, number in enumerate(numbers)}
    groups = find_groups(votes)
    found = representation(
        votes, [places[number] for number in cited if number in places], statements=statements, labels=groups.labels(votes.n)
    ).as_json()
    for alarm in found["unrepresented"]:
        alarm["number"] = numbers[alarm.pop("text")]
    return found


COMPUTED: dict[str, Callable[..., dict[str, Any]]] = {ANALYSIS: _analysis, REPRESENTATION: _representation}


if __name__ == "__main__":
    os.nice(POLITENESS)
    answer(sys.stdin.buffer, sys.stdout)
