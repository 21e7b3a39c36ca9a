"""What does a page of coverage show? The measures of a content with the names of what they speak of, ready to be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Category, OrganisationKind
from polyphonie.contributions.models import Origin
from polyphonie.processes.models import Process
from polyphonie.synthesis.models import SynthesisVersion
from polyphonie.synthesis.quoting import Cited, Voice, voices_named

MOST_SHOWN = 12
"""Families still to be read that the page names; the file holds them all."""
MOST_OF_A_FAMILY = 4


@dataclass(frozen=True)
class Pressing:
    """A family of proposals that nothing cites: its texts, how many more there are, its votes, the reason given, and the nearest
    text that is cited."""

    voices: list[Voice]
    others: int
    votes: int
    reason: str
    nearest: Voice | None
    nearness: int


@dataclass(frozen=True)
class Controversy:
    """A controversy under the name of its topic, with the arguments it cites on each side."""

    label: str
    arguments_for: int
    arguments_against: int
    is_one_sided: bool


@dataclass(frozen=True)
class Authors:
    """A line of authors: who, how many, of how many a proposal is cited in words or None where it is withheld."""

    label: str
    authors: int
    cited: int | None
    share: float | None
    is_pooled: bool
    is_said: bool
    """Whether it is a value that somebody declared, or several of them together."""


@dataclass(frozen=True)
class Covered:
    """`measured` is the coverage as published; `found` what voters find of theirs, empty where it is not known."""

    measured: Mapping[str, Any]
    found: Mapping[str, Any]
    pressing: list[Pressing]
    families_to_read: int
    controversies: list[Controversy]
    campaigns: list[tuple[Voice, int, bool]]
    origins: list[Authors]
    categories: list[Authors]
    territories: list[Authors]
    topics: Mapping[str, str]
    unrepresented: list[tuple[Voice, int]]
    unrepresented_by_group: Mapping[str, list[tuple[Voice, int]]]
    compared_at: datetime | None
    found_at: datetime | None

    @property
    def is_found(self) -> bool:
        return self.found.get("verdict") == "found"

    @property
    def groups(self) -> list[Mapping[str, Any]]:
        return list(self.found.get("groups", []))


def covered(
    process: Process,
    content: Mapping[str, Any],
    measured: Mapping[str, Any],
    found: Mapping[str, Any],
    *,
    found_at: datetime | None,
) -> Covered:
    """The coverage of this content and what voters find in it, with names; one query."""
    families = measured["to_read"][:MOST_SHOWN]
    groups = found.get("groups", [])
    alarms = [found.get("unrepresented", []), *(group["unrepresented"] for group in groups)]
    near = measured.get("near") or {"computed_at": None, "nearest": []}
    nearest = {number: (cited, millionths) for number, cited, millionths in near["nearest"]}
    numbers = {number for family in families for number in family["numbers"][:MOST_OF_A_FAMILY]}
    numbers |= {nearest[number][0] for number in numbers if number in nearest}
    numbers |= {alarm["number"] for some in alarms for alarm in some}
    campaigns = measured["concentration"]["campaigns"]
    numbers |= {campaign["numbers"][0] for campaign in campaigns}
    named = voices_named(process, numbers)
    reasons = {row["number"]: row["reason"] for row in content["uncited"]}
    labels = {topic["key"]: topic["label"] for topic in content["topics"]}
    authors = measured.get("authors") or {"origin": [], "category": [], "territory": []}
    return Covered(
        measured=measured,
        found=found,
        pressing=[_pressing(family, named, reasons, nearest) for family in families],
        families_to_read=measured.get("families_to_read", len(measured["to_read"])),
        controversies=_controversies(content, measured, labels),
        campaigns=[(named.voice(one["numbers"][0]), one["size"], one["is_cited"]) for one in campaigns],
        origins=_authors(authors["origin"], dict(Origin.choices)),
        categories=_authors(authors["category"], {**dict(Category.choices), **dict(OrganisationKind.choices)}),
        territories=_authors(authors["territory"], {}),
        topics=labels,
        unrepresented=_named(alarms[0], named),
        unrepresented_by_group={group["group"]: _named(group["unrepresented"], named) for group in groups},
        compared_at=None if near["computed_at"] is None else datetime.fromisoformat(near["computed_at"]),
        found_at=found_at,
    )


def found_at(version: SynthesisVersion) -> datetime | None:
    """When what voters find of theirs in this version was computed."""
    told = version.representation.get("computed_at")
    return None if told is None else datetime.fromisoformat(told)


def _pressing(
    family: Mapping[str, Any], named: Cited, reasons: Mapping[int, str], nearest: Mapping[int, tuple[int, int]]
) -> Pressing:
    numbers = family["numbers"]
    reason = next((reasons[number] for number in numbers if reasons.get(number)), "")
    best = max(((nearest[number][1], nearest[number][0]) for number in numbers if number in nearest), default=None)
    voice = None if best is None else named.voice(best[1])
    shown = [named.voice(number) for number in numbers[:MOST_OF_A_FAMILY]]
    return Pressing(shown, max(0, len(numbers) - MOST_OF_A_FAMILY), family["votes"], reason, voice, family["nearest"])


def _controversies(content: Mapping[str, Any], measured: Mapping[str, Any], labels: Mapping[str, str]) -> list[Controversy]:
    topic_of = {statement["key"]: statement["topic"] for statement in content["statements"]}
    return [
        Controversy(
            labels.get(topic_of.get(one["claim"], ""), "") or _("Without a topic"),
            one["arguments_for"],
            one["arguments_against"],
            one["is_one_sided"],
        )
        for one in measured["controversies"]
    ]


def _authors(rows: Iterable[Mapping[str, Any]], labels: Mapping[str, Any]) -> list[Authors]:
    return [
        Authors(
            _value_in_words(row, labels), row["authors"], row.get("cited"), row.get("share"), row["is_pooled"], bool(row["value"])
        )
        for row in rows
    ]


def _value_in_words(row: Mapping[str, Any], labels: Mapping[str, Any]) -> str:
    if row["is_pooled"]:
        return _("Others, fewer than ten each")
    return str(labels.get(row["value"], row["value"])) or _("Not said")


def _named(alarms: Iterable[Mapping[str, int]], named: Cited) -> list[tuple[Voice, int]]:
    return [(named.voice(alarm["number"]), alarm["at_least"]) for alarm in alarms]
