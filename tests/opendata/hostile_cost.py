"""What does it cost to refuse a hostile file? Time and memory of the refusal, in a process that does nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

SECONDS, MEGABYTES = 5, 512

PROGRAM = """
import json, os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "polyphonie.config.settings"
import django
django.setup()
from pathlib import Path
from django.core.management import call_command
from polyphonie.core.refusal import Refused
from polyphonie.opendata.importing import course as importing
call_command("migrate", verbosity=0)
for path in sys.argv[2:]:
    begun = time.process_time()
    try:
        importing.run(importing.Order(sys.argv[1], Path(path), "bombe"))
    except Refused:
        peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024  # ru_maxrss counts the parent
        print(json.dumps({"path": path, "seconds": time.process_time() - begun, "peak": peak}))
"""


def refused_cheaply(source_format: str, paths: list[str], folder: Path) -> int:
    """Import each in turn into a new database in `folder`: each is refused within the bounds. Returns the peak, in MB."""
    environment = {**os.environ, "POLYPHONIE_VAR": str(folder / "var"), "POLYPHONIE_KEYS": str(folder / "keys")}
    environment["POLYPHONIE_DATABASE_URL"] = f"sqlite:///{folder}/bomb.sqlite3"
    command = [sys.executable, "-c", PROGRAM, source_format, *paths]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    measured = [json.loads(line) for line in printed.stdout.splitlines()]
    assert [one["path"] for one in measured] == paths
    assert [one for one in measured if one["seconds"] > SECONDS or one["peak"] >= MEGABYTES] == []
    return int(max(one["peak"] for one in measured))
