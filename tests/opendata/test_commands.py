"""Do `polyphonie export` and `polyphonie verify` answer as the contract of the command line says?"""

import json
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from polyphonie.config.commands import exporting
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.terminal import Terminal
from polyphonie.core.writing import writing
from polyphonie.opendata import verify
from tests.concertations import a_process

SILENT = Terminal(is_json=True)


def polyphonie(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    bare = {"POLYPHONIE_VAR": str(tmp_path / "var"), "POLYPHONIE_KEYS": str(tmp_path / "keys"), "PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, "-m", "polyphonie", *words], env=bare, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def folder(db, tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(exporting.database, "prepare", lambda: None)
    with writing() as now:
        a_process(now=now)
    outcome = exporting.run(Namespace(process="demain", directory=str(tmp_path / "export")), SILENT)
    assert outcome.is_right
    assert outcome.facts["files"]["verify.py"] > 0
    return tmp_path / "export"


def test_what_is_exported_verifies_and_the_answer_is_one_object(folder, tmp_path):
    kept = str(folder / "ledger" / "checkpoint")
    result = polyphonie(tmp_path, "verify", str(folder), "--seen", kept, kept, "--json")
    assert (result.returncode, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert (answer["ok"], answer["agreement"], answer["compared"]) == (True, True, 2)


def test_a_wrong_export_exits_1_and_its_own_verifier_is_not_asked(folder, tmp_path):
    (folder / "verify.py").write_text("print('Tout va bien.')")
    result = polyphonie(tmp_path, "verify", str(folder))
    assert result.returncode == 1
    assert "Tout va bien." not in result.stdout
    assert "→ le fichier verify.py n'a pas l'empreinte" in result.stdout


@pytest.mark.parametrize("words", [["nowhere"], [".", "--seen", "pyproject.toml"], [".", "--seen", "nowhere"]])
def test_wrongly_called_it_says_so_in_one_line(tmp_path, words):
    result = polyphonie(tmp_path, "verify", *words)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)


def test_the_file_alone_has_the_same_exit_statuses(folder, capsys):
    assert verify.main([str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["agreement"] is None
    (folder / "ledger" / "leaves.jsonl").write_text("")
    assert verify.main([str(folder)]) == 1
    with pytest.raises(SystemExit) as wrongly:
        verify.main([str(folder), "--key", "abc"])
    assert wrongly.value.code == 2


def test_an_unknown_process_is_refused(folder, tmp_path):
    with pytest.raises(CommandRefused, match="polyphonie list"):
        exporting.run(Namespace(process="inconnue", directory=str(tmp_path / "other")), SILENT)
