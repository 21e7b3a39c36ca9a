"""A vote that was acknowledged survives `kill -9`, and one that is posted again is not counted twice (R1)."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from tests.consultation.voting_process import AT_ONCE

KILLS = int(os.environ.get("POLYPHONIE_KILLS", "10"))
ROOT = Path(__file__).resolve().parent.parent.parent


VOTES_PER_SECOND = 50


def acknowledged(journal: Path) -> int:
    return journal.read_bytes().count(b"ack ")


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_no_acknowledged_vote_is_lost_or_doubled_when_the_process_is_killed(prepared_database, tmp_path):
    journal = tmp_path / "journal"
    surroundings = {
        **os.environ,
        "POLYPHONIE_DATABASE_URL": prepared_database,
        "POLYPHONIE_VAR": str(tmp_path / "var"),
        "POLYPHONIE_KEYS": str(tmp_path / "keys"),
    }
    (tmp_path / "var").mkdir()

    def start(verb: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.consultation.voting_process", verb, str(journal)]
        return subprocess.Popen(command, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def finish(verb: str) -> str:
        process = start(verb)
        printed, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        return printed

    finish("prepare")
    chance, votes, seconds = random.Random(9), 0, 0.0
    for _ in range(KILLS):
        before = journal.stat().st_size if journal.exists() else 0
        process = start("vote")
        deadline = time.monotonic() + 60
        while process.poll() is None and (journal.stat().st_size if journal.exists() else 0) <= before:
            assert time.monotonic() < deadline, "the process never voted"
            time.sleep(0.005)
        began, known = time.monotonic(), acknowledged(journal)
        time.sleep(chance.uniform(0.05, 0.4))
        assert process.poll() is None, "the process stopped by itself"
        os.kill(process.pid, signal.SIGKILL)
        seconds += time.monotonic() - began
        process.communicate()
        votes += acknowledged(journal) - known
    counts = json.loads(finish("check"))
    print(f"R1 on {connection.vendor}: {KILLS} kills at {votes / seconds:.0f} votes/s, {counts}")
    assert votes / seconds >= VOTES_PER_SECOND, "killed while hardly anybody votes, it proves little"
    assert (counts["lost"], counts["doubled"]) == (0, 0)
    assert counts["acknowledged"] >= 5 * KILLS
    assert 0 <= counts["written_unacknowledged"] <= AT_ONCE
