"""`polyphonie verify`: does this export hold together? The installed verifier answers, never the file found in the folder."""

from argparse import Namespace

from django.utils.translation import gettext as _

from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.opendata import verify


def run(options: Namespace, terminal: Terminal) -> Outcome:
    with terminal.progress(_("Verification")):
        report = verify.verify(options.directory, seen=options.seen)
    for sentence in verify.sentences(report):
        terminal.say(sentence)
    return Outcome(verify.facts(report), is_right=report.is_right)
