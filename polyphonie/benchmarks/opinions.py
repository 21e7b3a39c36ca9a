"""How long does it take to find what groups, shares and divides twenty thousand voters? Beside red-dwarf, where it is there."""

import json
import subprocess
import sys
from typing import Any

VOTERS, TEXTS = 20_000, 2_000
NOT_INSTALLED = 3
"""The exit code of a side whose library is absent."""


def run() -> dict[str, Any]:
    """Seconds and memory of each side, each in a process of its own on the same planted votes; `ratio_to_red_dwarf` is above 1
    when we are faster, absent when red-dwarf is not installed. Near-duplicates, topics, coverage and the gate are measured
    beside, ours alone. `…processor_seconds` do not grow when other work shares the machine."""
    ours = _apart("ours")
    measured: dict[str, Any] = {**ours, "voters": VOTERS, "texts": TEXTS}
    for part in ("texts", "coverage", "gate"):
        measured |= {key: value for key, value in _apart(part).items() if key != "rss_mb"}
    theirs = _apart("theirs")
    if theirs:
        measured |= {"red_dwarf_seconds": theirs["seconds"], "red_dwarf_rss_mb": theirs["rss_mb"]}
        measured["ratio_to_red_dwarf"] = round(theirs["seconds"] / ours["seconds"], 1)
    return measured


def _apart(side: str) -> dict[str, Any]:
    """What one side takes, measured inside its own process; nothing when it cannot run."""
    ended = subprocess.run(
        [sys.executable, "-m", f"polyphonie.benchmarks.opinions_{side}"], capture_output=True, text=True, check=False
    )
    if ended.returncode == NOT_INSTALLED:
        return {}
    ended.check_returncode()
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found
