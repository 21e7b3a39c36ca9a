"""What is said when a site goes on from a backup that is behind? An `incident` leaf for ever, and a notice on each page."""

from datetime import datetime

from django.utils import timezone

from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.rules import add_refusal
from polyphonie.processes.models import Process


def record_incident(process: Process, *, kept: int, lost: int, lost_root: bytes, lost_since: datetime, now: datetime) -> Process:
    """Say in the register that `lost` sealed leaves after the first `kept` are gone, and the root of the tree they were in."""
    assert_writing()
    said = {
        "act": "restored",
        "kept": kept,
        "lost": lost,
        "root": b64(lost_root),
        "since": timezone.localtime(lost_since).isoformat(timespec="minutes"),
    }
    if add_refusal(process.log) is None:  # the register of a copy is another site's
        append(process.log, "incident", said)
    process.incident_on, process.incident_from_at = timezone.localdate(now), lost_since
    process.save(update_fields=["incident_on", "incident_from_at"])
    return process


def record_lost_key(*, now: datetime) -> int:
    """The `log` key is lost and another signs from now on: every process begun here before says so for ever; how many."""
    assert_writing()
    return Process.objects.filter(copied_from="", key_lost_on=None).update(key_lost_on=timezone.localdate(now))
