"""What does the public register show? Where it stands, its last leaves by kind, and integrity in figures."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q

from polyphonie.consultation.models import Batch
from polyphonie.contributions.models import Contribution, Revision, Status
from polyphonie.core.printing import PARIS
from polyphonie.ledger.models import Checkpoint, Entry
from polyphonie.ledger.sealing import latest_checkpoint
from polyphonie.moderation.models import Decision
from polyphonie.processes.models import Extension, Process

LEAVES_SHOWN = 50
KINDS = ("config", "state", "rev", "vote", "withdraw", "import", "tally", "mod", "erase", "incident")


@dataclass(frozen=True)
class Leaf:
    """A sealed leaf as the page shows it: its position, its kind, and its own fields."""

    position: int
    kind: str
    fields: list[tuple[str, str]]


@dataclass(frozen=True)
class Standing:
    """Where the register stands: the checkpoint that signs it, and how many leaves of each kind it holds."""

    checkpoint: Checkpoint | None
    by_kind: list[tuple[str, int]]


@dataclass(frozen=True)
class Integrity:
    """The figures of integrity, each recomputable from the published files but where the page says otherwise."""

    votes_by_day: list[tuple[str, int]]
    edits: int
    edits_of_voted: int
    masked: int
    hidden: int
    decisions: int
    extensions: int
    small_batches: int


def standing(process: Process) -> Standing:
    """Two queries."""
    sealed = Entry.objects.filter(log=process.log_id, position__isnull=False)
    counts = dict(sealed.values_list("kind").annotate(Count("pk")).order_by())
    known = [(kind, counts[kind]) for kind in KINDS if kind in counts]
    return Standing(checkpoint=latest_checkpoint(process.log), by_kind=known)


def last_leaves(process: Process, *, kind: str, before: int | None) -> list[Leaf]:
    """The last sealed leaves, of one kind if asked, before a position if asked; the newest first."""
    found = Entry.objects.filter(log=process.log_id, position__isnull=False)
    if kind:
        found = found.filter(kind=kind)
    if before is not None:
        found = found.filter(position__lt=before)
    leaves = found.order_by("-position").values_list("position", "kind", "leaf")[:LEAVES_SHOWN]
    return [Leaf(position or 0, kind, _fields(leaf)) for position, kind, leaf in leaves]


def integrity(process: Process) -> Integrity:
    """Five queries, whatever the number of voices."""
    days: Counter[str] = Counter()
    small = 0
    batches = Batch.objects.filter(consultation__process=process).order_by("sealed_at")
    for sealed_at, leaves, is_small in batches.values_list("sealed_at", "leaves", "is_small"):
        days[_printed(sealed_at.astimezone(PARIS).date())] += leaves
        small += is_small
    edited = Revision.objects.filter(contribution__process=process, number__gt=1).aggregate(
        all=Count("pk"),
        masked=Count("pk", filter=Q(reason=Revision.Reason.MASKED)),
    )
    voted = (
        Revision.objects.filter(contribution__process=process)
        .exclude(agree=0, mixed=0, disagree=0)
        .exclude(number=F("contribution__revision"))
        .values("contribution")
        .distinct()
        .count()
    )
    return Integrity(
        votes_by_day=list(days.items()),
        edits=edited["all"],
        edits_of_voted=voted,
        masked=edited["masked"],
        hidden=Contribution.objects.filter(process=process, status=Status.HIDDEN).count(),
        decisions=Decision.objects.filter(contribution__process=process).count(),
        extensions=Extension.objects.filter(consultation__process=process).count(),
        small_batches=small,
    )


def _fields(leaf: str) -> list[tuple[str, str]]:
    content = json.loads(leaf)
    return [(name, "" if value is None else str(value)) for name, value in content.items() if name not in ("kind", "v")]


def _printed(day: date) -> str:
    return day.strftime("%d/%m/%Y")
