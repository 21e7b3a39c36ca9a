"""How is work killed as `kill -9` kills it? In a process of its own, which is at work on the same database when it dies."""

import os
import signal
import traceback
from collections.abc import Callable
from contextlib import ExitStack

from django.db import connection, connections


def was_killed(work: Callable[[], object], *, at: int) -> bool:
    """Whether the work, done apart, was killed (SIGKILL) as it began its `at`-th statement; else it came to its end."""
    connections.close_all()  # a connection belongs to one process
    child = os.fork()
    if child == 0:
        _work_and_die(work, at)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed by itself"
    return False


def statements_of(work: Callable[[], object]) -> int:
    """How many statements the work takes, done here."""
    with ExitStack() as stack:
        count = _counting(stack, 0)
        work()
    return count[0]


def _work_and_die(work: Callable[[], object], at: int) -> None:
    try:
        with ExitStack() as stack:
            _counting(stack, at)
            work()
        connections.close_all()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _counting(stack: ExitStack, at: int) -> list[int]:
    count = [0]

    def watch(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        count[0] += 1
        if count[0] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    stack.enter_context(connection.execute_wrapper(watch))
    return count
