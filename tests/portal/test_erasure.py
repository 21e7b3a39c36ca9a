"""When a thousand people leave, is any word of theirs left anywhere? (P4)"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.architecture.order import ROOT

LEAVERS = 1000


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_no_word_of_people_who_left_is_found_anywhere_nor_comes_back_with_a_backup(
    tmp_path: Path, prepared_database: str
) -> None:
    count = int(os.environ.get("POLYPHONIE_LEAVERS", LEAVERS))
    (tmp_path / "var").mkdir()
    surroundings = {
        **os.environ,
        "POLYPHONIE_DATABASE_URL": prepared_database,
        "POLYPHONIE_VAR": str(tmp_path / "var"),
        "POLYPHONIE_KEYS": str(tmp_path / "keys"),
    }
    command = [sys.executable, "-m", "tests.portal.erasure_drill", str(tmp_path), str(count)]
    run = subprocess.run(command, env=surroundings, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert run.returncode == 0, run.stderr
    facts = json.loads(run.stdout.splitlines()[-1])
    print(f"P4 on {connection.vendor}: {facts}")
    assert facts["words_planted"] == count
    assert facts["planted"]["tables"] > 10 * count
    assert all(facts["planted"].values())
    assert not any(facts["left"].values())
    assert not any(facts["left_in_the_restored_backup"].values())
    assert facts["verifies"]
    assert (facts["closed_again"], facts["refused"]) == (facts["after_the_backup"], [])
    assert "zyzomys" not in run.stderr, "a word of someone who left is in what the site logs"
    assert facts["stays"]
