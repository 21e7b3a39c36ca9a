"""Has something been taken away from pages since this was made? A mark that all processes of this machine share."""

import mmap
import os
from pathlib import Path

from django.conf import settings
from django.db import transaction

GENERATION_BYTES = 8


class Generation:
    """A few bytes of a file of `POLYPHONIE_VAR`, mapped in the memory of each process: moved by one, seen at once by all.

    They are drawn anew at each move: no earlier mark comes back.
    """

    def __init__(self) -> None:
        self._map: mmap.mmap | None = None
        self._path: Path | None = None

    def now(self) -> bytes:
        return self._mapped()[:GENERATION_BYTES]

    def move(self) -> None:
        self._mapped()[:GENERATION_BYTES] = os.urandom(GENERATION_BYTES)

    def _mapped(self) -> mmap.mmap:
        path = settings.POLYPHONIE_VAR / "generation"
        if self._map is None or self._path != path:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if os.fstat(file).st_size < GENERATION_BYTES:
                    os.write(file, os.urandom(GENERATION_BYTES))
                self._map, self._path = mmap.mmap(file, GENERATION_BYTES), path
            finally:
                os.close(file)
        return self._map


generation = Generation()


def let_go() -> None:
    """What pages show has been taken away, or moves as a whole: nothing held or kept until now is shown again, by any process.

    Called inside the act: it moves the mark at once, then when the act is committed, so that what was read meanwhile is not
    held after it.
    """
    generation.move()
    transaction.on_commit(generation.move)
