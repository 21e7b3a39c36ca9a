"""`polyphonie demo`: an invented concertation, on this machine only, entered in one click under any role."""

from argparse import Namespace

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.config.commands import database, serving
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.commands.tampering import tamper
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.core import addresses
from polyphonie.portal.demonstration.entries import ENTRIES
from polyphonie.portal.demonstration.loading import load
from polyphonie.processes.models import Process

REACHED = ("contributions", "synthesis")


def run(options: Namespace, terminal: Terminal) -> Outcome:
    _refuse_a_stage_to_come(options.stage)
    database.prepare()
    _refuse_a_real_installation()
    terminal.say(_("Loading the demonstration…"))
    with terminal.progress(_("Demonstration")) as report:
        was_loaded = load(timezone.now(), has_synthesis=options.stage != REACHED[0], progress=report)
    address = settings.POLYPHONIE_BASE_URL
    facts = {
        "loaded": was_loaded,
        "address": f"{address}/",
        "processes": list(Process.objects.order_by("slug").values_list("slug", flat=True)),
        "entries": {entry.key: f"{address}{addresses.DEMO}" for entry in ENTRIES.values()},
    }
    if options.tamper:
        return tamper(options.tamper, terminal)
    if options.load_only:
        terminal.say(_("The demonstration is loaded.") if was_loaded else _("The demonstration was already loaded."))
        return Outcome(facts)
    _say_where(terminal, address)
    return Outcome(facts, is_right=serving.serve() == 0)


def _say_where(terminal: Terminal, address: str) -> None:
    """The address, and a sign-in for each role."""
    terminal.say()
    terminal.say(_("The demonstration is ready: %(address)s/") % {"address": address})
    terminal.say()
    terminal.say(
        _("Sign in by one click on %(address)s/demo/, or by mail code with one of these addresses:") % {"address": address}
    )
    widest = max(len(str(entry.label)) for entry in ENTRIES.values())
    for entry in ENTRIES.values():
        terminal.say(f"  {entry.label:<{widest}}  {entry.address}")
    terminal.say(_("Codes and every other mail are read on %(address)s/demo/courrier/") % {"address": address})
    terminal.say()
    terminal.say(_("Stop: Ctrl+C. Everything in it is invented."))


def _refuse_a_stage_to_come(stage: str) -> None:
    if stage not in REACHED:
        raise CommandRefused(
            _("this release shows a concertation as far as its syntheses: “%(stage)s” comes with a later one.") % {"stage": stage}
        )


def _refuse_a_real_installation() -> None:
    """In demonstration mode anyone signs in as anyone: never over a database where a real concertation lives."""
    processes = Process.objects.all()
    if processes.exists() and not processes.filter(is_demonstration=True, copied_from="").exists():
        raise CommandRefused(
            _("this database holds real processes: choose another folder for the demonstration (POLYPHONIE_VAR).")
        )
