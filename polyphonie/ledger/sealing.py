"""When does a leaf become part of the tree? When `seal` gives it its position and the log's key signs where the log stands.

Run by `tick` each minute, and by imports and exports before they end; never by a web worker.
"""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from polyphonie.core.storage.columns import write_columns
from polyphonie.core.storage.prepared import Prepared
from polyphonie.core.writing import assert_writing
from polyphonie.ledger import tree
from polyphonie.ledger.models import Checkpoint, Entry, Log
from polyphonie.ledger.notes import LOG, signed, signing_key
from polyphonie.ledger.notes import Checkpoint as Statement

LEAVES_AT_ONCE = 2_000
STATE, CLOSED = "state", '"state":"closed"'


def unsealed_logs() -> list[int]:
    """The logs that have accepted leaves which are not in their tree yet."""
    return list(Entry.objects.filter(position=None).order_by("log").values_list("log", flat=True).distinct())


def seal(log: Log, *, now: datetime) -> Checkpoint | None:
    """Give every accepted leaf its position, in the order of acceptance, and sign a checkpoint; None when there was none, or
    when this log is a copy: nothing in it is signed here.

    Memory is bounded by `LEAVES_AT_ONCE`; the lock on the log's row makes two runs follow each other.
    """
    assert_writing()
    held = Log.objects.select_for_update().get(pk=log.pk)
    if held.is_copy:
        return None
    frontier = _unpacked(bytes(held.frontier))
    size, is_close = held.size, False
    for entries in _unsealed(held):
        for entry in entries:
            tree.append_to(frontier, size, bytes(entry.leaf_hash))
            entry.position = size
            is_close = is_close or (entry.kind == STATE and CLOSED in entry.leaf)
            size += 1
        write_columns(Entry, ["position"], entries)
    if size == held.size:
        return None
    held.size, held.frontier = size, b"".join(frontier)
    held.save(update_fields=["size", "frontier"])
    statement = Statement(origin=held.origin, size=size, root=tree.root_of_frontier(frontier))
    _drop_superseded(held, now)
    return Checkpoint.objects.create(
        log=held,
        size=size,
        root=statement.root,
        note=signed(statement.text(), key_name=held.origin, private=signing_key(LOG)),
        sealed_at=now,
        is_close=is_close,
    )


def latest_checkpoint(log: Log) -> Checkpoint | None:
    """The last checkpoint of the log, or None before its first seal."""
    found = _latest(log=log.pk)
    return found[0] if found else None


_latest = Prepared(lambda log: Checkpoint.objects.filter(log=log).order_by("-size")[:1])


def _unsealed(log: Log) -> Iterator[list[Entry]]:
    """The accepted leaves without a position, in order, some at a time."""
    last = 0
    while entries := list(Entry.objects.filter(log=log, position=None, pk__gt=last).defer("log").order_by("pk")[:LEAVES_AT_ONCE]):
        last = entries[-1].pk
        yield entries


def _drop_superseded(log: Log, now: datetime) -> None:
    """One checkpoint a day is enough, besides those of closes: whoever kept another can still compare it."""
    before = latest_checkpoint(log)
    is_ours = before is not None and before.note.startswith(f"{log.origin}\n")  # else no key signs it again
    if before is not None and is_ours and not before.is_close and timezone.localdate(before.sealed_at) == timezone.localdate(now):
        before.delete()


def _unpacked(frontier: bytes) -> list[bytes]:
    return [frontier[start : start + tree.HASH_BYTES] for start in range(0, len(frontier), tree.HASH_BYTES)]
