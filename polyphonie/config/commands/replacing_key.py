"""`polyphonie replace-key`: a signing key gives way to another, and every register says so; site stopped."""

from argparse import Namespace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.config.commands import database
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.occupancy import alone
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.core.writing import writing
from polyphonie.ledger import keys, rotation
from polyphonie.ledger.models import Log
from polyphonie.ledger.notes import LOG
from polyphonie.ledger.sealing import seal
from polyphonie.processes.actions.incidents import record_lost_key


def run(options: Namespace, terminal: Terminal) -> Outcome:
    database.prepare()
    if options.lost and options.name != LOG:
        raise CommandRefused(_("a lost receipt key is replaced like another: the log key announces the new one, without --lost."))
    with alone():
        raw = rotation.prepare(options.name)
        registers = 0 if rotation.is_announced(options.name, raw) else _announce(options.name, raw, is_lost=options.lost)
        rotation.settle(options.name)
    terminal.say(_("The %(name)s key is replaced.") % {"name": options.name})
    if options.lost:
        terminal.say(_("The old one signed nothing of this: every page of the concertations begun before says so for ever."))
    else:
        told = ngettext("%(count)d register announces it.", "%(count)d registers announce it.", registers) % {"count": registers}
        terminal.say(f"{told} " + _("Save the keys apart again: polyphonie backup --keys FILE"))
    return Outcome({"key": options.name, "registers": registers, "lost": options.lost})


def _announce(name: str, raw: bytes, *, is_lost: bool) -> int:
    """Seal what waits with the old key, then announce the new one; or say for ever that it could not be."""
    with writing() as now:
        if is_lost:
            _ensure_lost()
            record_lost_key(now=now)
            return rotation.begin_again(raw)
        for log in Log.objects.filter(is_copy=False).order_by("pk"):
            seal(log, now=now)
        return rotation.announce(name, raw)


def _ensure_lost() -> None:
    try:
        keys.key(LOG)
    except keys.KeyMissing:
        return
    raise CommandRefused(_("the log key is here: replace it without --lost, so that it announces the new one."))
