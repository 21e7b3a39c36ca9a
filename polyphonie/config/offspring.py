"""How does a process of ours begin another? It is forked, does one thing, ends with its parent, and never comes back here."""

import ctypes
import os
import sys
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
