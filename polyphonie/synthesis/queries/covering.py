"""How much of its consultation does a content take up? What `opinion.citing.coverage` measures, asked of the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from polyphonie.contributions.models import Contribution, Kind, Status
from polyphonie.core.printing import PARIS
from polyphonie.opinion.citing.balance import Authors, authors_by
from polyphonie.opinion.citing.cited import MILLION, Cited, Claim, Heard, gathered, heard
from polyphonie.opinion.citing.coverage import Coverage, coverage
from polyphonie.synthesis.models import ColumnKind, Measure, Reading, Synthesis
from polyphonie.synthesis.queries.remembered import (
    MEASURED,
    Pairs,
    Remembered,
    remembered,
    topics_by_number,
    voice_rows,
    voices_from,
)

AUTHORS_STEP = 20
"""Shares of authors by what they declared go down to twentieths."""
LEAST_CELL = 10
MOST_TO_READ = 50
"""Families still to be read that the measure of a draft holds: more than a page names."""
AGAIN_AFTER = 600
"""Seconds after which what authors declared is counted again in a draft."""


@dataclass(frozen=True)
class Near:
    """What the last job knew of near-duplicates, as far as this content needs it: families of proposals; for each proposal
    that is not cited the nearest that is, and how near in millionths. `computed_at` None: it has not been computed."""

    formula: str = ""
    computed_at: str | None = None
    families: tuple[tuple[int, ...], ...] = ()
    nearest: tuple[tuple[int, int, int], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "formula": self.formula,
            "computed_at": self.computed_at,
            "families": [list(family) for family in self.families],
            "nearest": [list(row) for row in self.nearest],
        }


@dataclass(frozen=True)
class Compared:
    """What the last job found of near-duplicates, when."""

    read_at: datetime
    formula: str
    families: Sequence[Sequence[int]]
    pairs: Pairs


@dataclass(frozen=True)
class Declared:
    """What is known of the authors of proposals, by the number of each."""

    origins: Mapping[int, str]
    categories: Mapping[int, str]
    territories: Mapping[int, str]


def coverage_of(synthesis: Synthesis, content: Mapping[str, Any]) -> dict[str, Any]:
    """What is published beside this content: every figure that needs no voter's key, and the numbers it counts."""
    said = heard(voices_from(voice_rows(synthesis), topics_by_number(synthesis), reasons_of(content)))
    claims = tuple(claims_of(content))
    near = near_of(compared_for(synthesis), said, claims)
    return {
        **_measured(said, claims, near).as_json(),
        "near": near.as_json(),
        "authors": authors_of(declared_by(synthesis), gathered(said, claims)),
        "voices": list(said.voices),
        "sorted": {str(voice.number): list(voice.topics) for voice in said.voices.values() if voice.topics},
        **_read(synthesis),
    }


