"""Does the verifier find an export right, and whatever was touched in it wrong, by the check that is meant to?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from polyphonie.opendata import verify
from tests.opendata import lively
from tests.opendata.lively import Lively


@pytest.fixture(scope="module")
def lived(django_db_setup, django_db_blocker, tmp_path_factory) -> Lively:
    with django_db_blocker.unblock(), transaction.atomic():
        built = lively.build(tmp_path_factory.mktemp("lively") / "export")
        transaction.set_rollback(True)
    return built


def wrong(folder: Path, *, seen: tuple[str, ...] = ()) -> set[str]:
    """The checks that fail on this folder."""
    report = verify.verify(str(folder), seen=[("gardé.txt", text) for text in seen])
    return {code for code in verify.CHECKS if report.failures[code] or code in report.undone}


def test_an_export_that_has_lived_verifies(lived):
    report = verify.verify(
        str(lived.folder), seen=[("gardé.txt", lived.checkpoint), *(("reçu.txt", text) for text in lived.receipts)]
    )
    assert report.is_right, "\n".join(verify.sentences(report))
    assert (report.counts["seen"], report.counts["receipts"]) == (1 + 2, 3)
    idle = {code for code in verify.CHECKS if not report.counts[code]}
    assert idle == set(), "a check that examines nothing proves nothing"
    assert any("un vote plus récent le remplace" in note for note in report.notes)


def test_it_runs_alone_and_concludes_first(lived):
    result = subprocess.run(
        [sys.executable, "-I", str(lived.folder / "verify.py"), str(lived.folder)], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[:3] == [
        "Ce dossier est cohérent avec lui-même.",
        "Comparé à 0 point de contrôle conservé ailleurs : rien à comparer.",
        "Rien ici n'est prouvé contre l'exploitant : il a pu refaire tout le registre.",
    ]


FILES = list(verify.COVERED)


@pytest.mark.parametrize("name", FILES)
def test_any_byte_changed_in_a_covered_file_is_found(lived, tmp_path, name):
    content = (lived.folder / name).read_bytes()
    for step in range(8):
        folder = lively.a_copy(lived.folder, tmp_path / str(step))
        place = (len(content) - 1) * step // 7
        (folder / name).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert wrong(folder), f"{name}, byte {place}"


@pytest.mark.parametrize("name", [*FILES, "datapackage.json"])
@pytest.mark.parametrize("broken", [b"", b"\0\xff\xfe", b"[" * 100_000, b"{}\n", b"a,b\n1", None])
def test_a_broken_file_is_a_sentence(lived, tmp_path, name, broken):
    folder = lively.a_copy(lived.folder, tmp_path / "copy")
    if broken is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(broken)
    report = verify.verify(str(folder))
    assert not report.is_right
    assert json.dumps(verify.facts(report))
    assert "PAS cohérent" in next(verify.sentences(report))
