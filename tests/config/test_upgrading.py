"""An upgrade is made wholly or not at all, saved before; a database of another version is not served."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection


@pytest.fixture
def surroundings(tmp_path: Path, prepared_database: str) -> dict[str, str]:
    (tmp_path / "var").mkdir()
    return {
        **os.environ,
        "POLYPHONIE_DATABASE_URL": prepared_database,
        "POLYPHONIE_VAR": str(tmp_path / "var"),
        "POLYPHONIE_KEYS": str(tmp_path / "keys"),
    }


def run(surroundings: dict[str, str], code: str) -> dict[str, object]:
    """What a session of commands prints last: one process, for a command line each would cost a second."""
    script = "import json, django; django.setup()\nfrom tests.config.upgrade_steps import *\n" + code
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=surroundings | {"DJANGO_SETTINGS_MODULE": "polyphonie.config.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).resolve().parent.parent.parent,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_that_fails_leaves_everything_as_it_was_and_one_that_does_not_is_saved_before(surroundings):
    facts = run(surroundings, "print(json.dumps(an_upgrade_that_fails_then_one_that_does_not()))")
    print(f"upgrade on {connection.vendor}: {facts}")
    assert facts["refused_to_serve"].count("polyphonie upgrade") == 1
    assert "cut half-way" in facts["failed"]
    assert facts["same_after_failure"]
    assert facts["applied"] == ["portal.0002_more", "portal.0003_and_more"]
    assert facts["process"] == "marvejols"
    assert facts["is_served"]
    assert Path(str(facts["backup"])).exists()
    assert facts["nothing_to_do"] == []


@pytest.mark.django_db(transaction=True)
def test_a_database_of_a_later_version_is_neither_served_nor_upgraded(surroundings):
    facts = run(surroundings, "print(json.dumps(a_database_of_a_later_version()))")
    assert all("contributions.0099_future" in sentence for sentence in facts["sentences"])
    assert len(facts["sentences"]) == 2
