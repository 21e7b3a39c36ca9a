"""What does the public register show? Where it stands, its last leaves by kind, and integrity in figures."""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.consultation.models import Batch
from polyphonie.contributions.models import Contribution, Revision, Status
from polyphonie.core.printing import PARIS
from polyphonie.core.tables import WHOLE
from polyphonie.ledger.models import Checkpoint, Entry
from polyphonie.ledger.sealing import latest_checkpoint
from polyphonie.moderation.dataset import MODERATION
from polyphonie.moderation.models import Decision
from polyphonie.opendata.copies import rows_of
from polyphonie.processes.models import Consultation, Extension, Process

LEAVES_SHOWN = 50
KINDS = (
    "config", "state", "rev", "annotation", "vote", "withdraw", "import", "tally", "mod", "appeal", "erase", "key", "incident",
)  # fmt: skip
ROLES = ("organiser", "moderator", "rapporteur", "appeal", "authority", "clock", "import", "installation")
BEFORE_THE_OPENING = timedelta(days=30)
SMALLEST_CELL = 10


@dataclass(frozen=True)
class Leaf:
    """A sealed leaf as the page shows it: what it says, and by when it was sealed."""

    position: int
    kind: str
    content: dict[str, Any]
    sealed_at: datetime | None

    @property
    def fields(self) -> list[tuple[str, str]]:
        shown = self.content.items()
        return [(name, "" if value is None else str(value)) for name, value in shown if name not in ("kind", "v")]

    @property
    def actor(self) -> tuple[str, str]:
        """Role and number of who did it; empty for what nobody's role did."""
        role, _slash, number = str(self.content.get("actor", "")).partition("/")
        return (role, number) if role in ROLES else ("", "")

    @property
    def number(self) -> int | None:
        """The number of the text it is about."""
        about = self.content.get("contribution", str(self.content.get("object", "")).removeprefix("contribution/"))
        return int(about) if str(about).isdecimal() else None


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
    incidents: list[Leaf]
    accounts_by_day: list[tuple[str, int]]
    """Days with ten new accounts or more."""
    quiet_days: int
    """Days with fewer, which are not told apart."""
    newcomers: list[tuple[str, int | None]]
    """For each consultation that has closed: the share of newcomers among its voters, in percent; None when withheld."""


def standing(process: Process) -> Standing:
    """Two queries."""
    sealed = Entry.objects.filter(log=process.log_id, position__isnull=False)
    counts = dict(sealed.values_list("kind").annotate(Count("pk")).order_by())
    known = [(kind, counts[kind]) for kind in KINDS if kind in counts]
    return Standing(checkpoint=latest_checkpoint(process.log), by_kind=known)


def last_leaves(process: Process, *, kind: str, role: str, before: int | None) -> list[Leaf]:
    """The last sealed leaves, of one kind or by one role if asked, before a position if asked; the newest first. Two queries."""
    found = Entry.objects.filter(log=process.log_id, position__isnull=False)
    if kind:
        found = found.filter(kind=kind)
    if role:
        found = found.filter(kind__in=("state", "mod", "appeal"), leaf__contains=f'"actor":"{role}')
    if before is not None:
        found = found.filter(position__lt=before)
    leaves = list(found.order_by("-position").values_list("position", "kind", "leaf")[:LEAVES_SHOWN])
    seals = _seals(process, [position for position, _kind, _leaf in leaves if position is not None])
    return [Leaf(position or 0, kind, json.loads(leaf), seals(position or 0)) for position, kind, leaf in leaves]


def _seals(process: Process, positions: list[int]) -> Callable[[int], datetime | None]:
    """When a leaf was sealed at the latest: the first kept checkpoint that holds it."""
    if not positions:
        return lambda position: None
    after = Checkpoint.objects.filter(log=process.log_id, size__gt=min(positions)).order_by("size")
    kept = list(after.values_list("size", "sealed_at"))
    sizes = [size for size, _sealed_at in kept]

    def sealed_at(position: int) -> datetime | None:
        rank = bisect_right(sizes, position)
        return kept[rank][1] if rank < len(kept) else None

    return sealed_at


def integrity(process: Process) -> Integrity:
    """Eight queries, whatever the number of voices."""
    days: Counter[str] = Counter()
    small = 0
    batches = Batch.objects.filter(consultation__process=process).order_by("sealed_at")
    for sealed_at, leaves, is_small in batches.values_list("sealed_at", "leaves", "is_small"):
        days[_printed(sealed_at.astimezone(PARIS).date())] += leaves
        small += is_small
    later = Revision.objects.filter(contribution__process=process, number__gt=1).exclude(reason=Revision.Reason.MOVED)
    edited = later.aggregate(
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
    accounts, quiet = accounts_by_day(process)
    return Integrity(
        votes_by_day=list(days.items()),
        edits=edited["all"],
        edits_of_voted=voted,
        masked=edited["masked"],
        hidden=Contribution.objects.filter(process=process, status=Status.HIDDEN).count(),
        decisions=_decisions(process),
        extensions=Extension.objects.filter(consultation__process=process).count(),
        small_batches=small,
        incidents=incidents(process),
        accounts_by_day=accounts,
        quiet_days=quiet,
        newcomers=newcomers(process),
    )


def _decisions(process: Process) -> int:
    """As many as moderation.csv has rows: of a copy, those of its source."""
    if process.copied_from:
        return sum(1 for _row in rows_of(process, MODERATION, WHOLE))
    return Decision.objects.filter(case__process=process).count()


def incidents(process: Process) -> list[Leaf]:
    """What the register says went wrong on this site, the first one first."""
    found = Entry.objects.filter(log=process.log_id, kind="incident", position__isnull=False).order_by("position")
    return [Leaf(position or 0, "incident", json.loads(leaf), None) for position, leaf in found.values_list("position", "leaf")]


def accounts_by_day(process: Process) -> tuple[list[tuple[str, int]], int]:
    """New accounts of the site by day, from a month before the first opening to the last close: the days with ten or more,
    and how many days had fewer."""
    days = process.consultations.filter(is_imported=False).exclude(state=Consultation.State.DRAFT)
    first, last = days.aggregate(first=Min("opens_at"), last=Max("closes_at")).values()
    if process.copied_from or first is None:
        return [], 0
    joined = Account.objects.filter(confirmed_on__isnull=False, joined_on__gte=timezone.localdate(first - BEFORE_THE_OPENING))
    if last is not None:
        joined = joined.filter(joined_on__lte=timezone.localdate(last))
    counted = list(joined.values_list("joined_on").annotate(count=Count("pk")).order_by("joined_on"))
    told = [(_printed(day), count) for day, count in counted if count >= SMALLEST_CELL]
    return told, len(counted) - len(told)


def newcomers(process: Process) -> list[tuple[str, int | None]]:
    """The share, in whole percent, of voters whose account dates from the last seven days of the consultation."""
    closed = Consultation.objects.filter(process=process, state=Consultation.State.CLOSED, new_voters__isnull=False)
    rows = closed.order_by("theme__number", "rank", "pk").values_list("title", "new_voters", "voters")
    return [(title, round(100 * (new or 0) / voters) if new and voters else None) for title, new, voters in rows]


def _printed(day: date) -> str:
    return day.strftime("%d/%m/%Y")
