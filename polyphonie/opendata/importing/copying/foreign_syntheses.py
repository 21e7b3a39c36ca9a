"""What does an export of another installation hold of syntheses? Published versions and fates, as records not yet saved.

The verifier says that each version is the one that was inscribed; whoever inscribed it may have made it to break a page. So each
is held to the shape that pages draw, its words to those that people may write here.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from polyphonie.contributions.models import Fate
from polyphonie.core.plaintext import holds_forbidden
from polyphonie.ledger.canonical import unb64
from polyphonie.opendata import verify
from polyphonie.opendata.importing.copying.foreign import Foreign, fitting
from polyphonie.opendata.importing.reading import SourceRefused
from polyphonie.opinion.apart import TOO_FEW
from polyphonie.synthesis.changes import ADDED, CHANGED, REMOVED
from polyphonie.synthesis.content import content_hash
from polyphonie.synthesis.models import ColumnKind, Qualifier, Review, SettledDoubt, Spanned, Statement, SynthesisVersion
from polyphonie.synthesis.queries.measuring import FAILED, FOUND
from polyphonie.synthesis.rules import CHECKLIST
from polyphonie.synthesis.wording import pieces


@dataclass(frozen=True)
class Perhaps:
    """What may be null."""

    shape: Any


LONGEST_TEXT = 100_000
MOST_ITEMS = 100_000
LARGEST_NUMBER = 1 << 31
LARGEST_SUM = 1 << 53
KEY = re.compile(r"[A-Za-z0-9_-]{1,12}")

CITATION = {"number": int, "revision": int, "qualifier": tuple(Qualifier.values)}
QUOTE = {"field": tuple(Spanned.Field.values), "start": int, "end": int}
STATEMENT = {
    "key": KEY, "topic": str, "column": tuple(ColumnKind.values), "position": ("", *Statement.Position.values),
    "is_linking": bool, "text": str, "citations": [CITATION],
}  # fmt: skip
CONTENT = {
    "v": (1,), "consultation": str, "title": str, "introduction": str,
    "columns": [{"kind": tuple(ColumnKind.values), "label": str}], "topics": [{"key": KEY, "label": str}],
    "statements": [STATEMENT], "uncited": [{"number": int, "fate": str, "reason": str}],
}  # fmt: skip
SHARE = {"part": int, "whole": int}
SUM = {"part": float, "whole": float}
AUTHORS = {"value": str, "authors": int, "is_pooled": bool}
COVERAGE = {
    "headline": {"cited": SHARE, "uncited": [{"number": int, "reason": str}]}, "by_votes": SHARE, "by_families": SHARE,
    "soft": SUM, "claims": int, "claims_without_citation": int, "proposals_read": int,
    "left_out": [{"kind": ("argument", "source", "completion"), "side": ("", "for", "against"), "voices": int, "cited": int,
                  "dealt_with": int}],
    "concentration": {"most_cited": SHARE, "authors": int, "index": SUM,
                      "campaigns": [{"numbers": [int], "size": int, "is_cited": bool}]},
    "controversies": [{"claim": str, "arguments_for": int, "arguments_against": int, "is_one_sided": bool}],
    "topics": {"topics": [{"topic": str, "said": float, "cited": float}], "divergence": float},
    "to_read": [{"numbers": [int], "votes": int, "nearest": int}], "sorted": dict, "parameters": dict,
    "near": {"formula": str, "computed_at": Perhaps(str), "nearest": [[int]]},
    "authors": {"origin": [{**AUTHORS, "cited": int}], "category": [{**AUTHORS, "share": Perhaps(float)}],
                "territory": [{**AUTHORS, "share": Perhaps(float)}]},
    "formula": str, "input_hash": str,
}  # fmt: skip
"""What pages draw of it."""
FOUND_OF_SOME = {"voters": int, "with_one": Perhaps(float), "satisfaction": Perhaps(float)}
ALARMS = [{"number": int, "at_least": int}]
REPRESENTATION = {
    "formula": str, "input_hash": str, "parameters": dict, "computed_at": str, "seed": Perhaps(int), **FOUND_OF_SOME,
    "few": ("", "with_one", "without"), "unrepresented": ALARMS,
    "groups": [{"group": str, **FOUND_OF_SOME, "is_left_behind": bool, "unrepresented": ALARMS}],
    "topics": [{"topic": str, **FOUND_OF_SOME}],
}  # fmt: skip
CHANGES = [{"statement": KEY, "change": (ADDED, CHANGED, REMOVED), "because": [int]}]
REVIEW = {"reviewer": str, "body": str, "checklist": dict.fromkeys(CHECKLIST, bool), "remarks": str, "reviewed_at": str}
DOUBTS = [{"check": str, "statements": [KEY], "reason": str, "settled_by": str, "settled_at": str}]
VERSION = {
    "consultation": str, "version": int, "is_final": bool, "published_at": str, "published_by": str, "content": CONTENT,
    "changes": CHANGES, "coverage": COVERAGE, "representation": dict, "doubts": DOUBTS, "leaf": int,
}  # fmt: skip
"""A type; a choice of words; a pattern; a list of what is alike; what may be null; or names, others being free."""


@dataclass(frozen=True)
class ForeignVersion:
    """A published version, what tells of its second reading, and the doubts that it is the first to name."""

    record: SynthesisVersion
    consultation: str
    is_final: bool
    review: Review | None
    doubts: list[SettledDoubt]


def versions_in(source: Foreign) -> Iterator[ForeignVersion]:
    """Each version, in the order of the file: by consultation, then by number. Raises SourceRefused."""
    told: dict[str, int] = {}
    for line in source.folder.lines("syntheses.jsonl"):
        entry = json.loads(line)
        _ensure_shaped(entry, VERSION, "syntheses.jsonl")
        _ensure_plain(entry)
        slug, content, rank = entry["consultation"], entry["content"], told.get(entry["consultation"], 0)
        _ensure_drawn(content)
        _ensure_measured(entry["coverage"], entry["representation"])
        published_at = _instant(entry["published_at"]) + _within_the_minute(2 * entry["version"])
        record = SynthesisVersion(
            number=entry["version"],
            content=content,
            content_hash=content_hash(content),
            coverage=entry["coverage"],
            representation=entry["representation"],
            changes=entry["changes"],
            published_by=entry["published_by"],
            published_at=published_at,
            told_up_to=None,
            leaf_hash=source.hash_at(entry["leaf"]),
        )
        doubts = [_doubt(one, entry["version"]) for one in entry["doubts"][rank:]]
        told[slug] = len(entry["doubts"])
        yield ForeignVersion(fitting(record), slug, entry["is_final"], _review(entry["review"], record), doubts)


def _within_the_minute(rank: int) -> timedelta:
    """Files say the minute; a version and the doubts settled before it keep their order within it."""
    return timedelta(milliseconds=rank)


def _doubt(entry: dict[str, Any], version: int) -> SettledDoubt:
    return fitting(
        SettledDoubt(
            check_name=entry["check"],
            marks=[{"statement": key, "mark": ""} for key in entry["statements"]],
            reason=entry["reason"],
            settled_by=entry["settled_by"],
            settled_at=_instant(entry["settled_at"]) + _within_the_minute(2 * version - 1),
        )
    )


def _review(entry: dict[str, Any] | None, version: SynthesisVersion) -> Review | None:
    if entry is None:
        return None
    _ensure_shaped(entry, REVIEW, "syntheses.jsonl")
    return fitting(
        Review(
            reviewer=entry["reviewer"],
            body=entry["body"],
            content_hash=version.content_hash,
            checklist=entry["checklist"],
            remarks=entry["remarks"],
            is_favourable=True,
            reviewed_at=_instant(entry["reviewed_at"]),
        )
    )


def fates_in(source: Foreign) -> Iterator[tuple[int, Fate]]:
    """The number of the text, and each decision on it, in the order of the file. Raises SourceRefused."""
    here = f"/{source.document['process']['slug']}/"
    for row in source.folder.rows("fates.csv", verify.FATES):
        cell = dict(zip(verify.FATES, row, strict=True))
        if cell["address"] and not cell["address"].startswith(here):
            raise SourceRefused(_("fates.csv: “%(address)s” is not an address of its site.") % {"address": cell["address"][:80]})
        fate = Fate(
            number=int(cell["decision"]),
            fate=cell["fate"],
            reason=cell["reason"],
            address=cell["address"],
            decided_by=cell["decided_by"],
            decided_at=_instant(cell["decided_at"]),
            salt=unb64(cell["salt"]),
            leaf_hash=source.hash_at(int(cell["leaf"])),
        )
        yield int(cell["number"]), fitting(fate)


def _ensure_drawn(content: dict[str, Any]) -> None:
    """Each place of a sentence has its citation or its quotation, and each of these its place."""
    for statement in content["statements"]:
        quotes = [one["quote"] for one in statement["citations"] if "quote" in one]
        _ensure_shaped(quotes, [QUOTE], "syntheses.jsonl")
        parts = list(pieces(statement["text"]))
        cited = [part.citation for part in parts if part.citation is not None]
        quoted = {part.quotation for part in parts if part.quotation is not None}
        if cited != list(range(len(statement["citations"]))) or quoted != set(range(1, len(quotes) + 1)):
            raise SourceRefused(_("A sentence of a synthesis does not say what it cites: “%(key)s”.") % {"key": statement["key"]})


def _ensure_measured(coverage: dict[str, Any], representation: dict[str, Any]) -> None:
    """What its measures hold beyond names and types, and what voters find of theirs where that was computed."""
    near = coverage["near"]
    _ensure_shaped([len(row) for row in near["nearest"]], [(3,)], "syntheses.jsonl")
    named = [*coverage["concentration"]["campaigns"], *coverage["to_read"]]
    _ensure_shaped([bool(row["numbers"]) for row in named], [(True,)], "syntheses.jsonl")
    instants = [near["computed_at"]] if near["computed_at"] else []
    if representation:
        _ensure_shaped(representation, {"verdict": (FOUND, TOO_FEW, FAILED), "computed_at": str}, "syntheses.jsonl")
        instants.append(representation["computed_at"])
    if representation.get("verdict") == FOUND:
        _ensure_shaped(representation, REPRESENTATION, "syntheses.jsonl")
    for instant in instants:
        _instant(instant)


def _ensure_shaped(value: Any, shape: Any, where: str) -> None:
    """Raises SourceRefused for a value that has not this shape."""
    if shape is int:
        is_right = type(value) is int and 0 <= value < LARGEST_NUMBER
    elif shape is float:
        is_right = type(value) in (int, float) and -LARGEST_SUM < value < LARGEST_SUM
    elif isinstance(shape, type):
        is_right = type(value) is shape
    elif isinstance(shape, Perhaps):
        is_right = True
        if value is not None:
            _ensure_shaped(value, shape.shape, where)
    elif isinstance(shape, re.Pattern):
        is_right = isinstance(value, str) and shape.fullmatch(value) is not None
    elif isinstance(shape, tuple):
        is_right = value in shape
    elif isinstance(shape, list):
        is_right = isinstance(value, list) and len(value) <= MOST_ITEMS
        for one in value if is_right else ():
            _ensure_shaped(one, shape[0], where)
    else:
        is_right = isinstance(value, dict) and shape.keys() <= value.keys()
        for name in shape if is_right else ():
            _ensure_shaped(value[name], shape[name], where)
    if not is_right:
        raise SourceRefused(_("%(where)s does not have the shape of what this release shows.") % {"where": where})


def _ensure_plain(value: Any) -> None:
    """Raises SourceRefused for words that are longer than a page, or that hide or reverse text."""
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT or holds_forbidden(value):
            raise SourceRefused(_("A synthesis holds words that cannot be shown here."))
    elif isinstance(value, list):
        for one in value:
            _ensure_plain(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            _ensure_plain(name)
            _ensure_plain(one)


def _instant(value: str) -> datetime:
    found = parse_datetime(value)
    if found is None or found.tzinfo is None:
        raise SourceRefused(_("“%(value)s” is not an instant.") % {"value": value[:40]})
    return found
