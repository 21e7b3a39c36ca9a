"""Who makes a PDF, and can one be made here? Another process (`core.pressing`): what serves pages never loads WeasyPrint."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

MOST_SECONDS = 450
"""Below the ten minutes after which a turn of what is due is said to be late."""
LIBRARY, SYSTEM = "library", "system"
"""What may be missing: the Python library (extra `[pdf]`), or the libraries of the system that it loads."""
ROOT = Path(__file__).resolve().parents[2]


class Unprintable(Exception):
    """No PDF came out."""


@dataclass(frozen=True)
class Printed:
    """A PDF, and how many pages it has."""

    pages: int
    pdf: bytes


def printed(page: str) -> Printed:
    """The PDF of a whole HTML page that holds everything it shows. Raises Unprintable."""
    with _started(stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            answer, _nothing = process.communicate(page.encode(), timeout=MOST_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unprintable(str(error)) from error
        finally:
            process.kill()
    if process.returncode != 0:
        raise Unprintable(f"the process ended with code {process.returncode}")
    told, _line, pdf = answer.partition(b"\n")
    return Printed(int(json.loads(told)["pages"]), pdf)


@cache
def missing() -> str:
    """What is missing to make a PDF: LIBRARY, SYSTEM, or nothing. Asked once a process, from another process."""
    if find_spec("weasyprint") is None:
        return LIBRARY
    with _started("--try", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            return "" if process.wait(timeout=60) == 0 else SYSTEM
        except subprocess.TimeoutExpired:
            return SYSTEM
        finally:
            process.kill()


def _started(*arguments: str, stdin: int, stdout: int, stderr: int | None = None) -> "subprocess.Popen[bytes]":
    paths = filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "polyphonie.core.pressing", *arguments]
    return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, env=environment)
