"""`polyphonie demo --tamper`: someone cheats with an export of the demonstration, and the verifier says where."""

import shutil

from django.conf import settings
from django.utils.translation import gettext as _

from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.opendata.tampering import ALTERATIONS, EVERY, altered, findings
from polyphonie.processes.models import Process


def tamper(chosen: str, terminal: Terminal) -> Outcome:
    """Export the demonstration, alter a copy (or a copy each), and show what the verifier finds."""
    process = Process.objects.filter(is_demonstration=True, copied_from="").order_by("pk").first()
    if process is None:
        raise CommandRefused(_("the demonstration is not loaded."))
    folder = settings.POLYPHONIE_VAR / "falsifications"
    source = folder / "original"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with terminal.progress(_("Export")):
        export(process, source)
    whole = verify.verify(str(source))
    terminal.say(_("The export of the demonstration, as it is:"))
    terminal.say(f"  {next(verify.sentences(whole))}")
    found = {}
    for name, alteration in ALTERATIONS.items():
        if chosen not in (EVERY, name):
            continue
        report = altered(source, folder / name, alteration)
        found[name] = {"alteration": str(alteration.words), "ok": report.is_right, "found": findings(report)}
        terminal.say()
        terminal.say(f"{name} — {alteration.words}")
        for sentence in found[name]["found"]:
            terminal.say(f"  → {sentence}")
    terminal.say()
    terminal.say(_("Each altered copy is in %(folder)s: look at it, then run the verifier on it yourself.") % {"folder": folder})
    terminal.say(_("Nobody needs the signing key for this. Who holds it can make the whole register anew."))
    terminal.say(_("Only a checkpoint or a receipt kept elsewhere shows it: polyphonie verify … --seen"))
    is_right = whole.is_right and not any(one["ok"] for one in found.values())
    return Outcome({"original": whole.is_right, "folder": str(folder), "alterations": found}, is_right=is_right)
