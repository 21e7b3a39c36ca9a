"""What is published of the register? Every sealed leaf at its position, and the checkpoints that are kept."""

from collections.abc import Iterator
from typing import Any

from polyphonie.core.printing import PARIS
from polyphonie.core.tables import JSON_LINES, Column, Part, Placed, Table, UnknownPlace
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Checkpoint, Entry

AT_ONCE = 2_000
FOLDER = "ledger/"


def _leaves(process: Any, part: Part) -> Iterator[Placed]:
    leaves = Entry.objects.filter(log=process.log_id, position__gt=_after(part, -1)).order_by("position")
    if "kind" in part.where:
        leaves = leaves.filter(kind=part.where["kind"])
    rows = leaves.values_list("position", "kind", "leaf_hash", "leaf")
    for position, kind, leaf_hash, leaf in rows[: part.most].iterator(chunk_size=AT_ONCE):
        yield (position or 0,), {"position": position, "kind": kind, "leaf_hash": b64(bytes(leaf_hash)), "leaf": leaf}


def _checkpoints(process: Any, part: Part) -> Iterator[Placed]:
    checkpoints = Checkpoint.objects.filter(log=process.log_id, size__gt=_after(part, -1)).order_by("size")
    for item in checkpoints[: part.most].iterator(chunk_size=AT_ONCE):
        yield (
            (item.size,),
            {
                "is_close": item.is_close,
                "note": item.note,
                "sealed_at": item.sealed_at.astimezone(PARIS).isoformat(timespec="seconds"),
                "size": item.size,
            },
        )


def _after(part: Part, otherwise: int) -> int:
    match part.after:
        case ():
            return otherwise
        case (int(place),):
            return place
        case _:
            raise UnknownPlace


LEAVES = Table(
    "leaves",
    JSON_LINES,
    "The register: every sealed leaf, in its order",
    (
        Column("position", "integer", "Its place in the tree, from 0: the line of ledger/leaves.jsonl."),
        Column("kind", "string", "What it records: rev, vote, withdraw, state, config, tally, mod, erase…"),
        Column("leaf_hash", "string", "Its hash in the tree (RFC 6962), base64url.", is_computed=True),
        Column("leaf", "string", "The leaf itself, byte for byte: canonical JSON."),
    ),
    placed=_leaves,
    filters=("kind",),
    folder=FOLDER,
)

CHECKPOINTS = Table(
    "checkpoints",
    JSON_LINES,
    "Every signed point that is kept: the last of each day, those of closes, and the last",
    (
        Column("is_close", "boolean", "Whether it seals the close of a consultation."),
        Column("note", "string", "The signed note, to be kept and compared."),
        Column("sealed_at", "datetime", "When the operator says it was signed, to the second.", has_seconds=True),
        Column("size", "integer", "How many leaves it sums up."),
    ),
    placed=_checkpoints,
    folder=FOLDER,
)
