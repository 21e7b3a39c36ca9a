"""Who finds the stems of a long import? Another process, while rows are read: alone, it would be half of an import's time.

`python -m polyphonie.opendata.importing.stemming` reads lines of JSON, `[[key, title, body], …]`, and answers each with
`[[key, stems of the title, stems of the whole], …]`. Whatever it has not answered is computed where it is needed.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from polyphonie.opinion.texts.french import index_text

MOST_WAITING = 100
WORTH_A_PROCESS = 1000
"""Texts from which a process of its own saves more than it costs to start."""

Texts = list[tuple[int, str, str]]
ROOT = Path(__file__).resolve().parents[2]


def stems_of(texts: Texts) -> Texts:
    """The two index texts of each: of its title, and of its title and text together."""
    return [(key, index_text(title), index_text(f"{title}\n{body}")) for key, title, body in texts]


class Stemmer:
    """Takes texts as they are read, gives their stems back as they are found, in any order."""

    def __init__(self) -> None:
        self._held: Texts = []
        self._process: subprocess.Popen[str] | None = None
        self._threads: list[threading.Thread] = []
        self._asked: queue.Queue[Texts | None] = queue.Queue(MOST_WAITING)
        self._found: queue.SimpleQueue[Texts] = queue.SimpleQueue()
        self._has_failed = (os.cpu_count() or 1) < 2

    def give(self, texts: Texts) -> None:
        """Hand texts over; few are kept aside, and nothing is started for them."""
        if self._has_failed or not texts:
            return
        if self._process is None:
            self._held += texts
            if len(self._held) < WORTH_A_PROCESS:
                return
            texts, self._held = self._held, []
            self._start()
        self._asked.put(texts)

    def found(self) -> Iterator[Texts]:
        """The stems found since the last time, without waiting."""
        while not self._found.empty():
            yield self._found.get()

    def rest(self) -> Iterator[Texts]:
        """Wait for the process to answer everything, and give what it found since the last time."""
        self._held = []
        self._end(kindly=True)
        yield from self.found()

    def close(self) -> None:
        self._end(kindly=False)

    def _start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            env=environment,
        )  # fmt: skip
        for work in (self._send, self._read):
            thread = threading.Thread(target=work, args=(self._process,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _send(self, process: "subprocess.Popen[str]") -> None:
        """Pass on what is asked; when the process is gone, what it has not answered is computed where it is needed."""
        assert process.stdin is not None
        with suppress(OSError):
            while (texts := self._asked.get()) is not None:
                if not self._has_failed:
                    self._write(process.stdin, texts)
            process.stdin.close()

    def _write(self, asked: IO[str], texts: Texts) -> None:
        try:
            asked.write(json.dumps(texts) + "\n")
            asked.flush()
        except OSError:
            self._has_failed = True

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout, suppress(ValueError):
            for line in process.stdout:
                self._found.put([(key, title, text) for key, title, text in json.loads(line)])

    def _end(self, *, kindly: bool) -> None:
        if self._process is None:
            return
        if not kindly:
            self._has_failed = True
            self._process.kill()
        self._asked.put(None)
        for thread in self._threads:
            thread.join()
        self._process.wait()
        self._process = None


def answer(asked: IO[str], answers: IO[str]) -> None:
    """Answer each line until there is none."""
    for line in asked:
        answers.write(json.dumps(stems_of(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    answer(sys.stdin, sys.stdout)
