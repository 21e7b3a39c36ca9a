"""Does the command answer as its contract says: exit status, one sentence, one JSON object?"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def environment(tmp_path: Path, prepared_database: str) -> dict[str, str]:
    """A new installation: nothing in its database, no folder yet."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("POLYPHONIE_", "DJANGO_"))}
    return kept | {
        "POLYPHONIE_DATABASE_URL": prepared_database,
        "POLYPHONIE_VAR": str(tmp_path / "var"),
        "POLYPHONIE_KEYS": str(tmp_path / "keys"),
        "PYTHONWARNINGS": "error",
    }


def polyphonie(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "polyphonie", *words], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.django_db(transaction=True)
def test_a_first_command_prepares_an_empty_database_and_ends_with_one_object(environment, tmp_path, empty_database):
    (tmp_path / "polyphonie.sqlite3").unlink(missing_ok=True)
    result = polyphonie(environment | {"POLYPHONIE_DATABASE_URL": empty_database}, "list", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"processes": []}


@pytest.mark.django_db(transaction=True)
def test_the_first_administrator_is_named_before_anything_else_was_run(environment, tmp_path, empty_database):
    (tmp_path / "polyphonie.sqlite3").unlink(missing_ok=True)
    fresh = environment | {"POLYPHONIE_DATABASE_URL": empty_database}
    result = polyphonie(fresh, "manage", "create_administrator", "--mail", "maire@exemple.fr", "--name", "Mairie")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("http://127.0.0.1:8000/connexion/")


@pytest.mark.django_db(transaction=True)
def test_what_is_due_is_done_twice_without_harm(environment):
    for _ in range(2):
        result = polyphonie(environment, "tick", "--json")
        assert (result.returncode, json.loads(result.stdout)["failed"]) == (0, []), result.stderr


@pytest.mark.django_db(transaction=True)
def test_the_doctor_names_what_is_unsafe_and_repairs_it(environment, tmp_path):
    polyphonie(environment, "list")
    (tmp_path / "keys").chmod(0o755)
    sick = polyphonie(environment, "doctor", "--json")
    assert sick.returncode == 1
    assert str(tmp_path / "keys") in {
        finding["subject"] for finding in json.loads(sick.stdout)["findings"] if finding["level"] == "unsafe"
    }
    mended = json.loads(polyphonie(environment, "doctor", "--fix", "--json").stdout)
    unsafe = {finding["subject"] for finding in mended["findings"] if finding["level"] == "unsafe"}
    assert {subject for subject in unsafe if not subject.startswith("PostgreSQL ")} == set()  # that of the tests is in haste
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_demonstration_is_loaded_once_and_says_where_it_is(environment):
    answers = [polyphonie(environment, "demo", "--load-only", "--json", "--port", "8123") for _ in range(2)]
    facts = [json.loads(answer.stdout) for answer in answers]
    assert [answer.returncode for answer in answers] == [0, 0], answers[0].stderr
    assert [fact["loaded"] for fact in facts] == [True, False]
    assert facts[0]["address"] == "http://127.0.0.1:8123/"
    assert facts[0]["processes"] == ["ambition-numerique", "demain-nos-places"]
    roles = {"citizen", "organisation", "moderator", "rapporteur", "organiser", "authority", "administrator", "appeal"}
    assert facts[0]["entries"].keys() == roles


@pytest.mark.parametrize("stage", ["recommendations", "followup"])
def test_a_stage_of_the_demonstration_to_come_is_refused_by_its_name(tmp_path, stage):
    bare = {"POLYPHONIE_VAR": str(tmp_path / "var"), "POLYPHONIE_KEYS": str(tmp_path / "keys"), "PATH": os.environ["PATH"]}
    result = polyphonie(bare, "demo", "--stage", stage)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert stage in result.stderr
    assert not list((tmp_path / "var").glob("*.sqlite3"))


@pytest.mark.django_db(transaction=True)
def test_the_demonstration_is_not_loaded_over_real_processes(environment):
    asked = (
        "from django.utils import timezone; from polyphonie.core.writing import writing;"
        "from polyphonie.processes.actions import create_process\n"
        "with writing() as now: create_process(slug='vrai', title='Une vraie', organiser='Une commune', now=now)"
    )
    polyphonie(environment, "list")
    assert polyphonie(environment, "manage", "shell", "-c", asked).returncode == 0
    result = polyphonie(environment, "demo", "--load-only", "--json")
    assert (result.returncode, result.stdout) == (1, "")
    assert "POLYPHONIE_VAR" in result.stderr


