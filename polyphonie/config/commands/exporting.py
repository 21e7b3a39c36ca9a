"""`polyphonie export`: everything public about a process leaves as plain files that describe themselves."""

from argparse import Namespace
from pathlib import Path

from django.utils.translation import gettext as _

from polyphonie.config.commands import database
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.opendata.export import export
from polyphonie.processes.models import Process


def run(options: Namespace, terminal: Terminal) -> Outcome:
    database.prepare()
    process = Process.objects.filter(slug=options.process).first()
    if process is None:
        raise CommandRefused(_("No process is called %(slug)s: `polyphonie list` names them.") % {"slug": options.process})
    folder = Path(options.directory)
    with terminal.progress(_("Export")):
        sizes = export(process, folder)
    terminal.say(_("%(count)d files written in %(folder)s.") % {"count": len(sizes), "folder": folder})
    return Outcome({"process": process.slug, "directory": str(folder), "files": sizes})
