"""When did each one last ask? Instants that all the workers of a machine share, in memory alone, forgotten with the server.

A fixed table in anonymous memory, mapped before the workers fork: each of them reads and writes the same one. No file holds it.
A row is found by the beginning of its key; where too many keys fall together, the one unused for the longest gives its place.
"""

import fcntl
import mmap
import os
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

KEY_BYTES = 16
MOST_TIMES = 124
_HEAD = struct.Struct("<16sdQ")
_ROW_BYTES = _HEAD.size + 8 * MOST_TIMES
_NEIGHBOURS = 8


class SharedTimes:
    """For each key of 16 bytes, up to 124 instants, the earliest first. To be read and written inside `held`."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._map = mmap.mmap(-1, rows * _ROW_BYTES)
        self._threads = threading.Lock()
        self._gate = _nameless_file()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Alone among the threads of this process, then among processes; one that is killed lets go."""
        with self._threads:
            fcntl.lockf(self._gate, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._gate, fcntl.LOCK_UN)

    def of(self, key: bytes) -> list[float]:
        place, is_known = self._place(key)
        if not is_known:
            return []
        count = _HEAD.unpack_from(self._map, place)[2]
        return list(struct.unpack_from(f"<{count}d", self._map, place + _HEAD.size))

    def write(self, key: bytes, times: list[float], *, now: float) -> None:
        place, _is_known = self._place(key)
        kept = times[-MOST_TIMES:]
        _HEAD.pack_into(self._map, place, key, now, len(kept))
        struct.pack_into(f"<{len(kept)}d", self._map, place + _HEAD.size, *kept)

    def holds(self, words: bytes) -> bool:
        """Whether these bytes stand anywhere in the table."""
        return self._map.find(words, 0) >= 0

    def clear(self) -> None:
        self._map = mmap.mmap(-1, self.rows * _ROW_BYTES)

    def _place(self, key: bytes) -> tuple[int, bool]:
        """Where the row of this key is, or where it would be written: the place among its neighbours unused for the longest."""
        first = int.from_bytes(key[:8], "big") % max(1, self.rows - _NEIGHBOURS + 1)
        oldest, since = first, float("inf")
        for row in range(first, min(first + _NEIGHBOURS, self.rows)):
            found, used_at, _count = _HEAD.unpack_from(self._map, row * _ROW_BYTES)
            if found == key:
                return row * _ROW_BYTES, True
            if used_at < since:
                oldest, since = row, used_at
        return oldest * _ROW_BYTES, False


def _nameless_file() -> int:
    """An empty file without a name, for its lock alone: each process holds it apart, where a lock inherited would be shared."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("polyphonie-limits")
    descriptor, path = tempfile.mkstemp()
    os.unlink(path)  # noqa: PTH108  (a descriptor's own name)
    return descriptor
