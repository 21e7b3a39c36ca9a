"""`polyphonie import`: what was held on another platform is taken over, row by row, with its report."""

from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.config.commands import database
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.core.addresses import absolute, hand_over_address, process_address
from polyphonie.core.printing import number
from polyphonie.opendata.importing import course as importing
from polyphonie.opendata.importing.course import Order
from polyphonie.opendata.importing.progress import Progress
from polyphonie.opendata.models import Import
from polyphonie.processes.queries.people import without_organiser
from polyphonie.processes.rules.frame import slug_refusal


def run(options: Namespace, terminal: Terminal) -> Outcome:
    refusal = slug_refusal(options.process)
    if refusal is not None:
        raise CommandRefused(_("--process %(slug)s: %(why)s") % {"slug": options.process, "why": refusal})
    order = Order(options.format, Path(options.path), options.process, options.dry_run)
    database.prepare()
    if options.undo:
        return _undo(order, terminal)
    with _Bar(terminal) as bar:
        outcome = importing.run(order, bar)
    facts = outcome.as_json()
    terminal.say(_("Dry run: nothing was written.") if order.dry_run else _("Done."))
    names = {
        "proposal": _("proposals"),
        "argument": _("arguments"),
        "source": _("sources"),
        "completion": _("completions"),
        "vote": _("votes"),
    }
    for kind, name in names.items():
        if facts["created"][kind] or facts["unchanged"][kind]:
            counts = {"new": number(facts["created"][kind]), "known": number(facts["unchanged"][kind])}
            terminal.say(_("%(name)s: %(new)s new, %(known)s already there") % {"name": name, **counts})
    if facts["rejected"]:
        sentence = ngettext(
            "%(count)d row was refused: see %(path)s", "%(count)d rows were refused: see %(path)s", facts["rejected"]
        )
        terminal.say(sentence % {"count": facts["rejected"], "path": facts["rejects"]})
    if not order.dry_run:
        _lead_on(order, terminal)
    return Outcome(facts)


def _lead_on(order: Order, terminal: Terminal) -> None:
    """Where it is read, and how somebody begins to work there."""
    terminal.say(_("To read it: %(address)s") % {"address": absolute(process_address(order.slug))})
    if without_organiser().filter(slug=order.slug).exists():
        words = _("To write its syntheses, an administrator of the site first names an organiser: %(address)s")
        terminal.say(words % {"address": absolute(hand_over_address(order.slug))})


def _undo(order: Order, terminal: Terminal) -> Outcome:
    batch = importing.undo(order)
    if batch.state == Import.State.WITHDRAWN:
        terminal.say(_("Import %(number)d was withdrawn: its numbers stay, with a notice.") % {"number": batch.number})
    else:
        terminal.say(_("Import %(number)d was undone: nothing of it is left.") % {"number": batch.number})
    return Outcome({"import": batch.number, "state": batch.state, "removed": batch.report.get("created", {})})


class _Bar(Progress):
    """The stages of an import as bars on the terminal, one after the other."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._shown = ExitStack()
        self._total: int | None = None
        self._move: Callable[[int, int | None], None] = lambda done, total: None

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *error: object) -> None:
        self._shown.close()

    def stage(self, words: str, total: int | None = None) -> None:
        self._shown.close()
        self._total = total
        self._move = self._shown.enter_context(self._terminal.progress(words))

    def reached(self, count: int) -> None:
        self._move(count, self._total)
