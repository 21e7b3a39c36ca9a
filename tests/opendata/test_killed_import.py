"""An import that `kill -9` stops loses nothing, shows nothing of what it had written, and goes on to the same end."""

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
from django.utils import timezone

from polyphonie.core.writing import writing
from polyphonie.ledger.tasks import seal_logs
from polyphonie.opendata import actions
from polyphonie.opendata.export import export
from polyphonie.opendata.importing import course as importing
from polyphonie.opendata.importing.course import Order
from polyphonie.processes.models import Process
from tests.opendata import exports

KILLS = int(os.environ.get("POLYPHONIE_KILLS", "10"))
ROOT = Path(__file__).resolve().parent.parent.parent


def many(proposals: int, votes: int) -> list[exports.Record]:
    texts = [exports.opinion(str(number)) for number in range(1, proposals + 1)]
    cast = [exports.vote(f"V{line}", str(line % proposals + 1), f"User:{line}") for line in range(votes)]
    return texts + cast


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_killed_at_any_moment_ends_as_if_it_had_not_been(prepared_database, tmp_path):
    path = exports.write(tmp_path / "export.csv", many(1500, 30_000))
    surroundings = {
        **os.environ,
        "POLYPHONIE_DATABASE_URL": prepared_database,
        "POLYPHONIE_VAR": str(tmp_path / "var"),
        "POLYPHONIE_KEYS": str(tmp_path / "keys"),
    }
    command = [sys.executable, "-m", "polyphonie", "import", "cap-collectif", str(path), "--process", "places", "--json"]

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(command, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    subprocess.run([sys.executable, "-m", "polyphonie", "list"], env=surroundings, cwd=ROOT, check=True, capture_output=True)
    laid_out = tmp_path / "var" / "imports" / "places" / "staging.sqlite3"
    chance = random.Random(11)
    kills = 0
    for _ in range(max(2, KILLS // 3)):
        process = start()
        while process.poll() is None and not laid_out.exists():
            time.sleep(0.005)
        time.sleep(chance.uniform(0.1, 1.2))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.communicate()
        laid_out.unlink(missing_ok=True)
    process = start()
    printed, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    ended = json.loads(printed)
    again = json.loads(subprocess.run(command, env=surroundings, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    print(f"R1 (import) on {connection.vendor}: {kills} kills, {ended['created']}")
    assert kills > 0, "every import had ended before it could be killed"
    found = {name: ended["created"][name] + ended["unchanged"][name] for name in ("proposal", "vote")}
    assert found == {"proposal": 1500, "vote": 30_000}
    assert again["unchanged"]["vote"] == 30_000
    assert set(again["created"].values()) == {0}
    folder = tmp_path / "dossier"
    written = subprocess.run(
        [sys.executable, "-m", "polyphonie", "export", "places", str(folder)], env=surroundings, cwd=ROOT, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert written.returncode == 0, written.stderr
    verified = subprocess.run(
        [sys.executable, str(folder / "verify.py"), str(folder)], check=False, capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stdout


class Interrupted(Exception):
    pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["take_texts", "take_votes", "finish_import"])
def test_what_an_interrupted_import_wrote_is_in_no_export_and_in_no_sealed_leaf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    importing.run(Order("cap-collectif", exports.write(tmp_path / "first.csv", exports.small()), "places"))
    seal_logs()

    def interrupt(*arguments: object, **named: object) -> None:
        raise Interrupted

    others = [exports.opinion(f"o{number}", consultation_title="Les arbres", trashed=str(number // 4)) for number in range(5)]
    cast = [exports.vote(f"W{number}", f"o{number}", "User:z") for number in range(5)]
    second = exports.write(tmp_path / "second.csv", others + cast)
    with monkeypatch.context() as patch:
        patch.setattr(actions, where, interrupt)
        with pytest.raises(Interrupted):
            importing.run(Order("cap-collectif", second, "places"))
    seal_logs()
    folder = tmp_path / "dossier"
    export(Process.objects.get(slug="places"), folder)
    verified = subprocess.run(
        [sys.executable, str(folder / "verify.py"), str(folder)], check=False, capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stdout
    with writing():
        batch = actions.undo_import(Process.objects.get().imports.get(number=2), now=timezone.now())
    assert batch.state == batch.State.UNDONE
    seal_logs()
    again = tmp_path / "encore"
    export(Process.objects.get(slug="places"), again)
    verified = subprocess.run([sys.executable, str(again / "verify.py"), str(again)], check=False, capture_output=True, text=True)
    assert verified.returncode == 0, verified.stdout
