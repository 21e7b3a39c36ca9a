"""`polyphonie verify`: does this export hold together? The installed verifier answers, never the file found in the folder."""

from argparse import Namespace
from dataclasses import asdict

from django.utils.translation import gettext as _

from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.opendata import verify
from polyphonie.opendata.comparing import Verdict, compared_again


def run(options: Namespace, terminal: Terminal) -> Outcome:
    with terminal.progress(_("Verification")):
        report = verify.verify(options.directory, seen=options.seen)
    for sentence in verify.sentences(report):
        terminal.say(sentence)
    if not (options.near and report.is_right):
        return Outcome(verify.facts(report), is_right=report.is_right)
    with terminal.progress(_("Comparison of texts")):
        again = list(compared_again(options.directory))
    terminal.say()
    for one in again:
        terminal.say(one.in_words())
    is_right = all(one.verdict is not Verdict.DIFFERENT for one in again)
    return Outcome({**verify.facts(report), "near": [asdict(one) for one in again]}, is_right=is_right)
