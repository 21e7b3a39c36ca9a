"""`polyphonie restore`: the site starts again from a backup, unless it would lose what people were told is written."""

from argparse import Namespace
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from polyphonie.config.backups.restoring import restore
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.core import printing


def run(options: Namespace, terminal: Terminal) -> Outcome:
    with terminal.progress(_("Restore")):
        done = restore(Path(options.file), accept_loss=options.accept_loss)
    lost = sum(gap.lost for gap in done.gaps)
    lost_votes = sum(gap.lost_votes for gap in done.gaps)
    terminal.say(_("The site starts again from %(moment)s.") % {"moment": printing.moment(done.manifest.made_at)})
    terminal.say(
        _("Erased again: %(accounts)d accounts, %(texts)d texts; hidden again: %(hidden)d texts.")
        % {"accounts": done.replayed.closed, "texts": done.replayed.withdrawn, "hidden": done.replayed.hidden}
    )
    for sentence in done.replayed.refused:
        terminal.say(_("NOT ERASED AGAIN, do it by hand: %(what)s") % {"what": sentence})
    if done.gaps:
        terminal.say(
            _("Lost: %(leaves)d entries of the register, %(votes)d waiting votes. The register and every page say so.")
            % {"leaves": lost, "votes": lost_votes}
        )
    for origin in done.untold:
        terminal.say(
            _("%(log)s IS WHOLLY LOST: this backup is from before it, nothing on the site will say so. Tell people yourself.")
            % {"log": origin}
        )
    if connection.vendor == "sqlite":
        terminal.say(_("The database that was there keeps the name “….replaced”: delete it once all is well."))
    facts = {
        "created_at": done.manifest.created_at,
        "lost_entries": lost,
        "lost_votes": lost_votes,
        "wholly_lost": done.untold,
        "accounts_closed_again": done.replayed.closed,
        "texts_erased_again": done.replayed.withdrawn,
        "texts_hidden_again": done.replayed.hidden,
        "not_erased_again": done.replayed.refused,
    }
    return Outcome(facts, is_right=not done.replayed.refused)
