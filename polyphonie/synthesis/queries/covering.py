"""How much of its consultation does a content take up? What `opinion.citing.coverage` measures, asked of the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from polyphonie.contributions.models import Contribution, Kind, Status
from polyphonie.core.printing import PARIS
from polyphonie.opinion.citing.balance import Authors, authors_by
from polyphonie.opinion.citing.cited import MILLION, Claim, Voice, gathered
from polyphonie.opinion.citing.coverage import coverage
from polyphonie.synthesis.models import ColumnKind, Measure, Presorted, Reading, Synthesis

AUTHORS_STEP = 20
"""Shares of authors by what they declared go down to twentieths."""
LEAST_CELL = 10
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


def coverage_of(synthesis: Synthesis, content: Mapping[str, Any]) -> dict[str, Any]:
    """What is published beside this content: every figure that needs no voter's key, and the numbers it counts."""
    reasons = {row["number"]: row["reason"] for row in content["uncited"]}
    voices, claims = tuple(voices_of(synthesis, reasons)), tuple(claims_of(content))
    return {**_measured(synthesis, voices, claims), **_read(synthesis)}


def coverage_of_draft(synthesis: Synthesis, content: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The same for those who write it, who ask for it again and again: measured once for the same texts, sentences and pairs,
    and once in ten minutes for what authors say of themselves."""
    reasons = {row["number"]: row["reason"] for row in content["uncited"]}
    voices, claims = tuple(voices_of(synthesis, reasons)), tuple(claims_of(content))
    compared = Measure.objects.filter(synthesis=synthesis, kind=Measure.Kind.NEARNESS).values_list("read_at", flat=True).first()
    turn = int(now.timestamp()) // AGAIN_AFTER
    return {**measured_once(synthesis.pk, voices, claims, compared, turn), **_read(synthesis)}


@lru_cache(maxsize=1)
def measured_once(
    synthesis: int, voices: tuple[Voice, ...], claims: tuple[Claim, ...], compared: datetime | None, turn: int
) -> dict[str, Any]:
    return _measured(Synthesis.objects.get(pk=synthesis), voices, claims)


def _measured(synthesis: Synthesis, voices: Sequence[Voice], claims: Sequence[Claim]) -> dict[str, Any]:
    near = near_of(synthesis, voices, claims)
    similarities = [(number, cited, nearness / MILLION) for number, cited, nearness in near.nearest]
    measured = coverage(voices, claims, families=near.families, similarities=similarities).as_json()
    return {
        **measured,
        "near": near.as_json(),
        "authors": authors_of(synthesis, voices, claims),
        "voices": [voice.number for voice in voices],
        "sorted": {str(voice.number): list(voice.topics) for voice in voices if voice.topics},
    }


def _read(synthesis: Synthesis) -> dict[str, int]:
    read = Reading.objects.filter(synthesis=synthesis, contribution__status=Status.PUBLISHED)
    return {"read": read.count(), "proposals_read": read.filter(contribution__kind=Kind.PROPOSAL).count()}


def near_of(synthesis: Synthesis, voices: Iterable[Voice], claims: Iterable[Claim]) -> Near:
    """What the last job found of these voices; nothing of one that is not shown any more."""
    known = Measure.objects.filter(synthesis=synthesis, kind=Measure.Kind.NEARNESS).first()
    if known is None or not known.result:
        return Near()
    shown = {voice.number for voice in voices}
    cited = {number for claim in claims for number in claim.cites} & shown
    kept = (tuple(number for number in family if number in shown) for family in known.result["families"])
    computed_at = known.read_at.astimezone(PARIS).isoformat(timespec="minutes")
    families = tuple(family for family in kept if len(family) > 1)
    return Near(known.result["formula"], computed_at, families, _nearest(known.result["pairs"], shown, cited))


def _nearest(pairs: Iterable[Sequence[int]], shown: set[int], cited: set[int]) -> tuple[tuple[int, int, int], ...]:
    """For each text that is not cited, the nearest that is: (number, cited, millionths); of two as near, the first number."""
    best: dict[int, tuple[int, int]] = {}
    for one, other, near in pairs:
        is_cited = one in cited
        if is_cited == (other in cited):
            continue
        number, beside = (other, one) if is_cited else (one, other)
        if number in shown:
            best[number] = min(best.get(number, (0, 0)), (-near, beside))
    return tuple((number, beside, -negative) for number, (negative, beside) in sorted(best.items()))


def authors_of(synthesis: Synthesis, voices: Iterable[Voice], claims: Iterable[Claim]) -> dict[str, Any]:
    """How many authors of proposals find one of theirs cited, by origin, which is public, and by what they declared of
    themselves, which is not: by category and by territory, in twentieths, both sides of ten at least. Authors, never voters."""
    cited = gathered(voices, claims)
    rows = Contribution.objects.filter(consultation=synthesis.consultation_id, status=Status.PUBLISHED, kind=Kind.PROPOSAL)
    told = list(rows.order_by("number").values_list("number", "origin", "author_kind", "author__category", "author__territory"))
    origins = {number: origin for number, origin, _kind, _category, _territory in told}
    categories = {number: kind or category or "" for number, _origin, kind, category, _territory in told}
    territories = {number: "" if kind else (territory or "") for number, _origin, kind, _category, territory in told}
    return {
        "origin": [_exactly(one) for one in authors_by(cited, origins)],
        "category": [_in_twentieths(one) for one in authors_by(cited, categories)],
        "territory": [_in_twentieths(one) for one in authors_by(cited, territories)],
    }


def _exactly(one: Authors) -> dict[str, Any]:
    return {"value": one.value, "authors": one.authors.whole, "cited": one.authors.part, "is_pooled": one.is_pooled}


def _in_twentieths(one: Authors) -> dict[str, Any]:
    """`share` None where fewer than ten stand on either side."""
    part, whole = one.authors.part, one.authors.whole
    is_told = min(part, whole - part) >= LEAST_CELL
    share = part * AUTHORS_STEP // whole / AUTHORS_STEP if is_told else None
    return {"value": one.value, "authors": whole, "share": share, "is_pooled": one.is_pooled}


def topics_by_number(synthesis: Synthesis) -> dict[int, str]:
    """The topic under which the rapporteurs sorted each contribution, by hand or by a suggestion that one of them accepted."""
    found: dict[int, str] = {}
    for rows in (Presorted.objects.order_by("pk"), Reading.objects.order_by("pk")):
        found |= dict(rows.filter(synthesis=synthesis, topic__isnull=False).values_list("contribution__number", "topic__key"))
    return found


def voices_of(synthesis: Synthesis, reasons: Mapping[int, str]) -> list[Voice]:
    """The contributions of its consultation that are shown, sorted as the rapporteurs sorted them; votes of every origin."""
    topics = topics_by_number(synthesis)
    rows = (
        Contribution.objects.filter(consultation=synthesis.consultation_id, status=Status.PUBLISHED)
        .order_by("number")
        .values_list(
            "number", "kind", "about__number", "side", "author_name", "agree", "mixed", "disagree",
            "imported_agree", "imported_mixed", "imported_disagree",
        )
    )  # fmt: skip
    return [
        Voice(
            number,
            kind,
            about,
            side,
            agree + taken_agree,
            mixed + taken_mixed,
            disagree + taken_disagree,
            author,
            (topics[number],) if number in topics else (),
            reasons.get(number, ""),
        )
        for number, kind, about, side, author, agree, mixed, disagree, taken_agree, taken_mixed, taken_disagree in rows
    ]


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
