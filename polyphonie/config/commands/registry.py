"""Which function carries out which word? One module a command; each takes its options and a terminal, gives an outcome.

A module is read when its word is said: to read them all would cost each command, and each test that starts one, 0.2 s.
"""

from argparse import Namespace
from collections.abc import Callable
from importlib import import_module

from polyphonie.config.terminal import Outcome, Terminal

COMMANDS = {
    "demo": "demonstration",
    "serve": "serving",
    "doctor": "doctor",
    "list": "listing",
    "tick": "ticking",
    "import": "importing",
    "export": "exporting",
    "verify": "verifying",
    "archive": "archiving",
    "backup": "backing_up",
    "restore": "restoring",
    "upgrade": "upgrading",
    "replace-key": "replacing_key",
    "fairness": "fairness",
    "bench": "bench",
}
"""Each word, and the module beside this one whose `run` answers it."""


def carry_out(options: Namespace, terminal: Terminal) -> Outcome:
    """Do what was asked for by its word."""
    run: Callable[[Namespace, Terminal], Outcome] = import_module(f"{__package__}.{COMMANDS[options.command]}").run
    return run(options, terminal)
