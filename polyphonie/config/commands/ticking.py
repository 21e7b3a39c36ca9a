"""`polyphonie tick`: what is due is done, once or until stopped.

The loop does each turn in a process of its own, which ends with it: what a turn reads and makes takes memory while it lasts only.
"""

import os
import signal
import threading
from argparse import Namespace

from django.db import connections
from django.utils.translation import gettext as _

from polyphonie.config import offspring, schedule
from polyphonie.config.commands import database
from polyphonie.config.terminal import Outcome, Terminal


def run(options: Namespace, terminal: Terminal) -> Outcome:
    database.prepare()
    if options.loop:
        loop()
        return Outcome()
    turn = schedule.run_once()
    for name, count in turn.done.items():
        terminal.say(f"{name}: {count}")
    for name in turn.failed:
        terminal.say(_("%(task)s: failed, see the log") % {"task": name})
    return Outcome({"done": turn.done, "failed": turn.failed}, is_right=not turn.failed)


def loop() -> int:
    """Turn after turn; asked to stop, finishes the turn under way."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: over.set())
    schedule.run_until(over.is_set, turn=_turn_apart, wait=over.wait)
    return 0


def _turn_apart() -> None:
    """One turn in a child that ends with it, or at once if the loop is killed; asked to stop, it finishes its turn."""
    connections.close_all()
    pid = offspring.fork(_turn, dies_by=signal.SIGKILL)
    os.waitpid(pid, 0)


def _turn() -> int:
    schedule.run_once()
    return 0
