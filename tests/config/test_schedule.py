"""Does what is due come to the same whatever happens to its jobs: run twice, killed, in any order, the mail server down (R14)?"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import create_voter_secret
from polyphonie.config import offspring, schedule
from polyphonie.config.commands import ticking
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from polyphonie.ledger.models import Checkpoint, Entry, Log
from polyphonie.outbox.actions import CLAIM, queue_mail
from polyphonie.outbox.models import Mail
from polyphonie.processes.models import Consultation
from tests.killing import statements_of, was_killed
from tests.people import Town, a_town
from tests.undone import undone

pytestmark = pytest.mark.django_db

ORDERS = int(os.environ.get("POLYPHONIE_ORDERS", "2"))
MAILS = 40
PASSES = 2
"""How many times each job is killed."""


@pytest.fixture
def later() -> Iterator[tuple[Town, datetime]]:
    """A town where votes wait, and an instant at which much is due there: the close, the digests, what expires."""
    town = a_town()
    with writing() as now:
        for number in range(MAILS):
            queue_mail(f"r14/{number}", f"personne{number}@example.org", "Bonjour", "Texte", now=now)
    for account in (town.accounts["citizen"], town.accounts["author"]):
        with writing(lock=town.consultation, shared=True) as now:
            create_voter_secret(account)
            cast_vote(town.others_proposal, account=account, position=1, nonce=os.urandom(16), after=0, revision=1, now=now)
    town.consultation.refresh_from_db()
    assert town.consultation.closes_at is not None
    instant = town.consultation.closes_at.astimezone(timezone.get_default_timezone()) + timedelta(days=1)
    with time_machine.travel(instant.replace(hour=14)):
        yield town, instant


@contextmanager
def without_trace() -> Iterator[None]:
    """What happens inside is undone, in the database and on the disk."""
    with undone():
        yield
    for folder in ("exports", "log"):
        shutil.rmtree(settings.POLYPHONIE_VAR / folder, ignore_errors=True)


def state() -> dict[str, object]:
    """What the jobs left, but for what is drawn at random."""
    apart = (Mail, Checkpoint)  # mails by their keys; checkpoints say when one looked
    models: list[type[Model]] = [model for model in apps.get_models() if model not in apart]
    return {
        "rows": {model._meta.label: model._default_manager.count() for model in models},
        "mails": sorted((re.sub(r"\d+", "#", row.key), row.sent_at is not None, row.subject) for row in Mail.objects.all()),
        "consultations": sorted(Consultation.objects.values_list("slug", "state", "votes", "voters", "texts", "drawn_on")),
        "texts": sorted(Contribution.objects.values_list("process", "number", "status", "agree", "order_draw")),
        "leaves": sorted(Counter(Entry.objects.values_list("log__origin", "kind")).items()),
        "unsealed": Entry.objects.filter(position=None).count(),
        "logs": sorted(Log.objects.values_list("origin", "size")),
        "accounts": sorted(Account.objects.values_list("pk", "closed_on", "warned_on")),
    }


def until_nothing_changes(tasks: list[schedule.Task]) -> dict[str, object]:
    """The state once these, in this order, find nothing more to do: a job may prepare what another one does next."""
    before = None
    for _turn in range(6):
        for task in tasks:
            task()
        after = state()
        if after == before:
            return after
        before = after
    raise AssertionError("the jobs never come to rest")


def differences(found: dict[str, object], wanted: dict[str, object]) -> dict[str, object]:
    """What differs between two states, as short as a reader can use."""
    rows = {label: (count, wanted["rows"][label]) for label, count in found["rows"].items() if count != wanted["rows"][label]}
    others = {
        name: {
            "found": [*(Counter(found[name]) - Counter(wanted[name]))],
            "wanted": [*(Counter(wanted[name]) - Counter(found[name]))],
        }
        for name in found
        if name not in ("rows", "unsealed") and found[name] != wanted[name]
    }
    return others | ({"rows": rows} if rows else {})


@pytest.mark.django_db(transaction=True)
def test_each_job_run_twice_killed_or_out_of_order_leaves_the_same_state(later):
    tasks = list(schedule.TASKS)
    assert len(tasks) >= 20
    with without_trace():
        statements = {schedule.name_of(task): statements_of(task) for task in tasks}
        wanted = until_nothing_changes(tasks)
    assert ("places", "closed") in {row[:2] for row in wanted["consultations"]}
    assert wanted["unsealed"] == 0

    with without_trace():
        for task in tasks:
            task()
            once = state()
            task()
            assert state() == once, f"{schedule.name_of(task)} run twice"
        assert differences(until_nothing_changes(tasks), wanted) == {}

    chance = random.Random(14)
    for _order in range(ORDERS):
        shuffled = chance.sample(tasks, len(tasks))
        with without_trace():
            found = differences(until_nothing_changes(shuffled), wanted)
            assert found == {}, [schedule.name_of(task) for task in shuffled]
    kills, missed = 0, 0
    for _pass in range(PASSES):
        for task in tasks:
            at = chance.randint(1, max(1, statements[schedule.name_of(task)]))
            if was_killed(task, at=at):
                kills += 1
            else:  # an earlier job, killed or not, left it less to do
                missed += 1
                kills += was_killed(task, at=1)
    with time_machine.travel(timezone.now() + CLAIM):  # the mails that a killed sender had taken are taken again
        assert differences(until_nothing_changes(tasks), wanted) == {}, "after the kills"
    at_work = sum(1 for count in statements.values() if count)
    print(
        f"R14 on {connection.vendor}: {len(tasks)} jobs twice; {at_work} of them killed (SIGKILL) {kills} times, "
        f"{kills - missed} at one drawn of their {sum(statements.values())} statements; {ORDERS} other orders; one state"
    )
    assert at_work >= 36
    assert kills >= PASSES * at_work
    assert kills - missed >= at_work * 3 // 4


def test_a_mail_server_that_is_down_loses_no_mail(later, monkeypatch):
    _town, instant = later
    mail.outbox.clear()
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "tests.outbox.test_outbox.Down")
    for hours in range(5):
        with time_machine.travel(instant + timedelta(hours=hours), tick=False):
            assert schedule.run_once().failed == []
    assert mail.outbox == []
    waiting = set(Mail.objects.filter(sent_at=None).values_list("to", flat=True))
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
    with time_machine.travel(instant + timedelta(days=1), tick=False):
        schedule.run_once()
    arrived = Counter(message.to[0] for message in mail.outbox)
    print(f"R14 on {connection.vendor}: {len(waiting)} people to write to, mail server down; then {len(arrived)} reached")
    assert len(waiting) >= MAILS
    assert waiting <= set(arrived)
    assert all(arrived[f"personne{number}@example.org"] == 1 for number in range(MAILS))


class Watched:
    """A loop in a process of its own whose turns, and what lasts, are written down instead of done."""

    def __init__(self, noted: Path):
        self.noted = noted
        self.pid = offspring.fork(ticking.loop, dies_by=signal.SIGKILL)

    def lines(self, name: str) -> list[list[str]]:
        words = [line.split() for line in self.noted.read_text().splitlines()] if self.noted.exists() else []
        return [line[1:] for line in words if line[0] == name]

    def until(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not is_so():
            assert time.monotonic() < end, self.noted.read_text()
            time.sleep(0.01)

    def is_alive(self, pid: str) -> bool:
        state = Path(f"/proc/{pid}/stat")
        try:
            return state.read_text().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False


@pytest.fixture
def watched(monkeypatch, tmp_path):
    noted = tmp_path / "noted"

    def note(*words: object) -> None:
        with noted.open("a") as file:
            file.write(" ".join(map(str, words)) + "\n")

    def run(tasks: list[schedule.Task]) -> None:
        if tasks is schedule.LENGTHY:
            with subprocess.Popen(["sleep", "60"]) as begun:
                try:
                    note("lasts", os.getpid(), begun.pid)
                    begun.wait()
                finally:
                    begun.kill()
        else:
            note("begins", os.getpid(), os.getppid())
            time.sleep(0.05)
            note("ends", os.getpid())

    monkeypatch.setattr(ticking, "connections", types.SimpleNamespace(close_all=lambda: None))
    monkeypatch.setattr(schedule, "SECONDS_BETWEEN_TURNS", 0.01)
    monkeypatch.setattr(schedule, "run_once", run)
    begun: list[Watched] = []

    def watch() -> Watched:
        begun.append(Watched(noted))
        return begun[0]

    yield watch
    for one in begun:
        offspring.tell(one.pid, signal.SIGKILL)
        offspring.see_off(one.pid, 5)


def test_each_turn_of_the_loop_is_a_process_and_none_waits_for_what_lasts(watched):
    loop = watched()
    loop.until(lambda: len(loop.lines("ends")) >= 3 and bool(loop.lines("lasts")))
    turns = loop.lines("begins")
    assert {parent for _turn, parent in turns} == {str(loop.pid)}
    assert len({turn for turn, _parent in turns}) == len(turns)
    assert not loop.is_alive(turns[0][0])
    (lasting,) = loop.lines("lasts")
    assert all(loop.is_alive(pid) for pid in lasting)


def test_a_loop_asked_to_stop_finishes_its_turn_and_ends_what_lasts_with_the_processes_it_began(watched):
    loop = watched()
    loop.until(lambda: bool(loop.lines("lasts")) and len(loop.lines("begins")) > len(loop.lines("ends")))
    os.kill(loop.pid, signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(loop.pid, 0)[1]) == 0
    assert len(loop.lines("begins")) == len(loop.lines("ends"))
    assert not any(loop.is_alive(pid) for line in loop.lines("lasts") for pid in line)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent died")
def test_a_loop_that_is_killed_takes_with_it_what_lasts(watched):
    loop = watched()
    loop.until(lambda: bool(loop.lines("lasts")))
    os.kill(loop.pid, signal.SIGKILL)
    loop.until(lambda: not any(loop.is_alive(pid) for line in loop.lines("lasts") for pid in line))
