"""The labelled French corpus, read from POLYPHONIE_DATA, and the slips of a hurried hand, drawn with a fixed seed."""

import json
import os
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from polyphonie.opinion.texts.french import without_accents

MEASURES = 239  # the texts that are measures of the report; those after them are captions of figures


@dataclass(frozen=True)
class Corpus:
    """The measures by number, and for some of them a paraphrase or a contrary statement."""

    measures: dict[int, str]
    paraphrases: list[tuple[int, str]]
    contraries: list[tuple[int, str]]


def french_corpus() -> Corpus:
    """The corpus, or a skip that says why."""
    folder = os.environ.get("POLYPHONIE_DATA")
    path = Path(folder or "/nonexistent") / "french-corpus" / "recommendations.json"
    if not path.exists():
        pytest.skip("POLYPHONIE_DATA does not hold french-corpus/recommendations.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    return Corpus(
        {text["id"]: text["text"] for text in content["texts"] if text["id"] < MEASURES},
        [(one["original"], one["paraphrase"]) for one in content["paraphrases"]],
        [(one["original"], one["contrary"]) for one in content["contraries"]],
    )


def with_typos(text: str, draw: random.Random) -> str:
    """`text` without accents, two letters exchanged inside one word in five."""
    found = without_accents(text).split(" ")
    for place in draw.sample(range(len(found)), max(1, len(found) // 5)):
        word = found[place]
        if len(word) > 4:
            at = draw.randrange(1, len(word) - 2)
            found[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(found)


def lightly_edited(text: str, draw: random.Random) -> str:
    """`text` without one of its words (a denial stays), its halves sometimes exchanged, sometimes introduced."""
    found = text.split(" ")
    if len(found) > 5:
        found.pop(draw.choice([at for at, word in enumerate(found) if word.lower() not in {"ne", "pas", "sans", "non"}]))
    if len(found) > 8 and draw.random() < 0.5:
        found = found[len(found) // 2 :] + found[: len(found) // 2]
    return draw.choice(["Je propose de ", "Il faut ", ""]) + " ".join(found)
