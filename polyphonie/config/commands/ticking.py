"""`polyphonie tick`: what is due is done, once or until stopped.

The loop does each turn in a process of its own, which ends with it: what a turn reads and makes takes memory while it lasts only.
What lasts for minutes has another, beside the turns, which no turn waits for.
"""

import os
import signal
import sys
import threading
from argparse import Namespace
from contextlib import suppress

from django.db import connections
from django.utils.translation import gettext as _

from polyphonie.config import offspring, schedule
from polyphonie.config.commands import database
from polyphonie.config.terminal import Outcome, Terminal

SECONDS_TO_STOP = 10


def run(options: Namespace, terminal: Terminal) -> Outcome:
    database.prepare()
    if options.loop:
        loop()
        return Outcome()
    turn = schedule.run_once()
    schedule.note_turn()
    for name, count in turn.done.items():
        terminal.say(f"{name}: {count}")
    for name in turn.failed:
        terminal.say(_("%(task)s: failed, see the log") % {"task": name})
    return Outcome({"done": turn.done, "failed": turn.failed}, is_right=not turn.failed)


def loop() -> int:
    """Turn after turn; asked to stop, finishes the turn under way and breaks off what lasts, which begins again next time."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: over.set())
    lasting = 0
    while not over.is_set():
        connections.close_all()
        os.waitpid(offspring.fork(_turn, dies_by=signal.SIGKILL), 0)
        if not offspring.is_running(lasting):
            lasting = offspring.fork(_what_lasts, dies_by=signal.SIGTERM)
        over.wait(schedule.SECONDS_BETWEEN_TURNS)
    offspring.tell(lasting, signal.SIGTERM)
    offspring.see_off(lasting, SECONDS_TO_STOP)
    return 0


def _turn() -> int:
    """What is prompt, in a child that is killed with the loop; asked to stop, it finishes."""
    schedule.run_once(schedule.PROMPT)
    schedule.note_turn()
    return 0


def _what_lasts() -> int:
    """What is lengthy, in a child that breaks off when it is asked to stop, and ends the processes it began."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: sys.exit())
    with suppress(SystemExit):
        schedule.run_once(schedule.LENGTHY)
    return 0
