"""`polyphonie backup`: a copy of everything but the keys, made while the site serves; or of the keys alone, apart."""

from argparse import Namespace
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.config.backups.making import make_backup, save_keys
from polyphonie.config.commands import database
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.portal.rules import BACKUP_DAYS


def run(options: Namespace, terminal: Terminal) -> Outcome:
    database.prepare()
    if options.keys:
        return _save_keys(Path(options.file), terminal)
    with terminal.progress(_("Backup")):
        made = make_backup(Path(options.file))
    terminal.say(_("Backup written: %(file)s (%(size)s MB).") % {"file": made.file, "size": round(made.size / 1e6, 1)})
    terminal.say(f"SHA-256 {made.sha256}")
    if made.expired:
        sentence = ngettext(
            "%(count)d backup older than %(days)d days was deleted.",
            "%(count)d backups older than %(days)d days were deleted.",
            len(made.expired),
        )
        terminal.say(sentence % {"count": len(made.expired), "days": BACKUP_DAYS})
    terminal.say(_("It holds no key: keep a copy of the keys elsewhere (`polyphonie backup --keys FILE`)."))
    terminal.say(
        _("Delete it within %(days)d days: until then, it ties the people who left to their votes.") % {"days": BACKUP_DAYS}
    )
    facts = {"file": str(made.file), "sha256": made.sha256, "size": made.size, "deleted": [str(path) for path in made.expired]}
    return Outcome(facts)


def _save_keys(target: Path, terminal: Terminal) -> Outcome:
    count = save_keys(target)
    sentence = ngettext("KEYS WRITTEN: %(file)s (%(count)d file).", "KEYS WRITTEN: %(file)s (%(count)d files).", count)
    terminal.say(sentence % {"file": target, "count": count})
    terminal.say(
        _(
            "Whoever holds this file and a backup can tell who voted what, and sign in the name of this site. Take it away "
            "from this machine, never to where the backups are; on paper or on a stick in a safe is fine."
        )
    )
    return Outcome({"file": str(target), "keys": count})
