"""`polyphonie fairness`: how far does this installation keep the principles of the report? The same as its page."""

from argparse import Namespace

from django.utils.translation import gettext as _

from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.portal.fairness import KEPT, NOT, PARTLY, as_data, decisions, principles, tally


def run(options: Namespace, terminal: Terminal) -> Outcome:
    found = principles()
    for one in found:
        terminal.say(f"{one.id}  {one.verdict_in_words()} : {one.said}")
        for lack in one.lacks:
            terminal.say(f"     {lack}")
    counts = tally(found)
    terminal.say()
    terminal.say(
        _("%(kept)s kept, %(partly)s partly, %(not)s not; %(decisions)s automated decisions listed.")
        % {"kept": counts[KEPT], "partly": counts[PARTLY], "not": counts[NOT], "decisions": len(decisions())}
    )
    return Outcome(as_data())
