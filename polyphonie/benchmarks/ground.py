"""Where is it measured? On an installation made for the measurement, served by the product's own server, then thrown away."""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECONDS_TO_START = 60
SECONDS_OF_A_TURN = 7


@dataclass
class Ground:
    """A temporary installation: its environment, and what `filling` said it holds."""

    folder: Path
    environment: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.folder / "var" / "polyphonie.sqlite3"

    def run(self, *words: str) -> str:
        """Run a module of the product there; its standard output."""
        result = subprocess.run(
            [sys.executable, "-m", *words], env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return result.stdout

    def fill(self, **wanted: int) -> None:
        """Fill it with so many `proposals`, `voters`, `votes` and `sessions`, then do what is due: mails, registers, exports."""
        asked = ", ".join(f"{name}={count}" for name, count in wanted.items())
        self.run("polyphonie", "list")
        script = f"from polyphonie.benchmarks import town; town.print_filled({asked})"
        self.facts = json.loads(self.run("polyphonie", "manage", "shell", "--no-imports", "-v0", "-c", script).splitlines()[-1])
        self.run("polyphonie", "tick")


@contextmanager
def ground(database_url: str = "") -> Iterator[Ground]:
    """An empty installation in a temporary folder, on SQLite as by default, or on the empty database of this address."""
    with tempfile.TemporaryDirectory(prefix="polyphonie-bench-") as name:
        folder = Path(name)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("POLYPHONIE_")}
        port = free_port()
        yield Ground(
            folder,
            kept
            | ({"POLYPHONIE_DATABASE_URL": database_url} if database_url else {})
            | {
                "POLYPHONIE_VAR": str(folder / "var"),
                "POLYPHONIE_KEYS": str(folder / "keys"),
                "POLYPHONIE_BASE_URL": f"http://127.0.0.1:{port}",
                "DJANGO_SETTINGS_MODULE": "polyphonie.config.settings",
            },
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(command: list[str], environment: dict[str, str], address: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers at this address until the block ends."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(address, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def product_served(where: Ground) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`polyphonie serve` on this ground: its address and its process."""
    address = where.environment["POLYPHONIE_BASE_URL"]
    with served([sys.executable, "-m", "polyphonie", "serve"], where.environment, address) as process:
        yield address, process


@contextmanager
def hello_served() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same server, with as many workers and threads, answering « hello » from a bare Django: its address and its process."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "3"]
    command += ["--worker-class", "gthread", "--preload", "--no-control-socket", "--log-level", "error", "--keep-alive", "5"]
    with served([*command, "polyphonie.benchmarks.hello:application()"], dict(os.environ), f"http://127.0.0.1:{port}") as process:
        yield f"http://127.0.0.1:{port}", process


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("the measured server did not start")
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310  (an address of this machine)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the measured server did not answer")


def memory_of(process: subprocess.Popen[bytes]) -> int:
    """What a server and its children hold, in MB, what they share counted once (PSS); 0 where the system does not say."""
    return sum(_pss(pid) for pid in _family(process.pid)) // 1024


def memory_over_a_turn(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The same while the loop of what is due goes once around: the median, and the most, while one of its turns is under way."""
    found = []
    end = time.monotonic() + SECONDS_OF_A_TURN
    while time.monotonic() < end:
        found.append(memory_of(process))
        time.sleep(0.1)
    return round(statistics.median(found)), max(found)


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    """The processor time that a server and its children have taken, in seconds (user and system); 0 where it is not said."""
    return sum(_ticks(pid) for pid in _family(process.pid)) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        after_the_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(after_the_name[11]) + int(after_the_name[12])


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(below for child in children for below in _family(int(child)))]


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


@dataclass(frozen=True)
class Spent:
    """What a program took: seconds by the clock, seconds of processor (its children's too), and the most memory, in MB."""

    seconds: float
    processor_seconds: float
    memory: int


def spent(words: list[str], environment: dict[str, str]) -> Spent:
    """Run a module to its end; what it took. Raises RuntimeError when it fails."""
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", *words], env=environment, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(words[:2])} ended with {process.returncode}")
    return Spent(time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


def peak_memory(words: list[str], environment: dict[str, str]) -> int:
    """Run a module to its end; the most memory it held, in MB. Raises RuntimeError when it fails."""
    return spent(words, environment).memory
