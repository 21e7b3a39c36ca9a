"""`polyphonie demo`: an invented concertation, on this machine only, entered in one click under any role."""

from argparse import Namespace

from django.conf import settings
from django.utils.translation import gettext as _

from polyphonie.config.commands import database, serving
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.processes.models import Process


def run(options: Namespace, terminal: Terminal) -> Outcome:
    database.prepare()
    _refuse_a_real_installation()
    if options.load_only:
        return Outcome({})
    address = settings.POLYPHONIE_BASE_URL
    terminal.say(_("The demonstration is ready: %(address)s/") % {"address": address})
    terminal.say(_("Sign in as anyone: %(address)s/demo/") % {"address": address})
    terminal.say(_("Stop: Ctrl+C. Everything in it is invented."))
    return Outcome(is_right=serving.serve() == 0)


def _refuse_a_real_installation() -> None:
    """In demonstration mode anyone signs in as anyone: never over a database where a real concertation lives."""
    processes = Process.objects.all()
    if processes.exists() and not processes.filter(is_demonstration=True).exists():
        raise CommandRefused(
            _("this database holds real processes: choose another folder for the demonstration (POLYPHONIE_VAR).")
        )
