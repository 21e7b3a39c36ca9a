"""How does a process of ours begin another, and see it off? It is forked, does one thing, ends with its parent, and never comes
back here."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable

SIGNAL_WHEN_PARENT_DIES = 1  # PR_SET_PDEATHSIG of Linux's prctl


def fork(work: Callable[[], int], *, dies_by: int) -> int:
    """Do this in a child, whose exit status it gives; the key of that process. On Linux it receives the signal `dies_by` when
    its parent dies."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(SIGNAL_WHEN_PARENT_DIES, dies_by)
        if os.getppid() == parent:
            status = work()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def is_running(pid: int) -> bool:
    """Whether there is such a process (0: there never was); a child that has ended is no longer there."""
    if not pid:
        return False
    try:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
    except ChildProcessError:
        return tell(pid, 0)
    return True


def tell(pid: int, number: int) -> bool:
    """Send a signal; whether there was someone to receive it."""
    if not pid:
        return False
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def see_off(pid: int, seconds: float) -> None:
    """Wait for a child that was asked to stop; past the time it had, it is stopped."""
    end = time.monotonic() + seconds
    while is_running(pid):
        if time.monotonic() > end:
            tell(pid, signal.SIGKILL)
            end = float("inf")
        time.sleep(0.05)
