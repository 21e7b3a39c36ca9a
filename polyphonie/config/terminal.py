"""How does a command speak? Sentences for people on standard output, a progress bar on a terminal, or one JSON object."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import Progress


@dataclass(frozen=True)
class Outcome:
    """What a command found or did; `is_right` is false when it refused or found something wrong."""

    facts: dict[str, Any] = field(default_factory=dict)
    is_right: bool = True


class Terminal:
    """Where a command's sentences go: nowhere when a program reads the JSON object."""

    def __init__(self, *, is_json: bool) -> None:
        self.is_json = is_json

    def say(self, sentence: str = "") -> None:
        if not self.is_json:
            sys.stdout.write(f"{sentence}\n")
            sys.stdout.flush()

    @contextmanager
    def progress(self, label: str) -> Iterator[Callable[[int, int | None], None]]:
        """A bar on a terminal: call what it yields with what is done and, when known, what there is to do."""
        if self.is_json or not sys.stderr.isatty():
            yield lambda done, total: None
            return
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(label, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
