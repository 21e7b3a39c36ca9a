"""Which function carries out which word? One module a command; each takes its options and a terminal, gives an outcome."""

from argparse import Namespace
from collections.abc import Callable

from polyphonie.config.commands import (
    archiving,
    backing_up,
    bench,
    demonstration,
    doctor,
    exporting,
    fairness,
    importing,
    listing,
    replacing_key,
    restoring,
    serving,
    ticking,
    upgrading,
    verifying,
)
from polyphonie.config.terminal import Outcome, Terminal

COMMANDS: dict[str, Callable[[Namespace, Terminal], Outcome]] = {
    "demo": demonstration.run,
    "serve": serving.run,
    "doctor": doctor.run,
    "list": listing.run,
    "tick": ticking.run,
    "import": importing.run,
    "export": exporting.run,
    "verify": verifying.run,
    "archive": archiving.run,
    "backup": backing_up.run,
    "restore": restoring.run,
    "upgrade": upgrading.run,
    "replace-key": replacing_key.run,
    "fairness": fairness.run,
    "bench": bench.run,
}
