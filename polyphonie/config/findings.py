"""What does the doctor find? One thing to repair, in one sentence, sometimes with its repair."""

from collections.abc import Callable
from dataclasses import dataclass

UNSAFE, MISSING = "unsafe", "missing"


@dataclass(frozen=True)
class Finding:
    """One thing to repair: `unsafe` makes the command fail, `missing` says what would be better."""

    level: str
    subject: str
    sentence: str
    repair: Callable[[], object] | None = None
