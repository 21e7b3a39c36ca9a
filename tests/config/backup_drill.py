"""An installation saved while people vote, then put back from each backup: run by `test_backups.py`, never by the product.

python -m tests.config.backup_drill FOLDER COUNT     prints one JSON object
"""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent.parent


def drill(folder: Path, count: int) -> dict[str, object]:
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from polyphonie.config import schedule
    from polyphonie.config.backups.making import make_backup
    from polyphonie.config.backups.restoring import restore
    from polyphonie.config.commands import database
    from polyphonie.config.commands.refusals import CommandRefused
    from polyphonie.consultation.actions.moderating import mask_passage
    from polyphonie.contributions import actions as voices
    from polyphonie.contributions.models import Contribution
    from polyphonie.ledger.models import Entry
    from polyphonie.portal.actions import close_account_of
    from polyphonie.processes.models import Consultation, Process
    from tests.consultation import electorate, voting_process

    voting_process.prepare()
    consultation = Consultation.objects.select_related("process").get()
    leaver = electorate.an_account("Celle qui part")
    electorate.a_proposal(consultation, "Le texte de celle qui part", author=leaver)
    author = electorate.an_account("Autrice")
    taken_back, hidden, masked, removed, shown = (
        electorate.a_proposal(consultation, f"Canari {word}", author=author)
        for word in ("repris", "caché", "masqué", "ôté", "revu")
    )
    journal = folder / "journal"
    command = [sys.executable, "-m", "tests.consultation.voting_process", "vote", str(journal)]
    with subprocess.Popen(command, cwd=ROOT) as load:
        made = []
        try:
            for rank in range(count):
                while (acknowledged := len(voting_process.read(journal)[1])) < 10 * (rank + 1):
                    assert load.poll() is None
                    time.sleep(0.02)
                made.append((make_backup(folder / f"{rank}.tar.gz"), acknowledged))
                electorate.a_proposal(consultation, f"Écrit après la sauvegarde {rank}")
                schedule.run_once(schedule.TASKS)
                assert load.poll() is None
        finally:
            load.kill()
    with electorate.writing() as now:
        close_account_of(leaver, removes_texts=True, withdraws_votes=False, now=now)
    by = {"ground": "unlawful_data", "actor": "moderator/1"}
    with electorate.writing() as now:
        voices.withdraw(taken_back, author=author, now=now)
        voices.hide(hidden, now=now, **by)
        mask_passage(masked, passages=["trop chaud"], reason="donnée personnelle", now=now, **by)
        voices.hide(removed, now=now, **by)
        voices.remove(removed, now=now, **by)
        voices.hide(shown, now=now, **by)
        voices.restore(shown, actor="moderator/2", now=now)
    schedule.run_once()
    live, var = connection.settings_dict["NAME"], Path(settings.POLYPHONIE_VAR)

    facts = {"backups": len(made), "acknowledged": len(voting_process.read(journal)[1]), "restored": 0, "lost": 0, "amiss": []}
    for rank, (backup, acknowledged) in enumerate(made):
        elsewhere(folder, live)
        done = restore(backup.file, accept_loss=False)
        if done.gaps or done.replayed.refused:
            facts["amiss"].append(f"{rank}: {asdict(done)}")
        facts["lost"] += lost_votes(journal, acknowledged)
        facts["amiss"] += verified(folder / f"export-{rank}", rank)
        facts["restored"] += 1
    facts["keys_found"] = keys_in([backup.file for backup, _ in made])
    connection.close()
    connection.settings_dict["NAME"], settings.POLYPHONIE_VAR = live, var

    fresh = make_backup(folder / "fresh.tar.gz").file
    electorate.vote(shown, electorate.an_account("Celui qui vote entre deux tours"), at=timezone.now())
    try:
        restore(fresh, accept_loss=False)
    except CommandRefused as refused:
        facts["since_the_last_turn"] = str(refused)
    behind = made[count // 2][0].file
    texts, leaves = Contribution.objects.count(), Entry.objects.count()
    try:
        restore(behind, accept_loss=False)
    except CommandRefused as refused:
        facts["refusal"] = str(refused)
    facts["kept_when_refused"] = (Contribution.objects.count(), Entry.objects.count()) == (texts, leaves)
    swap_for(behind)
    try:
        database.prepare()
    except CommandRefused as refused:
        facts["not_served"] = str(refused)
    done = restore(behind, accept_loss=True)
    schedule.run_once()
    database.prepare()
    process = Process.objects.get()
    facts["incidents"] = Entry.objects.filter(kind="incident", position__isnull=False).count()
    facts["notice"] = process.incident_on is not None
    facts["closed_again"] = done.replayed.closed
    canaries = Contribution.objects.filter(pk__in=[text.pk for text in (taken_back, hidden, masked, removed, shown)])
    facts["statuses"] = [status for _pk, status in sorted(canaries.values_list("pk", "status"))]
    facts["canary"] = Contribution.objects.filter(title__contains="celle qui part").count()
    facts["amiss"] += verified(folder / "export-after", -1)
    return facts


def keys_in(backups: list[Path]) -> int:
    """How many times a key is read in a backup, as it is written or as it is used."""
    import tarfile

    from django.conf import settings

    words = [path.read_text().strip() for path in Path(settings.POLYPHONIE_KEYS).glob("*.key")]
    raw = [bytes.fromhex(word) for word in words if len(word) == 64 and set(word) <= set("0123456789abcdef")]
    assert len(raw) == 4, "voter, accounts, log and receipt"
    found = 0
    for backup in backups:
        with tarfile.open(backup) as archive:
            for member in archive:
                held = archive.extractfile(member).read()
                found += sum(key in held for key in [*raw, *(word.encode() for word in words)])
    return found


def elsewhere(folder: Path, live: str) -> None:
    """Another machine: nothing but the keys."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    shutil.rmtree(folder / "elsewhere", ignore_errors=True)
    settings.POLYPHONIE_VAR = folder / "elsewhere"
    if connection.vendor == "sqlite":
        connection.settings_dict["NAME"] = str(folder / "elsewhere" / "polyphonie.sqlite3")
        return
    other = f"{live}_elsewhere"
    connection.settings_dict["NAME"] = live
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [other])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{other}"')
    connection.close()
    connection.settings_dict["NAME"] = other


def swap_for(backup: Path) -> None:
    """What a careless hand does: the database of an older day, put back without asking."""
    from tempfile import TemporaryDirectory

    from django.db import connection, transaction

    from polyphonie.config.backups import package, postgresql, sqlite

    with TemporaryDirectory() as name:
        manifest = package.unpack(backup, Path(name))
        if connection.vendor == "sqlite":
            sqlite.put_in_place(Path(name) / sqlite.DATABASE)
        else:
            with transaction.atomic():
                postgresql.load_from(Path(name) / postgresql.FOLDER, manifest.migrations)


def lost_votes(journal: Path, acknowledged: int) -> int:
    """How many of the first votes that were acknowledged are not in this database, or a later one of the same person."""
    from polyphonie.accounts.models import Account
    from polyphonie.accounts.voter_secret import voter_secret
    from polyphonie.consultation.models import Vote
    from polyphonie.ledger.pseudonyms import voter_pseudonym
    from tests.consultation import voting_process

    people = {
        account.pk: voter_pseudonym(voter_secret(account), "marvejols", "la-place")
        for account in Account.objects.filter(wrapped_secret__isnull=False)
    }
    rows = {(row.contribution_id, bytes(row.voter)): row.seq for row in Vote.objects.all()}
    acts = list(voting_process.read(journal)[1].values())[:acknowledged]
    return sum(rows.get((act["text"], people[act["account"]]), 0) < act["after"] + 1 for act in acts)


def verified(folder: Path, rank: int) -> list[str]:
    """What the verifier finds wrong in this database's own export."""
    from polyphonie.opendata import verify
    from polyphonie.opendata.export import export
    from polyphonie.processes.models import Process

    export(Process.objects.get(), folder)
    report = verify.verify(folder, seen=[])
    return [] if report.is_right else [f"{rank}: {verify.facts(report)}"]


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "polyphonie.config.settings"
    django.setup()
    print(json.dumps(drill(Path(sys.argv[1]), int(sys.argv[2]))))
