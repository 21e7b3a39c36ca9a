"""`polyphonie tick`: what is due is done, once or until stopped."""

import signal
import threading
from argparse import Namespace

from django.utils.translation import gettext as _

from polyphonie.config import schedule
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
    schedule.run_until(over.is_set, wait=over.wait)
    return 0
