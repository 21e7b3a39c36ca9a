"""A full disk, a locked base, a database that restarts: only 503, nothing acknowledged is lost, trying again is safe (R7, R8)."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from django.db import close_old_connections, connection, connections
from django.test import Client

from polyphonie.accounts.actions.voter import ensure_voter_secret
from polyphonie.accounts.models import Account
from polyphonie.benchmarks.postgresql_server import Server
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.agreeing import agree
from polyphonie.consultation.models import Vote
from polyphonie.contributions.actions import Text
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from tests.architecture.order import ROOT
from tests.concertations import a_person, a_process, an_open_consultation

PLACES = "/demain/consultations/places/"
VOTERS, TEXTS = 6, 10
RESTARTS = 3

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def voters() -> list[Client]:
    with writing() as now:
        consultation: Consultation = an_open_consultation(a_process(now=now), now=now)
        author = a_person("Autrice", on=now)
        for rank in range(TEXTS):
            speaking.propose(consultation, Text(f"Proposition {rank}", f"Le texte {rank}."), account=author, now=now)
        people = [a_person(f"Votante {rank}", on=now) for rank in range(VOTERS)]
        for person in people:
            ensure_voter_secret(person)
            agree(person, consultation.process, now=now)
    return [signed_in(person) for person in people]


def signed_in(person: Account) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def ballots(voters: list[Client]) -> Iterator[tuple[Client, dict[str, str]]]:
    """Every voter's form of every text."""
    for client in voters:
        page = client.get(PLACES).content.decode()
        for number in range(1, TEXTS + 1):
            form = page.split(f'id="avis-{number}"')[1].split("</form>", maxsplit=1)[0]
            fields = dict(re.findall(r'name="(number|revision|after|n|suite)" value="([^"]*)"', form))
            yield client, {**fields, "position": "agree"}


def sent(client: Client, ballot: dict[str, str]) -> int:
    close_old_connections()  # as the server does before each request; Django's test client does not
    return client.post("/demain/voter/", ballot).status_code


