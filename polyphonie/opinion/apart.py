"""Who computes what is heavy? A process of its own, so that what serves pages never loads NumPy nor SciPy.

The request is one line of JSON, then votes as triples of 64-bit integers (little-endian): voter, text, position. The answer is
one line of JSON (`answering`). Voters are numbered from 0 as they come: no key and no name crosses.
"""

import json
import os
import signal
import subprocess
import sys
from array import array
from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

FEWEST_VOTERS = 40
"""Below twice the smallest group that is shown nothing is computed, and no process is started."""
TOO_FEW = "too_few"
ANALYSIS, REPRESENTATION, NEARNESS, TOPICS, PHRASES = "analysis", "representation", "nearness", "topics", "phrases"
COMPUTATION = "computation"
"""What tasks hold while one of these runs: a second at once would take the memory twice."""
MOST_SECONDS = 500
"""Below the ten minutes after which a turn of what is due is said to be late."""
ROOT = Path(__file__).resolve().parents[2]
_AT_ONCE = 50_000


class Failed(Exception):
    """The computation ended without an answer."""


class Stopped(Failed):
    """It was asked to end, with the server that asked for it: nothing is wrong, and it is begun again at the next turn."""


def computed(
    asked: str,
    numbers: Iterable[int],
    votes: Iterable[tuple[Hashable, int, int]],
    *,
    unplaced: Iterable[Hashable] = (),
    settings: Mapping[str, Any] | None = None,
    most_seconds: int = MOST_SECONDS,
) -> dict[str, Any]:
    """The answer to `asked` (ANALYSIS, REPRESENTATION, NEARNESS, TOPICS or PHRASES) about these votes: (voter, number of the
    text, position); of several of a voter on a text the last counts. `numbers` are all texts, with votes or not. `unplaced`:
    voters who asked to be counted in the totals and placed nowhere; there they are the first ones. Raises Failed."""
    apart = dict.fromkeys(unplaced)
    texts = sorted(set(numbers))
    told = dict(settings or {}) | ({"unplaced": len(apart)} if apart else {})
    request = {"asked": asked, "numbers": texts, "settings": told}
    with _started() as process:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            for triples in _packed(votes, texts, list(apart)):
                process.stdin.write(triples)
            answer, _nothing = process.communicate(timeout=most_seconds)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failed(f"{asked}: {error}") from error
        finally:
            process.kill()
    if process.returncode in (-signal.SIGTERM, -signal.SIGINT):
        raise Stopped(asked)
    if process.returncode != 0:
        raise Failed(f"{asked}: the process ended with code {process.returncode}")
    found: dict[str, Any] = json.loads(answer)
    return found


def _started() -> subprocess.Popen[bytes]:
    paths = filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "polyphonie.opinion.answering"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )


def _packed(votes: Iterable[tuple[Hashable, int, int]], numbers: list[int], unplaced: list[Hashable]) -> Iterator[bytes]:
    """The votes as bytes, some at a time; those on other texts are left out."""
    places = {number: place for place, number in enumerate(numbers)}
    voters: dict[Hashable, int] = {voter: place for place, voter in enumerate(unplaced)}
    triples = array("q")
    for voter, number, position in votes:
        if number in places:
            triples.extend((voters.setdefault(voter, len(voters)), places[number], position))
        if len(triples) >= 3 * _AT_ONCE:
            yield _little(triples)
            triples = array("q")
    yield _little(triples)


def _little(triples: "array[int]") -> bytes:
    if sys.byteorder == "big":
        triples.byteswap()
    return triples.tobytes()
