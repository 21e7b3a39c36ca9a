"""What is written in the demonstration's files? Read as it is, with each text's consultation and each `{p:KEY}` still in it."""

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
KINDS = ("proposals", "arguments", "sources", "completions")
_CITATION = re.compile(r"\{p:([a-z0-9-]+)\}")

Item = dict[str, Any]


@cache
def concertation() -> Item:
    return _read("concertation")


@cache
def people() -> Item:
    return _read("people")


@cache
def archive() -> Item:
    return _read("ambition-numerique")


@cache
def begun_synthesis() -> Item:
    return _read("synthese-commencee")


@cache
def published_synthesis() -> Item:
    return _read("synthese-publiee")


@cache
def texts(consultation: str) -> Item:
    """The texts of a consultation by kind; nothing for one that has not opened."""
    return _read(f"proposals-{consultation}") if (FOLDER / f"proposals-{consultation}.toml").exists() else {}


def every_text() -> Iterator[tuple[str, str, Item]]:
    """Each text with the slug of its consultation and its kind."""
    for consultation in concertation()["consultations"]:
        for kind in KINDS:
            for item in texts(consultation["slug"]).get(kind, []):
                yield consultation["slug"], kind, item


def with_numbers(text: str, number_of: Callable[[str], int]) -> str:
    """The text with each `{p:KEY}` written as the number of that proposal: « #17 »."""
    return _CITATION.sub(lambda citation: f"#{number_of(citation[1])}", text)


def _read(name: str) -> Item:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
