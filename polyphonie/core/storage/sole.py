"""Is this under way on this machine already? What is heavy runs once at a time; a process that is killed holds nothing back."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def the_only_one(name: str) -> Iterator[bool]:
    """Whether nobody else on this installation does this meanwhile. The system lets go of it with the process that held it,
    however that ends."""
    folder = Path(settings.POLYPHONIE_VAR) / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
