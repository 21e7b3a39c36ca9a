"""Where does the vote of a kept receipt stand in the register? Every leaf of its mark, the later ones that replace it too."""

import json
from dataclasses import dataclass
from datetime import datetime

from polyphonie.consultation.actions.booth import DUE_AFTER_CLOSE
from polyphonie.contributions.models import Contribution
from polyphonie.ledger.canonical import b64, digest, leaf_hash, unb64
from polyphonie.ledger.models import Entry, Log
from polyphonie.ledger.rules import names_of
from polyphonie.opendata import verify
from polyphonie.processes.models import Process, RulesInForce

MOST_RECEIPTS = 20
VOTE, WITHDRAW = "vote", "withdraw"
CAST = (VOTE, WITHDRAW)


@dataclass(frozen=True)
class Line:
    """A sealed leaf of the receipt's mark."""

    position: int
    seq: int
    is_vote: bool
    is_promised: bool


@dataclass(frozen=True)
class Found:
    """What the register holds of a receipt. `vote` is the position it promises, None for a withdrawal; `due` is when its leaf
    must be in the register at the latest."""

    number: int
    vote: int | None
    is_of_this_register: bool
    is_signed: bool
    is_whole: bool
    due: datetime
    is_due: bool
    lines: list[Line]

    @property
    def promised(self) -> Line | None:
        return next((line for line in self.lines if line.is_promised), None)

    @property
    def later(self) -> list[Line]:
        """The leaves that came after the promised one and replace it."""
        promised = self.promised
        return [] if promised is None else [line for line in self.lines if line.seq > promised.seq]


def receipts_in(text: str) -> list[verify.Receipt]:
    """The receipts found in a text: one, several, or words around them."""
    return [note for note in verify.kept_notes(text) if isinstance(note, verify.Receipt)][:MOST_RECEIPTS]


def look_up(process: Process, receipt: verify.Receipt, *, now: datetime) -> Found:
    """Where this receipt stands; raises ValueError (or KeyError, TypeError) for one that is not well formed."""
    promise = receipt.promise
    leaf, hashed = json.loads(promise["leaf"]), leaf_hash(promise["leaf"].encode())
    log = Log.objects.get(pk=process.log_id)
    is_ours = receipt.name in {f"{name}/receipt" for name in names_of(log.origin)}
    due = _due(process, number=int(promise["contribution"]), promised=datetime.fromisoformat(promise["due"]))
    number, mark = int(promise["contribution"]), b64(unb64(promise["nullifier"]))
    return Found(
        number=number,
        vote=promise["position"],
        is_of_this_register=is_ours,
        is_signed=is_ours and any(receipt.is_by(receipt.name, key) for key in receipt_keys(process)),
        is_whole=is_whole(promise, leaf, hashed),
        due=due,
        is_due=due <= now,
        lines=lines_of(log, number, mark, hashed),
    )


def _due(process: Process, *, number: int, promised: datetime) -> datetime:
    """An extension moves what was promised, as the verifier does."""
    text = Contribution.objects.filter(process=process, number=number).select_related("consultation").first()
    closes_at = None if text is None else text.consultation.closes_at
    return promised if closes_at is None else max(promised, closes_at + DUE_AFTER_CLOSE)


def is_whole(promise: dict[str, object], leaf: dict[str, object], hashed: bytes) -> bool:
    """Whether the promised leaf is that of the vote it says: anyone can recompute it."""
    if promise["leaf_hash"] != b64(hashed) or any(leaf[name] != promise[name] for name in ("contribution", "nullifier")):
        return False
    if promise["position"] is None:
        return leaf["kind"] == WITHDRAW
    nonce = b64(digest("nonce/v1", promise["nonce"]))
    return leaf["kind"] == VOTE and leaf["cm"] == b64(digest("votecm/v1", promise["position"], promise["salt"], nonce))


def receipt_keys(process: Process) -> set[bytes]:
    """The public keys that sign the receipts of this process: those of its rules, and those announced since."""
    rules = RulesInForce.objects.filter(consultation__process=process).order_by("pk").values_list("document", flat=True)
    keys = {unb64(json.loads(document)["public_keys"]["receipt"]) for document in rules}
    announced = Entry.objects.filter(log=process.log_id, kind="key").order_by("pk").values_list("leaf", flat=True)
    return keys | {unb64(leaf["public"]) for leaf in map(json.loads, announced) if leaf["name"] == "receipt"}


def lines_of(log: Log, number: int, mark: str, promised: bytes) -> list[Line]:
    """Every sealed leaf of this mark, by rank. One walk through the votes of the register, which is why it is rationed."""
    sealed = Entry.objects.filter(log=log, kind__in=CAST, position__isnull=False, leaf__contains=f'"nullifier":"{mark}"')
    lines = []
    for position, kind, words, hashed in sealed.order_by("position").values_list("position", "kind", "leaf", "leaf_hash"):
        leaf = json.loads(words)
        if leaf["contribution"] == number and leaf["nullifier"] == mark:
            lines.append(Line(position or 0, leaf["seq"], kind == VOTE, bytes(hashed) == promised))
    return sorted(lines, key=lambda line: line.seq)
