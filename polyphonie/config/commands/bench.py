"""`polyphonie bench`: the product's own measurements, each beside a reference taken in the same run."""

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from polyphonie.benchmarks import pages, votes
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.terminal import Outcome, Terminal

BENCHMARKS: dict[str, Callable[[], dict[str, Any]]] = {"pages": pages.run, "votes": votes.run}
"""Each takes nothing and gives `seconds`, `rss_mb` and, for each reference, `ratio_to_<reference>` (above 1: we are faster)."""


def run(options: Namespace, terminal: Terminal) -> Outcome:
    benchmark = BENCHMARKS.get(options.name)
    if benchmark is None:
        raise CommandRefused(_("this measurement is not there yet."))
    facts = benchmark()
    for name, value in facts.items():
        terminal.say(f"{name}: {value}")
    return Outcome({"bench": options.name, **facts})
