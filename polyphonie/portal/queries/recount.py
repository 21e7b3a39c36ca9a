"""What do the published votes on one text add up to? Counted again from what an export publishes, each held to its leaf."""

import json
from collections import defaultdict
from dataclasses import dataclass

from polyphonie.consultation.dataset import IMPORT, VOTES
from polyphonie.contributions.models import Contribution
from polyphonie.core.tables import Part, Row
from polyphonie.ledger.canonical import b64, digest
from polyphonie.ledger.models import Entry

AT_ONCE = 500


@dataclass
class Total:
    """The votes bound to one version, recounted, and what the pages say of them."""

    revision: int
    origin: str
    is_current: bool
    recounted: tuple[int, int, int] = (0, 0, 0)
    shown: tuple[int, int, int] = (0, 0, 0)

    @property
    def is_equal(self) -> bool:
        return self.recounted == self.shown


@dataclass
class Recount:
    """Every total of a text, how many votes were opened, and how many of them are not what their leaf commits to."""

    totals: list[Total]
    opened: int
    wrong: int
    marks: int
    """How many different marks: one for each vote cast here, or someone counts twice."""
    taken_over: int = 0

    @property
    def is_right(self) -> bool:
        return not self.wrong and self.marks == self.opened and all(total.is_equal for total in self.totals)


def recounted(text: Contribution) -> Recount:
    """Read the published votes on this text as an export writes them, hold each to its leaf, and count."""
    rows = [row for _place, row in VOTES.checked_part(text.process, Part(where={"number": text.number}))]
    cast = [row for row in rows if row["origin"] != IMPORT]
    leaves = _leaves(text, cast)
    onward, numbers = _same_texts(text)
    counts: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    wrong, marks = 0, set()
    for row in cast:
        leaf = leaves.get(row["leaf"])
        if leaf is None or not _is_opened(row, leaf, text.number):
            wrong += 1
            continue
        marks.add(leaf["nullifier"])
        counts[numbers[_carried(leaf["rev"], onward)], row["origin"]][1 - row["position"]] += 1
    for row in rows:
        if row["origin"] == IMPORT:
            counts[row["revision"], IMPORT][1 - row["position"]] += 1
    return Recount(
        totals=_totals(text, counts),
        opened=len(cast),
        wrong=wrong,
        marks=len(marks),
        taken_over=len(rows) - len(cast),
    )


def _leaves(text: Contribution, rows: list[Row]) -> dict[int, dict[str, object]]:
    found: dict[int, dict[str, object]] = {}
    positions = [row["leaf"] for row in rows]
    for start in range(0, len(positions), AT_ONCE):
        some = Entry.objects.filter(log=text.process.log_id, position__in=positions[start : start + AT_ONCE]).order_by()
        found |= {position: json.loads(leaf) for position, leaf in some.values_list("position", "leaf") if position is not None}
    return found


def _is_opened(row: Row, leaf: dict[str, object], number: int) -> bool:
    """Whether the published position, salt and hash are what the leaf of this text committed to."""
    opened = b64(digest("votecm/v1", row["position"], row["salt"], row["nonce_hash"]))
    return leaf["kind"] == "vote" and leaf["contribution"] == number and leaf["cm"] == opened


def _same_texts(text: Contribution) -> tuple[dict[str, str], dict[str, int]]:
    """Which versions are declared the same text as which, and the number of each, by their leaves."""
    leaves = text.revisions.order_by("number").values_list("leaf_hash", "number")
    numbers = {b64(bytes(hashed)): number for hashed, number in leaves}
    said = Entry.objects.filter(log=text.process.log_id, kind="mod", leaf__contains='"act":"same_text"').order_by("position")
    moves = [json.loads(leaf) for leaf in said.values_list("leaf", flat=True)]
    return {move["from"]: move["to"] for move in moves if move["from"] in numbers}, numbers


def _carried(rev: object, onward: dict[str, str]) -> str:
    bound = str(rev)
    for _step in range(len(onward)):
        bound = onward.get(bound, bound)
    return bound


def _totals(text: Contribution, counts: dict[tuple[int, str], list[int]]) -> list[Total]:
    shown: dict[tuple[int, str], tuple[int, int, int]] = {}
    for number, *votes in text.revisions.order_by("number").values_list("number", "agree", "mixed", "disagree"):
        shown[number, "web"] = (votes[0], votes[1], votes[2])
    shown[text.revision, "web"] = (text.agree, text.mixed, text.disagree)
    imported = (text.imported_agree, text.imported_mixed, text.imported_disagree)
    if any(imported):
        shown[text.revision, IMPORT] = imported
    totals = []
    for revision, origin in sorted({*shown, *counts}, reverse=True):
        found = counts.get((revision, origin), [0, 0, 0])
        total = Total(revision, origin, is_current=revision == text.revision)
        total.recounted = (found[0], found[1], found[2])
        total.shown = shown.get((revision, origin), (0, 0, 0))
        if any(total.recounted) or any(total.shown) or (total.is_current and origin == "web"):
            totals.append(total)
    return totals
