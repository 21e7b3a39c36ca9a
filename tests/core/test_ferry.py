"""Do the acts that wait in one process of a SQLite server share one durable commit, without one undoing or lying for another?"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from http import HTTPStatus
from threading import Event

import pytest
from django.db import OperationalError, connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper

from polyphonie.core import writing as writing_module
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.trouble import is_full
from polyphonie.core.serving.turnstile import Turnstile
from polyphonie.core.storage import ferry as ferry_module
from polyphonie.core.storage.ferry import Ferry
from polyphonie.core.writing import turn, writing
from polyphonie.ledger.models import Log

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]
WAIT, A_MOMENT = 20, 0.03


class Crowd:
    """Requests of one process that all want to write: the first stays inside until the others wait behind it."""

    def __init__(self, ferry: Ferry) -> None:
        self.ferry = ferry
        self.answered: list[str] = []
        self.ends: dict[str, Callable[[], object]] = {}

    def ask(self, *names: str) -> dict[str, Future[object]]:
        first_is_in = Event()

        def act(name: str) -> None:
            try:
                with writing(shared=True):
                    Log.objects.create(origin=name)
                    if name == names[0]:
                        first_is_in.set()
                        wait_until(lambda: self.ferry._waiting == len(names) - 1)
                    else:
                        time.sleep(A_MOMENT)
                    self.ends.get(name, lambda: None)()
            finally:
                self.answered.append(name)
                connections.close_all()

        entrance = Turnstile(lambda environ, _start: [act(environ["PATH_INFO"])])  # type: ignore[list-item]
        with ThreadPoolExecutor(len(names)) as pool:
            futures = {names[0]: pool.submit(entrance, {"PATH_INFO": names[0]}, None)}
            assert first_is_in.wait(WAIT)
            futures |= {name: pool.submit(entrance, {"PATH_INFO": name}, None) for name in names[1:]}
        return futures


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.002)


def kept() -> set[str]:
    return set(Log.objects.values_list("origin", flat=True))


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowd]:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's one writer")
    ferry = Ferry(turn)
    monkeypatch.setattr("polyphonie.core.writing.ferry", ferry)
    monkeypatch.setattr(ferry_module, "LONGEST", WAIT)
    monkeypatch.setattr(ferry_module, "SLOW", -1)
    yield Crowd(ferry)
    if ferry._connection is not None:
        ferry._connection.close()


@pytest.fixture
def commits(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Who had been answered before each commit."""
    seen: list[list[str]] = []
    commit = DatabaseWrapper._commit

    def counted(self: DatabaseWrapper) -> object:
        time.sleep(A_MOMENT)
        seen.append(list(crowd.answered))
        return commit(self)

    monkeypatch.setattr(DatabaseWrapper, "_commit", counted)
    return seen


def test_those_who_wait_cross_together_and_none_is_answered_before_the_commit(crowd, commits):
    futures = crowd.ask("a", "b", "c")
    assert [future.exception() for future in futures.values()] == [None] * 3
    assert kept() == {"a", "b", "c"}
    assert commits == [[]]
    assert crowd.ferry._connection.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    crowd.ask("d")
    assert len(commits) == 2


def test_who_is_refused_leaves_nothing_takes_nothing_away_and_is_told_once_the_others_have_arrived(crowd, commits):
    def refuse() -> None:
        raise Refused("no", status=HTTPStatus.CONFLICT)

    crowd.ends["b"] = refuse
    futures = crowd.ask("a", "b", "c")
    assert {name: type(future.exception()) for name, future in futures.items()} == {
        "a": type(None),
        "b": Refused,
        "c": type(None),
    }
    assert kept() == {"a", "c"}
    assert commits == [[]]


def test_a_commit_that_fails_is_told_to_all(crowd, monkeypatch):
    def fail(self: DatabaseWrapper) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(DatabaseWrapper, "_commit", fail)
        futures = crowd.ask("a", "b")
    assert all(is_full(future.exception()) for future in futures.values())
    assert kept() == set()
    assert crowd.ask("c")["c"].exception() is None
    assert kept() == {"c"}


@pytest.mark.parametrize("unlucky", ["a", "b"])
def test_a_transaction_that_the_database_undid_in_the_middle_is_told_to_all(crowd, unlucky):
    def undo() -> None:
        connection.connection.execute("ROLLBACK")
        raise OperationalError("database or disk is full")

    crowd.ends[unlucky] = undo
    futures = crowd.ask("a", "b")
    assert isinstance(futures[unlucky].exception(), OperationalError)
    if unlucky == "b":
        assert isinstance(futures["a"].exception(), OperationalError)
    assert kept() == ({"b"} if unlucky == "a" else set())
    assert crowd.ask("c")["c"].exception() is None


def test_nobody_comes_aboard_of_what_has_been_open_for_long(crowd, commits, monkeypatch):
    monkeypatch.setattr(ferry_module, "LONGEST", -1)
    crowd.ask("a", "b", "c")
    assert kept() == {"a", "b", "c"}
    assert len(commits) == 3


def test_who_writes_alone_waits_until_all_have_landed(crowd, commits):
    seen: list[int] = []

    def write_alone() -> None:
        with writing():
            seen.append(Log.objects.count())
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        crowd.ends["a"] = lambda: (pool.submit(write_alone), time.sleep(0.1))
        crowd.ask("a", "b")
    assert seen == [2]
    assert len(commits) == 2


def test_others_pass_meanwhile_while_commits_are_long_and_only_then(crowd, monkeypatch):
    monkeypatch.setattr(ferry_module, "SLOW", A_MOMENT)
    stepped_aside: list[str] = []
    monkeypatch.setattr(writing_module, "aside", lambda: nullcontext(stepped_aside.append("aside")))
    with monkeypatch.context() as patch:
        patch.setattr(DatabaseWrapper, "_commit", lambda self: time.sleep(A_MOMENT * ferry_module.REMEMBERED * 2))
        crowd.ask("a")
        assert stepped_aside == []
        assert crowd.ferry.is_slow
        crowd.ask("b")
    assert stepped_aside == ["aside"]
    for rank in range(2 * ferry_module.REMEMBERED):
        crowd.ask(f"c{rank}")
    assert not crowd.ferry.is_slow
