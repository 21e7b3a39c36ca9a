"""Does the doctor see each thing that is amiss on the machine, and say it in a sentence?"""

import json
import os
import shutil
import smtplib
import subprocess
import urllib.error
import urllib.request
from argparse import Namespace
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from polyphonie.config import premises
from polyphonie.config.backups import making
from polyphonie.config.commands import doctor
from polyphonie.config.findings import UNSAFE
from polyphonie.config.terminal import Terminal
from polyphonie.core import papers
from polyphonie.core.writing import writing
from polyphonie.ledger import folder
from polyphonie.ledger.models import Entry, Log, WaitingEntry
from polyphonie.ledger.sealing import seal
from tests.concertations import a_process

pytestmark = pytest.mark.django_db


@pytest.fixture
def var(settings, tmp_path) -> Path:
    settings.POLYPHONIE_VAR = tmp_path / "var"
    settings.POLYPHONIE_VAR.mkdir(mode=0o700)
    return settings.POLYPHONIE_VAR


def sentences(findings) -> list[str]:
    return [finding.sentence for finding in findings]


def test_a_folder_that_others_read_is_closed(var):
    assert sentences(premises.folders()) == []
    var.chmod(0o755)
    (finding,) = premises.folders()
    assert finding.level == UNSAFE
    finding.repair()
    assert sentences(premises.folders()) == []


@pytest.mark.parametrize(("free", "level"), [(10_000_000, "unsafe"), (500_000_000, "missing"), (5_000_000_000, None)])
def test_a_disk_almost_full_is_said(var, monkeypatch, free, level):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: namedtuple("usage", "free")(free))
    assert [finding.level for finding in premises.folders()] == ([level] if level else [])


@pytest.mark.parametrize(("missing", "said"), [("", None), ("library", "WeasyPrint"), ("system", "apt install libpango-1.0-0")])
def test_where_no_pdf_can_be_made_it_says_why_and_what_to_install(monkeypatch, missing, said):
    monkeypatch.setattr(papers, "missing", lambda: missing)
    found = sentences(premises.papers())
    assert len(found) == (said is not None)
    assert all(said in sentence for sentence in found)


def test_the_age_of_the_last_backup_is_said_and_those_too_old_are_deleted(var):
    with writing() as now:
        a_process(now=now)
    assert [finding.level for finding in premises.backups()] == ["missing"]
    marked = var / "last-backup.json"
    marked.write_text(json.dumps({"created_at": timezone.now().isoformat()}))
    assert sentences(premises.backups()) == []
    marked.write_text(json.dumps({"created_at": (timezone.now() - timedelta(hours=37)).isoformat()}))
    assert [finding.level for finding in premises.backups()] == ["unsafe"]
    old = var / "backups" / f"polyphonie-20200101-000000{making.SUFFIX}"
    old.parent.mkdir()
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    _late, expired = premises.backups()
    expired.repair()
    assert not old.exists()


def test_a_clock_that_says_earlier_than_what_is_written_is_said(var):
    with writing() as now:
        a_process(now=now + timedelta(hours=2))
    assert [finding.level for finding in premises.clock()][:1] == ["unsafe"]


def test_a_clock_that_no_server_keeps_is_said(var, monkeypatch):
    monkeypatch.setattr(premises, "_is_kept_by_a_server", lambda: False)
    assert [finding.level for finding in premises.clock()] == ["missing"]


def test_a_database_behind_its_log_folder_is_said(var):
    with writing() as now:
        process = a_process(now=now)
    with writing() as now:
        seal(process.log, now=now)
    WaitingEntry.objects.create(log=process.log, series="s", kind="vote", leaf="[]", leaf_hash=b"v".ljust(32))
    assert folder.keep(process.log) > 0
    assert sentences(premises.registers()) == []
    Entry.objects.filter(log=process.log).order_by("-position")[:1].get().delete()
    Log.objects.filter(pk=process.log_id).update(size=process.log.entries.count())
    (finding,) = premises.registers()
    assert finding.level == UNSAFE
    assert [(gap.lost, gap.lost_votes) for gap in folder.gaps()] == [(1, 0)], "the vote that waited still waits"
    WaitingEntry.objects.all().delete()
    assert [(gap.lost, gap.lost_votes) for gap in folder.gaps()] == [(1, 1)]


def test_what_an_import_holds_until_its_end_is_no_vote_that_could_be_lost(var):
    with writing() as now:
        process = a_process(now=now)
        seal(process.log, now=now)
    for kind, leaf in (("rev", "{}"), ("vote", "[]")):
        WaitingEntry.objects.create(log=process.log, series="s", kind=kind, leaf=leaf, leaf_hash=kind.encode().ljust(32))
    folder.keep(process.log)
    assert [standing.pending for standing in folder.standings()] == [1]
    WaitingEntry.objects.filter(kind="rev").delete()
    assert not folder.is_any_behind()
    WaitingEntry.objects.all().delete()
    assert folder.is_any_behind()


@pytest.mark.parametrize(
    ("found", "level"), [(b'{"live": true}', None), (b"another site", "unsafe"), (urllib.error.URLError("refused"), "missing")]
)
def test_the_public_address_is_asked(settings, monkeypatch, found, level):
    settings.IS_LOCAL, settings.POLYPHONIE_BASE_URL = False, "http://concertation.exemple.fr"

    class Answer:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def read(self, _size):
            return found

    def opened(address, timeout):
        assert address == "http://concertation.exemple.fr/sante/"
        if isinstance(found, Exception):
            raise found
        return Answer()

    monkeypatch.setattr(urllib.request, "urlopen", opened)
    assert [finding.level for finding in premises.public_address()] == ([level] if level else [])


def test_a_font_that_is_absent_is_said(monkeypatch):
    assert sentences(premises.fonts()) == []
    monkeypatch.setattr(premises.finders, "find", lambda _name: None)
    assert len(sentences(premises.fonts())) == 2


def test_a_postgresql_that_does_not_wait_for_the_disk_is_said():
    if connection.vendor != "postgresql":
        assert list(premises.postgresql()) == []
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert any("synchronous_commit" in finding.subject for finding in premises.postgresql())


def test_a_test_mail_leaves_at_once_or_says_why_not(monkeypatch):
    def examined() -> list[str]:
        monkeypatch.setattr(doctor, "examine", lambda: iter(()))
        outcome = doctor.run(Namespace(fix=True, mail="maire@exemple.fr"), Terminal(is_json=False))  # the page says --fix --mail
        return [finding["sentence"] for finding in outcome.facts["findings"]]

    assert examined() == []
    assert [message.to for message in mail.outbox] == [["maire@exemple.fr"]]

    def refused(_self):
        raise smtplib.SMTPAuthenticationError(535, b"who are you")

    monkeypatch.setattr(doctor.EmailMessage, "send", refused)
    (sentence,) = examined()
    assert "535" in sentence


def test_what_systemd_says_of_the_clock_is_read(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: "/usr/bin/timedatectl")
    monkeypatch.setattr(Path, "is_dir", lambda _self: True)
    for said, kept in (("yes\n", True), ("no\n", False), ("", None)):
        monkeypatch.setattr(subprocess, "run", lambda *_a, said=said, **_k: namedtuple("done", "stdout")(said))
        assert premises._is_kept_by_a_server() is kept
