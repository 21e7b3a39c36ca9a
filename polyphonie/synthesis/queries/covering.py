"""How much of its consultation does a content take up? What `opinion.coverage` measures, asked of the database."""

from collections.abc import Mapping
from typing import Any

from polyphonie.contributions.models import Contribution, Status
from polyphonie.opinion.cited import Claim, Voice
from polyphonie.opinion.coverage import coverage
from polyphonie.synthesis.models import ColumnKind, Reading, Synthesis


def coverage_of(synthesis: Synthesis, content: Mapping[str, Any]) -> dict[str, Any]:
    """What is published beside this content: every figure that needs no voter's key, and the numbers it counts."""
    reasons = {row["number"]: row["reason"] for row in content["uncited"]}
    voices = voices_of(synthesis, reasons)
    measured = coverage(voices, claims_of(content)).as_json()
    return {
        **measured,
        "voices": [voice.number for voice in voices],
        "sorted": {str(voice.number): list(voice.topics) for voice in voices if voice.topics},
        "read": Reading.objects.filter(synthesis=synthesis, contribution__status=Status.PUBLISHED).count(),
    }


def voices_of(synthesis: Synthesis, reasons: Mapping[int, str]) -> list[Voice]:
    """The contributions of its consultation that are shown, sorted as the rapporteurs sorted them; votes of every origin."""
    topics = dict(
        Reading.objects.filter(synthesis=synthesis, topic__isnull=False)
        .order_by("pk")
        .values_list("contribution__number", "topic__key")
    )
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
