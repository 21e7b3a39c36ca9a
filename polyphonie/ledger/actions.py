"""What can happen to the register? An entry is appended, or waits for its batch; a series is sealed."""

from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection

from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.canonical import canonical, leaf_hash
from polyphonie.ledger.models import Entry, Log, WaitingEntry, random_key
from polyphonie.ledger.rules import add_refusal

LEAF_BYTES = 256
LEAVES_AT_ONCE = 1000
VERSION = 1


def open_log(origin: str) -> Log:
    """The log of a new process; raises IntegrityError when the origin is taken."""
    assert_writing()
    return Log.objects.create(origin=origin)


def open_copy(origin: str) -> Log:
    """The log of a process rebuilt from its published files, to be filled with the leaves of its source, never with ours."""
    assert_writing()
    return Log.objects.create(origin=origin, is_copy=True)


def append(log: Log, kind: str, content: dict[str, object]) -> Entry:
    """Add one leaf at the end of the log, in the caller's transaction; it is sealed into the tree later. Raises Refused."""
    assert_writing()
    ensure(add_refusal(log))
    leaf, hashed = written_leaf(kind, content)
    return Entry.objects.create(log=log, kind=kind, leaf=leaf, leaf_hash=hashed)


def append_all(log: Log, kind: str, contents: Iterable[dict[str, object]]) -> int:
    """Add many leaves of one kind in the order given; how many. Raises Refused."""
    assert_writing()
    ensure(add_refusal(log))
    count = 0
    remaining = iter(contents)
    while some := list(islice(remaining, LEAVES_AT_ONCE)):
        written = [written_leaf(kind, content) for content in some]
        Entry.objects.bulk_create([Entry(log=log, kind=kind, leaf=leaf, leaf_hash=hashed) for leaf, hashed in written])
        count += len(written)
    return count


def await_batch(log: Log, series: str, kind: str, content: dict[str, object]) -> bytes:
    """Leave a leaf to wait for the batch of its series ; returns its hash."""
    ensure(add_refusal(log))
    leaf, hashed = written_leaf(kind, content)
    await_written(log.pk, series, kind, leaf, hashed)
    return hashed


def await_written(log: int, series: str, kind: str, leaf: str, hashed: bytes) -> None:
    """The same for a leaf already written, by the key of its log; by hand, for each vote does it."""
    assert_writing()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {WaitingEntry._meta.db_table} (id, log_id, series, kind, leaf, leaf_hash) "  # noqa: S608  (names of our own tables and columns; values are bound)
            "VALUES (%s, %s, %s, %s, %s, %s)",
            [random_key(), log, series, kind, leaf, hashed],
        )


def release_series(log: Log, series: Sequence[str], *, beginning: str = "") -> int:
    """Move the waiting leaves of these series, and of those with this beginning, to the log; how many. All are sorted by hash,
    so that their order says nothing.

    By hand: 50,000 leaves in one statement each way, where rows made one by one would hold every writer for ten seconds.
    """
    assert_writing()
    columns, chosen = "log_id, kind, leaf, leaf_hash", f"log_id = %s AND (series IN ({', '.join(['%s'] * len(series))})"
    values: list[int | str] = [log.pk, *series]
    if beginning:
        chosen, values = f"{chosen} OR substr(series, 1, %s) = %s", [*values, len(beginning), beginning]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Entry._meta.db_table} ({columns}) SELECT {columns} FROM {WaitingEntry._meta.db_table} "  # noqa: S608  (names of our own tables and columns; values are bound)
            f"WHERE {chosen}) ORDER BY leaf_hash",
            values,
        )
        released = int(cursor.rowcount)
        cursor.execute(f"DELETE FROM {WaitingEntry._meta.db_table} WHERE {chosen})", values)  # noqa: S608  (names of our own tables and columns; values are bound)
    return released


def written_leaf(kind: str, content: dict[str, object]) -> tuple[str, bytes]:
    """The canonical leaf of this content and its hash; raises ValueError above 256 bytes."""
    raw = canonical({**content, "kind": kind, "v": VERSION})
    if len(raw) > LEAF_BYTES:
        raise ValueError(f"a leaf of kind {kind} has {len(raw)} bytes: at most {LEAF_BYTES}, the rest enters as a commitment")
    return raw.decode(), leaf_hash(raw)
