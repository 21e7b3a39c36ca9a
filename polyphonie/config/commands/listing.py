"""`polyphonie list`: which processes does this installation hold?"""

from argparse import Namespace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.config.commands import database
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.processes.models import Process


def run(options: Namespace, terminal: Terminal) -> Outcome:
    database.prepare()
    processes = [_facts(process) for process in Process.objects.order_by("slug").prefetch_related("consultations")]
    if not processes:
        terminal.say(_("No process yet."))
    for process in processes:
        count = len(process["consultations"])
        consultations = ngettext("%(count)s consultation", "%(count)s consultations", count) % {"count": count}
        terminal.say(f"{process['slug']}  {process['title']}  ({consultations})")
    return Outcome({"processes": processes})


def _facts(process: Process) -> dict[str, Any]:
    consultations = sorted(process.consultations.all(), key=lambda consultation: (consultation.rank, consultation.pk))
    return {
        "slug": process.slug,
        "title": process.title,
        "last_number": process.last_number,
        "is_demonstration": process.is_demonstration,
        "consultations": [{"slug": one.slug, "title": one.title, "state": one.state} for one in consultations],
    }
