"""What does an export of another installation hold? Its rows as records not yet saved, each of which fits where it goes.

The folder was verified before: totals, texts and votes are those of its register. Verified does not mean harmless: whoever made
it may have signed it, so that what will be shown is held to the same limits as what people write here.
"""

import csv
import io
import json
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.db.models import CharField, Model, TextField
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from polyphonie.contributions.models import Contribution, Kind, Revision, Status
from polyphonie.contributions.rules import ADDRESS_LENGTH, address_refusal
from polyphonie.core.plaintext import holds_forbidden
from polyphonie.core.printing import PARIS
from polyphonie.ledger.canonical import canonical, leaf_hash, unb64
from polyphonie.ledger.models import Checkpoint
from polyphonie.opendata import verify
from polyphonie.opendata.dialects import polis_folder
from polyphonie.opendata.importing.readers import cells
from polyphonie.opendata.importing.reading import SourceRefused
from polyphonie.processes.models import Act, Consultation, Extension, Process, Referral, RulesInForce, Theme
from polyphonie.processes.rules.frame import SLUG

HASH = 32
Counts = tuple[int, int, int]
NONE: Counts = (0, 0, 0)
DAY, INSTANT = "day", "instant"
PROCESS = {
    "title": str, "tagline": str, "introduction": str, "hashtag": str, "organiser": str, "licence": str, "charter": str,
    "who_decides": str, "what_becomes": str, "feedback_due_on": DAY, "feedback_given_on": DAY, "legal_basis": str,
    "asks_consent": bool,
    "synthesis_planned": str, "appeal_body": str, "is_demonstration": bool,
}  # fmt: skip
REFERRAL = {
    "kind": str, "number": str, "issuer": str, "addressee": str, "received_on": DAY, "deadline_on": DAY, "text": str,
}  # fmt: skip
CONSULTATION = {
    "slug": str, "title": str, "presentation": str, "questions": str, "opens_at": INSTANT, "closes_at": INSTANT,
    "is_under_crpa": bool, "is_imported": bool, "drawn_on": DAY,
}  # fmt: skip
EXTENSION = {"previous_closes_at": INSTANT, "closes_at": INSTANT, "reason": str, "decided_at": INSTANT}
COPIED = (
    "kind", "nature", "section", "side", "title", "body", "url", "author_kind", "origin", "origin_address", "status", "fate",
)  # fmt: skip
"""The columns of contributions.csv that a text has under the same name."""


