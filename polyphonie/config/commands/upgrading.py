"""`polyphonie upgrade`: the database comes to this version, saved first, wholly or not at all."""

from argparse import Namespace

from django.utils.translation import gettext as _

from polyphonie.config.backups.upgrading import upgrade
from polyphonie.config.terminal import Outcome, Terminal


def run(options: Namespace, terminal: Terminal) -> Outcome:
    with terminal.progress(_("Upgrade")):
        done = upgrade()
    if done.backup is None:
        terminal.say(_("The database is of this version: there is nothing to do."))
    else:
        facts = {"file": done.backup.file, "names": ", ".join(done.applied)}
        terminal.say(_("Saved in %(file)s, then brought to this version: %(names)s.") % facts)
    return Outcome({"applied": done.applied, "backup": None if done.backup is None else str(done.backup.file)})
