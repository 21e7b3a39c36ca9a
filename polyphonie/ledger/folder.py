"""What of the registers is kept outside the database? Every sealed leaf, and where each log stood at the last turn of `tick`.

The log folder (`POLYPHONIE_VAR/log`) holds a folder for each log: `leaves.jsonl`, its sealed leaves in order, and
`standing.json`, how many they are, the last checkpoint, and how many votes were waiting. A database put back from an older day is
behind it, and is not served. Leaves carry no text, no name and no hour: neither does the folder.
"""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery

from polyphonie.ledger.models import Entry, Log, WaitingEntry
from polyphonie.ledger.queries import sealed_leaves
from polyphonie.ledger.rules import names_of
from polyphonie.ledger.sealing import latest_checkpoint

logger = logging.getLogger(__name__)

LEAVES, STANDING, LOST = "leaves.jsonl", "standing.json", "lost.jsonl"
VOTING = ("vote", "withdraw")


@dataclass(frozen=True)
class Standing:
    """Where a log stood when it was last seen: its sealed leaves, the bytes they take, the votes accepted and not sealed yet."""

    origin: str
    size: int
    length: int = 0
    pending: int = 0
    checkpoint: str = ""

    @property
    def folder(self) -> Path:
        return folder_of(self.origin)


@dataclass(frozen=True)
class Gap:
    """How a database falls short of what was seen of one log: they agree on `common` leaves, `lost` sealed ones and
    `lost_votes` waiting ones are not in it."""

    standing: Standing
    common: int
    lost: int
    lost_votes: int


def home() -> Path:
    return Path(settings.POLYPHONIE_VAR) / "log"


def folder_of(origin: str) -> Path:
    """The folder of one log; its name is the origin with its slashes written out."""
    return home() / quote(origin, safe="")


def standings(at: Path | None = None) -> list[Standing]:
    """Where each log stood when it was last seen, by origin."""
    return [standing for path in sorted((at or home()).glob(f"*/{STANDING}")) if (standing := read_standing(path)) is not None]


