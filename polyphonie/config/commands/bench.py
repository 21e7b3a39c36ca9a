"""`polyphonie bench`: the product's own measurements, each beside a reference taken in the same run."""

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from polyphonie.benchmarks import exports, growth, imports, opinions, pages, privacy, searching, verifying, votes
from polyphonie.config.terminal import Outcome, Terminal

BENCHMARKS: dict[str, Callable[[], dict[str, Any]]] = {
    "pages": pages.run,
    "votes": votes.run,
    "import": imports.run,
    "growth": growth.run,
    "search": searching.run,
    "export": exports.run,
    "verify": verifying.run,
    "opinion": opinions.run,
    "privacy": privacy.run,
}
"""Each takes nothing and gives `seconds`, `rss_mb` and, for each reference, `ratio_to_<reference>` (above 1: we are faster)."""


def run(options: Namespace, terminal: Terminal) -> Outcome:
    facts = BENCHMARKS[options.name]()
    for name, value in facts.items():
        terminal.say(f"{name}: {value}")
    return Outcome({"bench": options.name, **facts})
