"""`polyphonie archive`: a concertation as plain files that outlive the server, read from a disk or served by anything."""

from argparse import Namespace
from pathlib import Path

from django.core.management import call_command
from django.utils.translation import gettext as _

from polyphonie.config.commands import database
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.portal.static_site.writing import archive
from polyphonie.processes.models import Process


def run(options: Namespace, terminal: Terminal) -> Outcome:
    database.prepare()
    process = Process.objects.filter(slug=options.process).first()
    if process is None:
        raise CommandRefused(_("No process is called %(slug)s: `polyphonie list` names them.") % {"slug": options.process})
    folder = Path(options.directory)
    call_command("collectstatic", interactive=False, verbosity=0)
    with terminal.progress(_("Archive")) as report:
        written = archive(process, folder, progress=report)
    terminal.say(
        _("%(pages)d pages and %(files)d files written: open %(first)s.")
        % {"pages": written.pages, "files": written.files, "first": folder / "index.html"}
    )
    return Outcome({"process": process.slug, "directory": str(folder), "pages": written.pages, "files": written.files})
