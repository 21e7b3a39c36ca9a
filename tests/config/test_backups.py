"""A backup made under load is whole, a restore loses nothing unawares, and what was erased stays erased (R11)."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.db import connection

BACKUPS = int(os.environ.get("POLYPHONIE_BACKUPS", "20"))
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def surroundings(tmp_path: Path, prepared_database: str) -> dict[str, str]:
    (tmp_path / "var").mkdir()
    return {
        **os.environ,
        "POLYPHONIE_DATABASE_URL": prepared_database,
        "POLYPHONIE_VAR": str(tmp_path / "var"),
        "POLYPHONIE_KEYS": str(tmp_path / "keys"),
    }


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_backups_under_load_are_restored_and_verified_and_one_that_is_behind_is_refused(surroundings, tmp_path):
    work = tmp_path / "drill"
    work.mkdir()
    run = subprocess.run(
        [sys.executable, "-m", "tests.config.backup_drill", str(work), str(BACKUPS)],
        env=surroundings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    facts = json.loads(run.stdout.splitlines()[-1])
    print(f"R11 on {connection.vendor}: {facts}")
    assert (facts["backups"], facts["restored"]) == (BACKUPS, BACKUPS)
    assert facts["acknowledged"] >= 10 * BACKUPS
    assert (facts["lost"], facts["amiss"], facts["keys_found"]) == (0, [], 0)
    assert "1 vote" in facts["since_the_last_turn"]
    assert "--accept-loss" in facts["refusal"]
    assert facts["kept_when_refused"]
    assert "--accept-loss" in facts["not_served"]
    assert (facts["incidents"], facts["notice"]) == (1, True)
    assert (facts["closed_again"], facts["canary"]) == (1, 0)
    assert facts["statuses"] == ["withdrawn", "hidden", "hidden", "removed", "published"]


def polyphonie(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "polyphonie", *words], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.django_db(transaction=True)
def test_a_backup_holds_no_key_is_read_by_its_owner_alone_and_a_damaged_one_is_refused(surroundings, tmp_path):
    target = tmp_path / "sauvegarde.tar.gz"
    made = polyphonie(surroundings, "backup", str(target), "--json")
    assert made.returncode == 0, made.stderr
    assert target.stat().st_mode & 0o777 == 0o600
    with tarfile.open(target) as archive:
        names = archive.getnames()
    assert "manifest.json" in names
    assert not [name for name in names if "key" in name.rpartition("/")[2] and name.endswith(".key")]
    keys = [path.read_text().strip().encode() for path in (tmp_path / "keys").iterdir()]
    with tarfile.open(target) as archive:
        held = b"".join(archive.extractfile(member).read() for member in archive.getmembers())
    assert keys
    assert not [key for key in keys if key in held]
    raw = bytearray(target.read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / "abimee.tar.gz").write_bytes(raw)
    for wrong, said in (("abimee.tar.gz", ""), ("absente.tar.gz", "rien ne porte ce nom"), (".", "c’est un dossier")):
        refused = polyphonie(surroundings, "restore", str(tmp_path / wrong))
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), refused.stderr
        assert said in refused.stderr
    log = tmp_path / "var" / "log" / "ici.exemple%2Fperdue"
    log.mkdir(parents=True)
    (log / "leaves.jsonl").write_text('{"kind":"state"}\n')
    (log / "standing.json").write_text(json.dumps({"origin": "ici.exemple/perdue", "size": 1, "length": 17}))
    restored = polyphonie(surroundings, "restore", str(target), "--accept-loss")
    assert restored.returncode == 0, restored.stderr
    assert "ici.exemple/perdue EST ENTIÈREMENT PERDU" in restored.stdout, "no page of the site can say it"
    assert polyphonie(surroundings, "list").returncode == 0


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_keys_are_saved_apart_and_never_among_what_is_backed_up(surroundings, tmp_path):
    polyphonie(surroundings, "list")
    inside = polyphonie(surroundings, "backup", "--keys", str(tmp_path / "var" / "cles.tar.gz"))
    assert inside.returncode == 1
    (tmp_path / "sauvegardes").mkdir()
    (tmp_path / "sauvegardes" / "polyphonie-20260302-030000.tar.gz").touch()
    beside = polyphonie(surroundings, "backup", "--keys", str(tmp_path / "sauvegardes" / "cles.tar.gz"))
    assert "jamais à côté des sauvegardes" in beside.stderr
    apart = polyphonie(surroundings, "backup", "--keys", str(tmp_path / "cles.tar.gz"))
    assert (apart.returncode, (tmp_path / "cles.tar.gz").stat().st_mode & 0o777) == (0, 0o600), apart.stderr
    with tarfile.open(tmp_path / "cles.tar.gz") as archive:
        assert "secret.key" in archive.getnames()


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_in_a_folder_backups_older_than_what_people_were_promised_are_deleted(surroundings, tmp_path):
    folder = tmp_path / "sauvegardes"
    folder.mkdir()
    for name, days in (
        ("polyphonie-20260101-030000.tar.gz", 31),
        ("polyphonie-20260120-030000.tar.gz", 29),
        ("autre.tar.gz", 99),
    ):
        (folder / name).write_bytes(b"")
        old = (folder / name).stat().st_mtime - days * 86400
        os.utime(folder / name, (old, old))
    upgrades = tmp_path / "var" / "backups"
    upgrades.mkdir()
    replaced = Path(f"{surroundings['POLYPHONIE_DATABASE_URL'].removeprefix('sqlite:///')}.replaced")
    for left in (upgrades / "polyphonie-20260102-030000.tar.gz", replaced):
        left.write_bytes(b"")
        os.utime(left, (old, old - 32 * 86400))
    made = json.loads(polyphonie(surroundings, "backup", str(folder), "--json").stdout)
    assert {Path(path).name for path in made["deleted"]} == {
        "polyphonie-20260101-030000.tar.gz",
        "polyphonie-20260102-030000.tar.gz",
        replaced.name,
    }
    assert not [*upgrades.iterdir()]
    assert {path.name for path in folder.iterdir()} == {
        "autre.tar.gz",
        "polyphonie-20260120-030000.tar.gz",
        Path(made["file"]).name,
    }


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_a_restore_waits_for_nobody_to_be_at_work(surroundings, tmp_path):
    target = tmp_path / "sauvegarde.tar.gz"
    assert polyphonie(surroundings, "backup", str(target)).returncode == 0
    with subprocess.Popen(
        [sys.executable, "-m", "polyphonie", "tick", "--loop"], env=surroundings, cwd=ROOT, stdout=subprocess.PIPE
    ) as loop:
        try:
            while not (tmp_path / "var" / "last-tick").exists():
                assert loop.poll() is None
            refused = polyphonie(surroundings, "restore", str(target))
        finally:
            loop.terminate()
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), refused.stderr