@pytest.mark.parametrize(
    "words", [["sing"], [], ["demo", "--port", "none"], ["demo", "--port", "70000"], ["import", "excel", "x", "--process", "p"]]
)
def test_a_command_wrongly_called_says_so_in_one_line(tmp_path, words):
    bare = {"POLYPHONIE_VAR": str(tmp_path / "var"), "POLYPHONIE_KEYS": str(tmp_path / "keys"), "PATH": os.environ["PATH"]}
    result = polyphonie(bare, *words)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    assert re.search("il manque|choix possible|un port est un nombre", result.stderr)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("POLYPHONIE_BASE_URL", "https://example.org", ["demo"]),
        ("POLYPHONIE_DATABASE_URL", "oracle://here", ["list"]),
        ("POLYPHONIE_DATABASE_URL", "mysql://here/there", ["list"]),
        ("POLYPHONIE_DATABASE_URL", "postgres://nobody@127.0.0.1:9/nothing", ["list"]),
        ("POLYPHONIE_VAR", "/proc/nowhere", ["list"]),
        ("POLYPHONIE_MAIL_URL", "pigeon://roof", ["list"]),
    ],
)
def test_a_wrong_setting_is_said_in_one_sentence(tmp_path, setting, value, words):
    bare = {"POLYPHONIE_VAR": str(tmp_path / "var"), "POLYPHONIE_KEYS": str(tmp_path / "keys"), "PATH": os.environ["PATH"]}
    result = polyphonie(bare | {setting: value}, *words)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1), result.stderr
    if value.startswith(("oracle", "mysql")):
        assert "must begin with sqlite:/// or postgres://" in result.stderr


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`polyphonie serve` on a free port, answering; its address is in `server.args[-1]`."""
    address = f"http://127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [sys.executable, "-m", "polyphonie", "serve"],
        env=environment | {"POLYPHONIE_BASE_URL": address},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    process.address = address  # type: ignore[attr-defined]
    try:
        wait_for(lambda: answers(address), process)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/static/core/polyphonie.css", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def wait_for(condition, process=None, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert process is None or process.poll() is None, process.stderr.read().decode()
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def descendants(pid: int) -> list[int]:
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [below for child in children for below in descendants(child)]


def at_work(pid: int) -> list[int]:
    return [below for below in descendants(pid) if is_running(below)]


def shared_memory_counted_once(pids: list[int]) -> int:
    """Proportional set size of these processes, in MB."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total // 1024


def assert_its_style_and_script_arrive(address: str) -> None:
    """By the names that its pages give them, from the first start of a new installation on."""
    with urllib.request.urlopen(f"{address}/connexion/") as answer:
        names = re.findall(r'(?:href|src)="(/static/core/[^"]+[.](?:css|js))"', answer.read().decode())
    assert len(names) == 2
    for name in names:
        with urllib.request.urlopen(address + name) as answer:
            assert answer.status == 200


@pytest.mark.django_db(transaction=True)
def test_the_server_answers_does_what_is_due_fits_in_150_mb_and_stops_when_asked(server, environment):
    wait_for(lambda: Path(environment["POLYPHONIE_VAR"], "last-tick").exists(), server)
    assert_its_style_and_script_arrive(server.address)
    wait_for(lambda: len(at_work(server.pid)) == 3, server)  # the loop and two workers, between two turns
    family = [server.pid, *at_work(server.pid)]
    assert shared_memory_counted_once(family) <= 150
    server.terminate()
    assert server.wait(20) == 0
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]


@pytest.mark.django_db(transaction=True)
def test_the_loop_comes_back_when_it_dies_and_nothing_outlives_the_server(server):
    wait_for(lambda: len(children_of(server.pid)) == 3, server)
    loop = max(children_of(server.pid))  # started after the two workers
    os.kill(loop, signal.SIGKILL)
    wait_for(lambda: len(set(children_of(server.pid)) - {loop}) == 3, server)
    family = descendants(server.pid)
    server.kill()
    wait_for(lambda: not [pid for pid in family if is_running(pid)])


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_connections_that_stay_open_are_shared_by_the_two_workers(server):
    wait_for(lambda: len(children_of(server.pid)) == 3, server)
    workers = sorted(children_of(server.pid))[:2]
    before = open_files_at_rest(workers)
    host, port = urlsplit(server.address).hostname, urlsplit(server.address).port
    kept = [http.client.HTTPConnection(host, port, timeout=20) for _connection in range(12)]
    for connection in kept:
        connection.request("GET", "/static/core/polyphonie.css")
        connection.getresponse().read()
    shares = [open_files(pid) - count for pid, count in zip(workers, before, strict=True)]
    for connection in kept:
        connection.close()
    assert sum(shares) >= 12
    assert min(shares) >= 4, shares


def open_files_at_rest(pids: list[int]) -> list[int]:
    """How many each has open, once the connections of those who came before are closed."""
    before: list[int] = []
    for _try in range(20):
        found = [open_files(pid) for pid in pids]
        if found == before:
            return found
        before = found
        time.sleep(0.5)
    raise AssertionError("the workers never come to rest")


def open_files(pid: int) -> int:
    return sum(1 for _file in Path(f"/proc/{pid}/fd").iterdir())


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.django_db(transaction=True)
def test_a_port_that_is_taken_is_said(server, environment):
    result = polyphonie(environment | {"POLYPHONIE_BASE_URL": server.address}, "serve")
    assert (result.returncode, result.stderr.count("\n")) == (1, 1), result.stderr


@pytest.mark.django_db(transaction=True)
def test_a_task_that_fails_does_not_stop_the_others(caplog):
    from polyphonie.config import schedule

    def breaks() -> None:
        raise ZeroDivisionError

    def works() -> int:
        return 3

    breaks.__module__ = works.__module__ = "polyphonie.outbox.tasks"
    turn = schedule.run_once([breaks, works])
    assert (turn.done, turn.failed) == ({"outbox.works": 3}, ["outbox.breaks"])
    assert "outbox.breaks" in caplog.text


def test_a_public_installation_passes_every_deployment_check(tmp_path):
    bare = {"POLYPHONIE_VAR": str(tmp_path / "var"), "POLYPHONIE_KEYS": str(tmp_path / "keys"), "PATH": os.environ["PATH"]}
    result = polyphonie(
        bare | {"POLYPHONIE_BASE_URL": "https://exemple.fr"}, "manage", "check", "--deploy", "--fail-level", "WARNING"
    )
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout or "(1 silenced)" in result.stdout