def read_standing(path: Path) -> Standing | None:
    """What a `standing.json` says; None where there is none."""
    try:
        return Standing(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def keep(log: Log) -> int:
    """Bring the log's folder up to the database; how many leaves were added. One that is behind changes nothing there."""
    seen = read_standing(folder_of(log.origin) / STANDING)
    present = standing_in_database(log)
    if seen is None:
        seen = Standing(log.origin, 0)
        seen.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif (present.size, present.pending) == (seen.size, seen.pending):
        return 0
    elif is_behind(seen, present) is not None:
        logger.error("the database is behind its log folder: %s", log.origin)
        return 0
    length = seen.length
    with (seen.folder / LEAVES).open("ab") as file:
        file.truncate(length)  # a line cut short by a killed process
        for leaf in _leaves_between(log, seen.size, present.size):
            length += file.write(f"{leaf}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    _write(present, length=length)
    return present.size - seen.size


def standing_in_database(log: Log) -> Standing:
    """Where the log stands now. What is sealed and what waits are read at one instant: a vote is on one side or the other."""
    size, sealing, waiting = (
        Log.objects.filter(pk=log.pk)
        .values_list("size", _how_many(Entry.objects.filter(position=None)), _how_many(WaitingEntry.objects.all()))
        .get()
    )
    checkpoint = latest_checkpoint(log)
    note = checkpoint.note if checkpoint is not None and checkpoint.size == size else ""
    return Standing(log.origin, size, pending=(sealing or 0) + (waiting or 0), checkpoint=note)


def _how_many(leaves: QuerySet[Any]) -> Subquery:
    """How many votes and withdrawals of a log are among these leaves; what an import holds until its end is none."""
    votes = leaves.filter(log=OuterRef("pk"), kind__in=VOTING).order_by().values("log")
    return Subquery(votes.annotate(how_many=Count("pk")).values("how_many"))


def is_behind(seen: Standing, present: Standing | None) -> str | None:
    """Why a database must not be served beside what was seen of this log, or None."""
    if present is None:
        return "absent"
    if present.size < seen.size:
        return "shorter"
    if present.size == seen.size and present.pending < seen.pending:
        return "votes"
    return None if _agrees(seen, present.origin) else "other"


def gaps() -> list[Gap]:
    """Every log of the folder that this database is behind, or that it contradicts; reads a log whole only where it is so."""
    logs = _logs()
    found = []
    for seen in standings():
        log = logs.get(names_of(seen.origin)[0])
        present = None if log is None else standing_in_database(log)
        if is_behind(seen, present) is None:
            continue
        common = 0 if log is None else _common(seen, log)
        still_waits = present.pending if present is not None and present.size == common else 0
        sealed_since = sum(json.loads(leaf)["kind"] in VOTING for leaf in kept_leaves(seen, common))
        lost_votes = max(0, seen.pending - max(0, still_waits - sealed_since))
        found.append(Gap(seen, common=common, lost=seen.size - common, lost_votes=lost_votes))
    return found


def is_any_behind() -> bool:
    """Whether some log of the folder is ahead of this database: a few short queries, asked before serving."""
    logs = _logs()
    for seen in standings():
        log = logs.get(names_of(seen.origin)[0])
        if is_behind(seen, None if log is None else standing_in_database(log)) is not None:
            return True
    return False


def _logs() -> dict[str, Log]:
    """The logs of the database by their first name: a folder seen before its key was lost is that of the same log."""
    return {names_of(log.origin)[0]: log for log in Log.objects.order_by("pk")}


def log_of(seen: Standing) -> Log | None:
    """The log of the database that was seen there."""
    return _logs().get(names_of(seen.origin)[0])


def kept_leaves(seen: Standing, start: int = 0) -> Iterator[str]:
    """The leaves kept of a log, from a position on."""
    path = seen.folder / LEAVES
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for position, line in zip(range(seen.size), file, strict=False):
            if position >= start:
                yield line.rstrip("\n")


def set_lost_apart(gap: Gap, log: Log | None) -> None:
    """Go on from the database as it is: what it lacks leaves `leaves.jsonl` for `lost.jsonl`, which stays."""
    lost = list(kept_leaves(gap.standing, gap.common))
    kept = list(kept_leaves(gap.standing))[: gap.common]
    with (gap.standing.folder / LOST).open("a", encoding="utf-8") as file:
        file.writelines(f"{leaf}\n" for leaf in lost)
        file.flush()
        os.fsync(file.fileno())
    if log is None:
        (gap.standing.folder / STANDING).unlink()
        return
    (gap.standing.folder / LEAVES).write_text("".join(f"{leaf}\n" for leaf in kept), encoding="utf-8")
    length = sum(len(leaf.encode()) + 1 for leaf in kept)
    _write(Standing(gap.standing.origin, gap.common), length=length)
    keep(log)


def lost_leaves(origin: str) -> Iterator[dict[str, object]]:
    """The leaves that a restore accepted to lose, whatever the register was called then."""
    for name in names_of(origin):
        path = folder_of(name) / LOST
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
            yield json.loads(line)


def _write(standing: Standing, *, length: int) -> None:
    """Replace `standing.json` at once: nobody reads half of it."""
    path = standing.folder / STANDING
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        json.dump({**asdict(standing), "length": length}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _leaves_between(log: Log, start: int, end: int) -> Iterator[str]:
    found = Entry.objects.filter(log=log, position__gte=start, position__lt=end).order_by("position")
    yield from found.values_list("leaf", flat=True).iterator(chunk_size=2_000)


def _agrees(seen: Standing, origin: str) -> bool:
    """Whether the last leaf seen is still at its place: a log that was remade has another there."""
    if not seen.size:
        return True
    path = seen.folder / LEAVES
    with path.open("rb") as file:
        file.seek(max(0, seen.length - 1024))
        last = file.read(seen.length - file.tell()).rstrip(b"\n").rpartition(b"\n")[2].decode()
    present = Entry.objects.filter(log__origin=origin, position=seen.size - 1).values_list("leaf", flat=True).first()
    return present == last


def _common(seen: Standing, log: Log) -> int:
    """How many leaves, from the first, the folder and the database have alike."""
    for position, (kept, present) in enumerate(zip_longest(kept_leaves(seen), sealed_leaves(log))):
        if kept is None or kept != present:
            return position
    return seen.size
