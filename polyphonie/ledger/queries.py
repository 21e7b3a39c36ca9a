"""What do others ask of a register? Where leaves stand, the leaves in order, the checkpoints that are kept."""

from collections.abc import Iterator, Sequence

from polyphonie.ledger.models import Checkpoint, Entry, Log

AT_ONCE = 2_000


def positions_of(log: Log, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """The positions of these leaves, by leaf hash; a leaf that is not sealed yet is missing."""
    found: dict[bytes, int] = {}
    for start in range(0, len(hashes), 500):
        some = Entry.objects.filter(log=log, leaf_hash__in=hashes[start : start + 500], position__isnull=False)
        for leaf, position in some.order_by().values_list("leaf_hash", "position"):
            if position is not None:
                found[bytes(leaf)] = position
    return found


def has_unsealed(log: Log) -> bool:
    """Whether the log holds leaves that are not in its tree yet."""
    return Entry.objects.filter(log=log, position=None).exists()


def sealed_leaves(log: Log) -> Iterator[str]:
    """Every sealed leaf, in the order of positions."""
    leaves = Entry.objects.filter(log=log, position__isnull=False).order_by("position").values_list("leaf", flat=True)
    yield from leaves.iterator(chunk_size=AT_ONCE)


def kept_checkpoints(log: Log) -> list[Checkpoint]:
    """The last checkpoint of each day, those of closes and the last, by size."""
    return list(Checkpoint.objects.filter(log=log).order_by("size"))
