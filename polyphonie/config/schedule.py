"""What is due by itself, and in which order? Every task of every package, named here; `tick` runs them all.

A task takes nothing, finds what is due in the database, and may run twice, be killed or come late: the state is the same.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from polyphonie.accounts import tasks as accounts
from polyphonie.consultation import tasks as consultation
from polyphonie.ledger import tasks as ledger
from polyphonie.moderation import tasks as moderation
from polyphonie.notifications import tasks as notifications
from polyphonie.opendata import tasks as opendata
from polyphonie.outbox import tasks as outbox
from polyphonie.portal import tasks as portal
from polyphonie.processes import tasks as processes
from polyphonie.synthesis import tasks as synthesis

logger = logging.getLogger(__name__)

Task = Callable[[], object]

PROMPT: list[Task] = [
    *processes.TASKS,
    *consultation.TASKS,
    *synthesis.TASKS,
    *moderation.TASKS,
    *ledger.TASKS,
    *notifications.TASKS,
    *accounts.TASKS,
    *outbox.TASKS,
    *portal.TASKS,
    *opendata.TASKS,
]
"""In order: what opens, becomes public and closes, the registers, what people are told of it, what leaves."""

LENGTHY: list[Task] = [*consultation.LENGTHY, *opendata.LENGTHY, *synthesis.LENGTHY]
"""What may last for minutes, computed, exported or printed: nothing of PROMPT waits for it in the loop."""

TASKS: list[Task] = PROMPT + LENGTHY

SECONDS_BETWEEN_TURNS = 5


@dataclass(frozen=True)
class Turn:
    """What one turn did: each task's own count, and the tasks that failed."""

    done: dict[str, object]
    failed: list[str]


def name_of(task: Task) -> str:
    """`consultation.seal_due_batches`."""
    return f"{task.__module__.split('.')[1]}.{task.__name__}"


def run_once(tasks: list[Task] | None = None) -> Turn:
    """Run every task; one that fails is logged and does not stop the others."""
    done: dict[str, object] = {}
    failed: list[str] = []
    for task in TASKS if tasks is None else tasks:
        name = name_of(task)
        try:
            done[name] = task()
        except Exception:
            logger.exception("the task %s failed; the others go on", name)
            failed.append(name)
    return Turn(done, failed)


def last_turn_file() -> Path:
    """Touched at the end of each turn, so that `doctor` can say when the last one was."""
    return Path(settings.POLYPHONIE_VAR) / "last-tick"


def note_turn() -> None:
    """All that is prompt was tried."""
    try:
        last_turn_file().touch()
    except OSError as error:
        logger.warning("cannot write %s: %s", last_turn_file(), error.strerror)