@contextmanager
def a_full_disk() -> Iterator[str]:
    """How the disk is full: SQLite may take no page more (its own SQLITE_FULL); PostgreSQL keeps votes on a disk of 16 kB where
    one may be mounted, and elsewhere is made to say what it says then (53100)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # free pages that earlier tests left would be room
            (pages,) = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages + 2}")
        yield "SQLITE_FULL"
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1000000")
        return
    with a_small_disk() as folder:
        if folder is None:
            with a_trigger():
                yield "53100 raised by a trigger: no disk may be mounted here"
            return
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE consultation_vote")  # nobody voted yet; rows that earlier tests deleted would fill it
            cursor.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
            cursor.execute("ALTER TABLE consultation_vote SET TABLESPACE small")
        try:
            yield "ENOSPC, on a disk of 16 kB"
            subprocess.run(["mount", "-o", "remount,size=16m", str(folder)], check=True)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE consultation_vote SET TABLESPACE pg_default")
                cursor.execute("CHECKPOINT")  # the server lets go of what it moved
                cursor.execute("DROP TABLESPACE small")


@contextmanager
def a_small_disk() -> Iterator[Path | None]:
    """A disk of two PostgreSQL pages that belongs to whoever runs the server, or None where mounting is not allowed."""
    server = Path(connection.settings_dict["HOST"])
    folder = server / "small"
    folder.mkdir()
    options = f"size=16k,mode=0700,uid={server.stat().st_uid},gid={server.stat().st_gid}"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False)
    try:
        yield folder if mounted.returncode == 0 else None
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def a_trigger() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN IF (SELECT count(*) FROM consultation_vote) >= 20 THEN "
            "RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END IF; RETURN NEW; END$$"
        )
        cursor.execute("CREATE TRIGGER no_room BEFORE INSERT ON consultation_vote FOR EACH ROW EXECUTE FUNCTION no_room()")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER no_room ON consultation_vote")
            cursor.execute("DROP FUNCTION no_room()")


def test_a_full_disk_leaves_a_site_that_is_read_and_takes_votes_again_once_there_is_room(voters):
    everything = list(ballots(voters))
    answers: Counter[int] = Counter()
    refused = []
    with a_full_disk() as how:
        for client, ballot in everything:
            answer = client.post("/demain/voter/", ballot)
            answers[answer.status_code] += 1
            if answer.status_code != HTTPStatus.FOUND:
                refused.append((client, ballot))
                assert answer.headers["Retry-After"] == "60"
                assert "seulement être lu" in answer.content.decode()
        acknowledged = answers[HTTPStatus.FOUND]
        assert Client().get(PLACES).status_code == HTTPStatus.OK
        assert voters[0].get(PLACES).status_code == HTTPStatus.OK
        assert Vote.objects.count() == acknowledged
    again = Counter(sent(client, ballot) for client, ballot in refused)
    on_it = f"{len(everything)} votes, {dict(answers)} on a full disk, {dict(again)} once there is room"
    print(f"R7 on {connection.vendor} ({how}): {on_it}")
    assert set(answers) == {HTTPStatus.FOUND, HTTPStatus.SERVICE_UNAVAILABLE}
    assert set(again) == {HTTPStatus.FOUND}
    assert Vote.objects.count() == len(everything) == VOTERS * TEXTS


@pytest.fixture
def another_session() -> Iterator[Callable[[str], None]]:
    """A connection of its own, as that of another program."""
    other = connections.create_connection("default")
    other.settings_dict = {**connection.settings_dict}
    other.inc_thread_sharing()
    if connection.vendor == "postgresql":
        other.settings_dict["NAME"] = "postgres"

    def run(statement: str) -> None:
        with other.cursor() as cursor:
            cursor.execute(statement)

    yield run
    other.close()


def test_a_locked_base_or_one_that_restarts_answers_503_and_trying_again_counts_once(voters, another_session):
    everything = list(ballots(voters))
    half = len(everything) // 2
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 5")
    before = Counter(sent(client, ballot) for client, ballot in everything[:half])
    with out_of_service(another_session):
        during = Counter(sent(client, ballot) for client, ballot in everything)
        answer = voters[0].post("/demain/voter/", everything[0][1])
        assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("5", "no-store")
        close_old_connections()
        health = Client().get("/sante/").status_code
        if connection.vendor == "postgresql":
            assert Client().get("/sante/pret/").status_code == HTTPStatus.SERVICE_UNAVAILABLE
    again = Counter(sent(client, ballot) for client, ballot in everything)
    print(f"R8 on {connection.vendor}: {dict(before)} before, {dict(during)} meanwhile, {dict(again)} sent again after")
    assert health == HTTPStatus.OK
    assert set(before) | set(again) == {HTTPStatus.FOUND}
    assert set(during) == {HTTPStatus.SERVICE_UNAVAILABLE}
    votes = Vote.objects.all()
    assert (votes.count(), {vote.seq for vote in votes}) == (VOTERS * TEXTS, {1})


@contextmanager
def out_of_service(another_session: Callable[[str], None]) -> Iterator[None]:
    """SQLite held by another program; PostgreSQL that cut every session and takes none, as while it restarts."""
    if connection.vendor == "sqlite":
        another_session("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            another_session("ROLLBACK")
        return
    name = connection.settings_dict["NAME"]
    another_session(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
    another_session(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    try:
        yield
    finally:
        another_session(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
        connection.close()


def test_sessions_cut_in_the_middle_of_traffic_lose_no_acknowledged_vote(voters, another_session):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no session to cut; processes killed while voting: test_kill.py")
    everything = list(ballots(voters))
    over = threading.Event()
    name = connection.settings_dict["NAME"]

    def cut() -> None:
        while not over.wait(0.05):
            another_session(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    cutter = threading.Thread(target=cut)
    cutter.start()
    answers, waiting = Counter(), everything
    try:
        end = time.monotonic() + 20
        while waiting and time.monotonic() < end:
            again = []
            for client, ballot in waiting:
                status = sent(client, ballot)
                answers[status] += 1
                if status != HTTPStatus.FOUND:
                    again.append((client, ballot))
            waiting = again
    finally:
        over.set()
        cutter.join()
        connection.close()
    print(f"R8 on postgresql: {len(everything)} votes while sessions are cut, answers {dict(answers)}")
    assert set(answers) <= {HTTPStatus.FOUND, HTTPStatus.SERVICE_UNAVAILABLE}
    assert answers[HTTPStatus.SERVICE_UNAVAILABLE] > 0
    assert waiting == []
    assert (Vote.objects.count(), {vote.seq for vote in Vote.objects.all()}) == (VOTERS * TEXTS, {1})


@pytest.fixture
def a_server_of_its_own() -> Iterator[Server]:
    """A PostgreSQL that nobody else looks at, with the product's tables."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no server to restart; processes killed while voting: test_kill.py")
    server = Server()
    try:
        server.start()
        server.copy(os.environ["POLYPHONIE_DATABASE_URL"].rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME']}_template")
        yield server
    finally:
        server.stop()


def test_a_database_server_that_restarts_in_traffic_loses_nothing_and_sending_again_is_safe(a_server_of_its_own, tmp_path):
    (tmp_path / "var").mkdir()
    surroundings = {
        **os.environ,
        "POLYPHONIE_DATABASE_URL": a_server_of_its_own.url(),
        "POLYPHONIE_VAR": str(tmp_path / "var"),
        "POLYPHONIE_KEYS": str(tmp_path / "keys"),
    }
    command = [sys.executable, "-m", "tests.consultation.restart_traffic", str(tmp_path)]
    quiet = subprocess.DEVNULL  # the warning of each 503
    with subprocess.Popen(command, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, stderr=quiet, text=True) as traffic:
        assert traffic.stdout is not None
        assert traffic.stdout.readline() == "ready\n"
        for _restart in range(RESTARTS):
            time.sleep(0.5)
            a_server_of_its_own.restart(mode="fast")
        time.sleep(0.5)
        (tmp_path / "over").touch()
        facts = json.loads(traffic.stdout.read())
    print(f"R8 on postgresql: {RESTARTS} restarts of the server in traffic, {facts}")
    assert set(facts["answers"]) == {"302", "503"}
    assert (facts["lost"], facts["doubled"]) == (0, 0)
    assert facts["leaves"] == facts["acknowledged"] == facts["answers"]["302"] >= 20
    assert facts["sent_again"] == facts["answers"]["503"] >= RESTARTS