class Foreign:
    """An export that was verified, read again row by row; what is small is kept, what is large is streamed."""

    def __init__(self, path: Path) -> None:
        self.folder = verify.Folder(str(path))
        self.document: dict[str, Any] = verify.process_of(self.folder)
        self.document_text = self.folder.text("process.json")
        self.origin = str(self.document["process"]["origin"])
        self.checkpoints = [json.loads(line) for line in self.folder.lines("ledger/checkpoints.jsonl")]
        self._sizes = [int(kept["size"]) for kept in self.checkpoints]
        self.hashes = bytearray()
        self.imports: dict[int, int] = {}
        """Position of each `import` leaf that stands: its number."""
        self.gone: dict[int, tuple[str, datetime | None]] = {}
        """Number of a text that is not shown: ground and instant, as its last leaf says."""
        self.gone_comments: dict[str, tuple[str, datetime | None]] = {}
        """The same of comments, by the name of their leaves."""
        for position, (kind, leaf) in enumerate(self._parsed_leaves()):
            self._remember(position, kind, leaf)
        self._read_erasures()
        self.tallies: dict[tuple[int, int, str], Counts] = {}
        for row in self.folder.rows("tallies.csv", verify.TALLIES):
            self.tallies[int(row[0]), int(row[1]), row[2]] = (int(row[3]), int(row[4]), int(row[5]))
        self.draws: dict[int, int] = {}
        self.listed: list[str] = []
        """The consultations in the order of listings.csv, which is that of their making."""
        for slug, order, _day, _rank, number, key in self.folder.rows("listings.csv", verify.LISTINGS):
            if not self.listed or self.listed[-1] != slug:
                self.listed.append(slug)
            if order == "discover":
                self.draws[int(number)] = int(key.split(" ")[1])
        self.categories: dict[int, str] = {}

    def leaves(self) -> Iterator[tuple[str, str, bytes, int]]:
        """Each leaf as it is kept: its kind, its words, its hash, its position."""
        for position, line in enumerate(self.folder.lines("ledger/leaves.jsonl", 4 * verify.LONGEST_LEAF)):
            yield str(json.loads(line)["kind"]), line.decode(), leaf_hash(line), position

    def _parsed_leaves(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for line in self.folder.lines("ledger/leaves.jsonl", 4 * verify.LONGEST_LEAF):
            self.hashes += leaf_hash(line)
            leaf = json.loads(line)
            if len(leaf["kind"]) > 16 or "\x00" in leaf["kind"]:
                raise SourceRefused(_("The register holds a leaf of a kind that this release does not know."))
            yield leaf["kind"], leaf

    def _remember(self, position: int, kind: str, leaf: dict[str, Any]) -> None:
        if kind == "import" and "votes" in leaf:
            self.imports[position] = _whole(leaf["import"])
        number = leaf.get("object", "")
        is_restored = kind == "mod" and leaf.get("act") == "restored"
        hides = kind == "mod" and leaf.get("act") in verify.HIDING and not is_restored
        erases = kind == "erase" and leaf.get("ground") != "name"
        if (hides or erases) and str(number).startswith("annotation/"):
            self.gone_comments[str(number)] = (str(leaf.get("ground", ""))[:40], self.time_of(position))
        elif (hides or erases or is_restored) and str(number).startswith("contribution/"):
            key = verify.number_of(number)
            self.gone.pop(key, None)
            if not is_restored:
                self.gone[key] = (str(leaf.get("ground", ""))[:40], self.time_of(position))

    def _read_erasures(self) -> None:
        """The days of erasures.csv are finer than those of checkpoints: they are what is shown."""
        for row in self.folder.rows("erasures.csv", ("number", "erased_on", "ground", "text")):
            number, day = int(row[0]), row[1]
            if row[3]:
                continue
            if number in self.gone and day:
                noon = datetime.combine(date.fromisoformat(day), time(12), PARIS)
                self.gone[number] = (row[2][:40] or self.gone[number][0], noon)

    def last_seal(self) -> datetime:
        """When the register was last sealed."""
        return _instant(self.checkpoints[-1]["sealed_at"])

    def hash_at(self, position: Any) -> bytes:
        return bytes(self.hashes[HASH * position : HASH * position + HASH])

    def time_of(self, position: int) -> datetime | None:
        """When a leaf was sealed at the latest: the first checkpoint that holds it."""
        rank = bisect_right(self._sizes, position)
        return _instant(self.checkpoints[rank]["sealed_at"]) if rank < len(self.checkpoints) else None

    # ------------------------------------------------------------------------------------- the frame

    def process_facts(self) -> dict[str, Any]:
        """The fields of the process."""
        return _read(self.document["process"], PROCESS)

    def referral(self, process: Process) -> Referral | None:
        found = self.document["referral"]
        if found is None:
            return None
        questions = "\n".join(str(question) for question in found["questions"])
        return fitting(Referral(process=process, questions=questions, **_read(found, REFERRAL)))

    def themes(self, process: Process) -> list[Theme]:
        return [
            fitting(Theme(process=process, **_read(found, {"number": int, "title": str, "presentation": str})))
            for found in self.document["themes"]
        ]

    def consultations(self, process: Process, themes: dict[int, Theme]) -> list[Consultation]:
        """In the order of their making; all closed here, whatever they were there. Those that only acts name stay drafts."""
        found = []
        for rank, entry in enumerate(self.document["consultations"], start=1):
            config = entry["config"]
            found.append(
                Consultation(
                    process=process,
                    theme=None if entry["theme"] is None else themes[entry["theme"]],
                    rank=rank,
                    state=Consultation.State.CLOSED,
                    config_leaf=None if config is None else unb64(config),
                    **_read(entry, CONSULTATION),
                )
            )
        known = {one.slug for one in found}
        unseen = sorted({act["consultation"] for act in self.document["acts"] if act["consultation"] is not None} - known)
        found += [Consultation(process=process, slug=slug, title=slug[:250]) for slug in unseen]
        for one in found:
            if not SLUG.fullmatch(one.slug):
                raise SourceRefused(_("“%(word)s” cannot be an address here.") % {"word": one.slug[:60]})
            if one.opens_at and one.closes_at and one.opens_at >= one.closes_at:
                raise SourceRefused(_("“%(word)s” closes before it opens.") % {"word": one.slug[:60]})
            fitting(one)
            one.voters = self._voters_of(one.slug)
        made = {slug: rank for rank, slug in reversed(list(enumerate(self.listed)))}
        return sorted(found, key=lambda one: (made.get(one.slug, len(made)), one.rank))

    def _voters_of(self, slug: str) -> int:
        """How many voted in a consultation, which its Polis summary alone says; 0 where nothing does. Raises ValueError."""
        name = f"{polis_folder(slug)}summary.csv"
        if not (Path(self.folder.path) / name).is_file():
            return 0
        summary = dict(csv.reader(io.StringIO(self.folder.text(name), newline="")))
        return cells.count(summary.get("voters", "")) or 0

    def extensions(self, by_slug: dict[str, Consultation]) -> Iterator[Extension]:
        for entry in self.document["consultations"]:
            for found in entry["extensions"]:
                yield fitting(Extension(consultation=by_slug[entry["slug"]], **_read(found, EXTENSION)))

    def rules(self, by_slug: dict[str, Consultation], now: datetime) -> Iterator[RulesInForce]:
        for entry in self.document["rules"]:
            yield fitting(
                RulesInForce(
                    consultation=by_slug[entry["consultation"]],
                    document=canonical(entry["document"]).decode(),
                    salt=unb64(entry["salt"]),
                    leaf_hash=self.hash_at(entry["leaf"]),
                    since_at=self.time_of(entry["leaf"]) or now,
                )
            )

    def acts(self, process: Process, by_slug: dict[str, Consultation]) -> Iterator[Act]:
        for entry in self.document["acts"]:
            document = entry["document"]
            yield fitting(
                Act(
                    process=process,
                    consultation=None if entry["consultation"] is None else by_slug[entry["consultation"]],
                    kind=entry["kind"],
                    actor=entry["actor"],
                    document="" if document is None else str(document),
                    salt=b"" if document is None else unb64(entry["salt"]),
                    leaf_hash=self.hash_at(entry["leaf"]),
                    happened_at=_instant(entry["happened_at"]),
                )
            )

    def kept_checkpoints(self) -> Iterator[Checkpoint]:
        for kept in self.checkpoints:
            root = verify.Checkpoint(kept["note"]).root
            yield Checkpoint(
                size=kept["size"], root=root, note=kept["note"], sealed_at=_instant(kept["sealed_at"]), is_close=kept["is_close"]
            )

    # ------------------------------------------------------------------------------------- the texts

    def texts(self, process: Process, by_slug: dict[str, Consultation], *kinds: str) -> Iterator[tuple[Contribution, int]]:
        """The texts of these kinds, by number, each with the number of what it answers (0 when it answers nothing)."""
        for row in self.folder.rows("contributions.csv", verify.CONTRIBUTIONS):
            cell = dict(zip(verify.CONTRIBUTIONS, row, strict=True))
            if cell["kind"] not in kinds:
                continue
            number, revision = int(cell["number"]), int(cell["revision"])
            ground, since = self.gone.get(number, ("", None)) if cell["status"] != Status.PUBLISHED else ("", None)
            imported = self.tallies.get((number, revision, "import"), NONE)
            text = Contribution(
                process=process,
                consultation=by_slug[cell["consultation"]],
                number=number,
                revision=revision,
                author_name=cell["author"],
                was_verified=cell["verified"] == "true",
                published_at=_instant(cell["published_at"]),
                category=self.categories.get(number, ""),
                status_ground=ground,
                status_since=since,
                **{name: cell[name] for name in COPIED},
                **{
                    name: int(cell[name])
                    for name in ("agree", "mixed", "disagree", "arguments_for", "arguments_against", "sources")
                },
            )
            text.imported_agree, text.imported_mixed, text.imported_disagree = imported
            _ensure_address(text.url, text.number)
            _ensure_address(text.origin_address, text.number)
            yield fitting(text), int(cell["about"] or 0)

    def revisions(self) -> Iterator[tuple[int, Revision]]:
        """The number of the text, and each of its versions."""
        for line in self.folder.lines("revisions.jsonl"):
            entry = json.loads(line)
            number, revision, document = entry["contribution"], entry["revision"], entry["document"] or {}
            if document:
                self.categories[number] = document["category"]
            found = Revision(
                number=revision,
                reason=entry["reason"],
                title=document.get("title", ""),
                body=document.get("body", ""),
                url=document.get("url", ""),
                category=document.get("category", ""),
                stood_in=document.get("consultation", ""),
                published_at=_instant(document["published_at"]) if document else self.time_of(entry["leaf"]) or self.last_seal(),
                salt=None if entry["salt"] is None else unb64(entry["salt"]),
                author_salt=None if entry["author_salt"] is None else unb64(entry["author_salt"]),
                leaf_hash=self.hash_at(entry["leaf"]),
            )
            found.agree, found.mixed, found.disagree = self.tallies.get((number, revision, "web"), NONE)
            _ensure_address(found.url, number)
            yield number, fitting(found)

    # ------------------------------------------------------------------------------------- the votes

    def openings(self) -> Iterator[tuple[int, int, int, int, bytes, bytes]]:
        """Each vote cast there: number of the text, position of its leaf, revision, position, salt, hash of the nonce."""
        for leaf, number, revision, position, salt, nonce, origin in self.folder.rows("votes.csv", verify.VOTES):
            if origin != "import":
                yield int(number), int(leaf), int(revision), int(position), unb64(salt), unb64(nonce)

    def taken_over(self) -> Iterator[tuple[int, int, int, int, int]]:
        """Each vote that the source had itself taken over: import, line, number, revision, position."""
        for line, (leaf, number, revision, position, _salt, _nonce, origin) in enumerate(
            self.folder.rows("votes.csv", verify.VOTES), start=1
        ):
            if origin == "import":
                yield self.imports[int(leaf)], line, int(number), int(revision), int(position)


def _ensure_address(url: str, number: int) -> None:
    """Nothing becomes a link but an address of the web."""
    if len(url) > ADDRESS_LENGTH or address_refusal(url) is not None:
        raise SourceRefused(_("#%(number)d bears an address that is not one of the web: it is refused.") % {"number": number})


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 31:
        raise SourceRefused(_("The register counts its imports by something that is not a number."))
    return value


def _read(entry: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """The values of these fields, each of its type. Raises SourceRefused."""
    found = {}
    for name, kind in fields.items():
        value = entry[name]
        if kind is DAY:
            found[name] = _day(value)
        elif kind is INSTANT:
            found[name] = None if value is None else _instant(value)
        elif type(value) is not kind:
            raise SourceRefused(_("process.json: “%(name)s” is not what it should be.") % {"name": name})
        else:
            found[name] = value
    return found


def _day(value: Any) -> date | None:
    return None if value is None else parse_date(value)


def _instant(value: str) -> datetime:
    found = parse_datetime(value)
    if found is None or found.tzinfo is None:
        raise SourceRefused(_("“%(value)s” is not an instant.") % {"value": value[:40]})
    return found


@cache
def _limits(model: type[Model]) -> list[tuple[str, int | None, frozenset[str]]]:
    """For each text of a model: its name, how long it may be, what it may be."""
    return [
        (field.attname, field.max_length, frozenset(str(value) for value, _label in field.choices or ()))
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField)
    ]


Record = TypeVar("Record", bound=Model)


def fitting(record: Record) -> Record:
    """The record, whose texts are no longer and no other than this installation stores. Raises SourceRefused."""
    for name, longest, choices in _limits(type(record)):
        value = getattr(record, name)
        if not isinstance(value, str):
            reason = _("is not a text")
        elif longest is not None and len(value) > longest:
            reason = _("is longer than %(count)d characters") % {"count": longest}
        elif choices and value and value not in choices:
            reason = _("is “%(value)s”, which this release does not know") % {"value": value[:40]}
        elif holds_forbidden(value):
            reason = _("holds characters that hide or reverse text")
        else:
            continue
        raise SourceRefused(
            _("This folder verifies, but cannot be shown here: %(where)s, “%(name)s” %(reason)s.")
            % {"where": record._meta.label, "name": name, "reason": reason}
        )
    return record


KINDS = (Kind.PROPOSAL, Kind.COMPLETION, Kind.ARGUMENT, Kind.SOURCE)
"""The order of writing: what is answered before what answers."""