def coverage_of_draft(synthesis: Synthesis, content: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The same figures for those who write it, without the lists and the hash that are published: measured once for the same
    texts, sentences and pairs; what a job found and, for ten minutes, what authors say of themselves are read once."""
    known = remembered(synthesis, reasons_of(content))
    claims = tuple(claims_of(content))
    compared = compared_for(synthesis, known)
    declared = known.once("declared", int(now.timestamp()) // AGAIN_AFTER, lambda: declared_by(synthesis))

    def measure() -> dict[str, Any]:
        near = near_of(compared, known.said, claims)
        whole = _measured(known.said, claims, near, is_hashed=False)
        shown = replace(whole, to_read=whole.to_read[:MOST_TO_READ], headline=replace(whole.headline, uncited=()))
        authors = authors_of(declared, gathered(known.said, claims))
        named = {number for family in shown.to_read for number in family.numbers}
        nearest = replace(near, nearest=tuple(row for row in near.nearest if row[0] in named))
        return {**shown.as_json(), "families_to_read": len(whole.to_read), "near": nearest.as_json(), "authors": authors}

    measured = known.once(MEASURED, (claims, compared, declared), measure)
    return {**measured, **_read(synthesis)}


def _measured(said: Heard, claims: Sequence[Claim], near: Near, *, is_hashed: bool = True) -> Coverage:
    similarities = [(number, cited, nearness / MILLION) for number, cited, nearness in near.nearest]
    return coverage(said, claims, families=near.families, similarities=similarities, is_hashed=is_hashed)


def reasons_of(content: Mapping[str, Any]) -> dict[int, str]:
    """Why a contribution is not cited, by number."""
    return {row["number"]: row["reason"] for row in content["uncited"]}


def _read(synthesis: Synthesis) -> dict[str, int]:
    read = Reading.objects.filter(synthesis=synthesis, contribution__status=Status.PUBLISHED)
    return {"read": read.count(), "proposals_read": read.filter(contribution__kind=Kind.PROPOSAL).count()}


def compared_for(synthesis: Synthesis, known: Remembered | None = None) -> Compared | None:
    """What the last job found of near-duplicates, or None; `known` remembers it as long as the same texts were compared."""
    measures = Measure.objects.filter(synthesis=synthesis, kind=Measure.Kind.NEARNESS)
    told = measures.values_list("pk", "basis", "read_at").first()
    if told is None:
        return None
    pk, basis, read_at = told

    def read() -> tuple[str, list[list[int]], Pairs] | None:
        """None where the job failed: its next may not, of the same texts."""
        result = measures.values_list("result", flat=True).get(pk=pk)
        return (result["formula"], result["families"], Pairs(result["pairs"])) if result else None

    found = read() if known is None else known.once("compared", (pk, basis), read)
    return None if found is None else Compared(read_at, *found)


def near_of(compared: Compared | None, said: Heard, claims: Iterable[Claim]) -> Near:
    """What the last job found of these voices; nothing of one that is not shown any more."""
    if compared is None:
        return Near()
    shown = said.voices
    cited = {number for claim in claims for number in claim.cites} & shown.keys()
    kept = (tuple(number for number in family if number in shown) for family in compared.families)
    computed_at = compared.read_at.astimezone(PARIS).isoformat(timespec="minutes")
    families = tuple(family for family in kept if len(family) > 1)
    return Near(compared.formula, computed_at, families, compared.pairs.nearest(shown, cited))


def declared_by(synthesis: Synthesis) -> Declared:
    """Where the authors of proposals come from, which is public, and what they declared, which is not, by number."""
    rows = Contribution.objects.filter(consultation=synthesis.consultation_id, status=Status.PUBLISHED, kind=Kind.PROPOSAL)
    told = list(rows.order_by("number").values_list("number", "origin", "author_kind", "author__category", "author__territory"))
    return Declared(
        origins={number: origin for number, origin, _kind, _category, _territory in told},
        categories={number: kind or category or "" for number, _origin, kind, category, _territory in told},
        territories={number: "" if kind else (territory or "") for number, _origin, kind, _category, territory in told},
    )


def authors_of(declared: Declared, cited: Cited) -> dict[str, Any]:
    """How many authors of proposals find one of theirs cited, by origin, and by category and territory in twentieths, both sides
    of ten at least. Authors, never voters."""
    return {
        "origin": [_exactly(one) for one in authors_by(cited, declared.origins)],
        "category": [_in_twentieths(one) for one in authors_by(cited, declared.categories)],
        "territory": [_in_twentieths(one) for one in authors_by(cited, declared.territories)],
    }


def _exactly(one: Authors) -> dict[str, Any]:
    return {"value": one.value, "authors": one.authors.whole, "cited": one.authors.part, "is_pooled": one.is_pooled}


def _in_twentieths(one: Authors) -> dict[str, Any]:
    """`share` None where fewer than ten stand on either side."""
    part, whole = one.authors.part, one.authors.whole
    is_told = min(part, whole - part) >= LEAST_CELL
    share = part * AUTHORS_STEP // whole / AUTHORS_STEP if is_told else None
    return {"value": one.value, "authors": whole, "share": share, "is_pooled": one.is_pooled}


def claims_of(content: Mapping[str, Any]) -> list[Claim]:
    """The sentences of a content that claim something, with what each cites. The positions of a controversy, under one topic, are
    one claim, labelled by the first: its balance is that of both."""
    cites: dict[str, list[int]] = {}
    kinds: dict[str, str] = {}
    controversy_of: dict[str, str] = {}
    for statement in content["statements"]:
        if statement["is_linking"]:
            continue
        label = statement["key"]
        if statement["column"] == ColumnKind.CONTROVERSY and statement["topic"]:
            label = controversy_of.setdefault(statement["topic"], label)
        kinds.setdefault(label, statement["column"])
        cites.setdefault(label, []).extend(citation["number"] for citation in statement["citations"])
    return [Claim(label, kind, tuple(cites[label])) for label, kind in kinds.items()]
