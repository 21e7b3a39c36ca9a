"""What is imported in a measurement? A Cap Collectif export written for it: proposals, arguments and votes, always the same."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from polyphonie.benchmarks.words import sentence

_TEXT = ("id", "author_id", "consultation_title", "title", "bodyText", "createdAt", "published")
_ARGUMENT = ("id", "related_id", "related_kind", "author_id", "type", "body", "createdAt", "published")
_VOTE = ("id", "related_id", "author_id", "value", "createdAt")
HEADER = [
    "type",
    *(f"contributions_{name}" for name in _TEXT),
    *(f"contributions_votes_{name}" for name in _VOTE),
    *(f"contributions_arguments_{name}" for name in _ARGUMENT),
]
DAY = "27/09/2015 08:00"
ARGUMENTS_EACH = 3
"""So many arguments for each proposal."""


def write(path: Path, *, texts: int, votes: int) -> None:
    """An export of so many texts (a quarter of them proposals, the rest arguments) and votes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(_rows(max(1, texts // (1 + ARGUMENTS_EACH)), votes, random.Random(746)))  # noqa: S311  (an export to measure, always the same)


def _rows(proposals: int, votes: int, chance: random.Random) -> Iterator[list[str]]:
    each, more = divmod(votes, proposals)
    nothing_said: list[str] = [""] * len(_TEXT)
    for rank in range(proposals):
        key = f"O{rank}"
        said = [key, f"User:{rank % 500}", "Nos places", sentence(chance, 6), sentence(chance, 90), "26/09/2015 10:00", "1"]
        yield ["opinion", *said]
        for voter in range(each + (rank < more)):
            value = chance.choice(("YES", "YES", "MITIGE", "NO"))
            yield ["vote", *nothing_said, f"V{rank}-{voter}", key, f"User:v{voter}", value, DAY]
        for place in range(ARGUMENTS_EACH):
            side = "FOR" if place % 2 else "AGAINST"
            argument = [f"A{rank}-{place}", key, "opinion", f"User:{place}", side, sentence(chance, 40), DAY, "1"]
            yield ["argument", *nothing_said, *[""] * len(_VOTE), *argument]
