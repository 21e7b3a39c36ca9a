"""What would a Markdown file change in the draft? Each topic, sentence and reason beside what stands; nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.contributions.fates import fate_in_words
from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.plaintext import cleaned
from polyphonie.synthesis.checks.resolving import Resolution, as_typed, numbers_in, resolve
from polyphonie.synthesis.content import columns_of, content_hash, content_of
from polyphonie.synthesis.models import Statement, Synthesis, Topic
from polyphonie.synthesis.parsed import (
    LANGUAGES,
    MOST_TROUBLES,
    Parsed,
    ParsedReason,
    ParsedStatement,
    Trouble,
    folded_name,
    parsed,
)
from polyphonie.synthesis.queries.desk import Written, as_written, columns_in_words, with_citations
from polyphonie.synthesis.queries.quoting import citables
from polyphonie.synthesis.rules import FATES, empty_refusal, reason_refusal


@dataclass(frozen=True)
class PlannedTopic:
    """A topic of the file, and the one that stands."""

    label: str
    key: str
    standing: Topic | None

    @property
    def is_changed(self) -> bool:
        return self.standing is None or self.standing.label != self.label


@dataclass(frozen=True)
class PlannedStatement:
    """A sentence of the file; `resolution` is None when it stands already as it is."""

    said: ParsedStatement
    standing: Statement | None
    resolution: Resolution | None


@dataclass(frozen=True)
class PlannedReason:
    """A reason of the file for what is not cited."""

    said: ParsedReason
    fate: str
    contribution: Contribution


@dataclass
class Plan:
    """The whole file held against the draft; nothing of it is done while there is any trouble."""

    introduction: str | None
    """The new one; None when it stays."""
    columns: list[dict[str, str]] | None
    topics: list[PlannedTopic]
    statements: list[PlannedStatement]
    reasons: list[PlannedReason]
    left: list[Written]
    """Sentences of the draft that the file does not hold: they stay."""
    troubles: list[Trouble]
    state: str
    """A fingerprint of the draft it was held against."""

    @cached_property
    def created(self) -> list[PlannedStatement]:
        return [one for one in self.statements if one.standing is None]

    @cached_property
    def changed(self) -> list[PlannedStatement]:
        return [one for one in self.statements if one.standing is not None and one.resolution is not None]

    @property
    def unchanged(self) -> int:
        return len(self.statements) - len(self.created) - len(self.changed)

    @cached_property
    def repaired(self) -> int:
        """Quotations that differ a little from the text they are taken from: the real words will stand."""
        resolved = [one.resolution for one in self.statements if one.resolution is not None]
        return sum(citation.is_repaired for resolution in resolved for citation in resolution.citations)

    @cached_property
    def new_topics(self) -> list[PlannedTopic]:
        return [one for one in self.topics if one.is_changed]

    @property
    def does_nothing(self) -> bool:
        says = self.created or self.changed or self.new_topics or self.reasons
        return not says and self.introduction is None and self.columns is None


def planned(synthesis: Synthesis, text: str) -> Plan:
    """What this file would do; some ten queries, whatever its length."""
    known = dict(columns_in_words(synthesis))
    found = parsed(text, known)
    troubles = list(found.troubles)
    standing = as_written(with_citations(Statement.objects.filter(synthesis=synthesis))) if synthesis.pk else []
    topics = _topics(synthesis, found)
    statements = _Matching(synthesis, found, topics, standing).planned(troubles)
    reasons = _reasons(synthesis, found, troubles)
    mentioned = {one.standing.pk for one in statements if one.standing is not None}
    introduction = None if found.introduction is None else cleaned(found.introduction)
    return Plan(
        introduction=introduction if introduction != synthesis.introduction else None,
        columns=_columns(synthesis, found, known),
        topics=topics,
        statements=statements,
        reasons=reasons,
        left=[one for one in standing if one.statement.pk not in mentioned],
        troubles=sorted(troubles, key=lambda one: one.line)[:MOST_TROUBLES],
        state=_fingerprint(synthesis),
    )


def _fingerprint(synthesis: Synthesis) -> str:
    """Of the draft as it stands; empty while nothing is written."""
    content = content_of(synthesis) if synthesis.pk else {}
    is_written = any(content.get(part) for part in ("introduction", "topics", "statements", "uncited"))
    return content_hash(content).hex() if is_written else ""


def _topics(synthesis: Synthesis, found: Parsed) -> list[PlannedTopic]:
    """Each by its key, else by its label."""
    held = list(synthesis.topics.all()) if synthesis.pk else []
    by_key, by_label = {one.key: one for one in held}, {one.label: one for one in held}
    taken: set[int] = set()
    planned_topics = []
    for said in found.topics:
        label = " ".join(cleaned(said.label).split())
        standing = by_key.get(said.key) or by_label.get(label)
        if standing is not None and standing.pk in taken:
            standing = None
        if standing is not None:
            taken.add(standing.pk)
        planned_topics.append(PlannedTopic(label, said.key, standing))
    return planned_topics


def _columns(synthesis: Synthesis, found: Parsed, known: Mapping[str, str]) -> list[dict[str, str]] | None:
    """The columns of the file, under the names its headings give; None when they are those of the draft."""
    wanted = [dict(one) for one in found.columns or columns_of(synthesis)]
    for kind in {one.column for one in found.statements} - {one["kind"] for one in wanted}:
        wanted.append({"kind": kind, "label": ""})
    for one in wanted:
        label = found.labels.get(one["kind"])
        if label is not None and label != (one["label"] or known.get(one["kind"])):
            one["label"] = label
    return None if wanted == columns_of(synthesis) else wanted


class _Matching:
    """Which sentence of the draft each one of the file is: that of its key, else one that says the same in the same place."""

    def __init__(self, synthesis: Synthesis, found: Parsed, topics: Sequence[PlannedTopic], standing: Sequence[Written]) -> None:
        self._found, self._topics = found, topics
        self._by_key = {one.statement.key: one for one in standing}
        self._alike: dict[tuple[Any, ...], list[Written]] = {}
        keys = {said.key for said in found.statements if said.key}
        for one in standing:
            if one.statement.key not in keys:
                self._alike.setdefault((*_place_of(one), as_typed(one.text)), []).append(one)
        numbers = {number for said in found.statements for number in numbers_in(said.text)}
        self._known = citables(synthesis.consultation, sorted(numbers))

    def planned(self, troubles: list[Trouble]) -> list[PlannedStatement]:
        planned_statements = []
        for said in self._found.statements:
            one = self._one(said)
            planned_statements.append(one)
            if one.resolution is not None:
                troubles += [Trouble(said.line, trouble.sentence) for trouble in one.resolution.troubles]
                refusal = None if one.resolution.troubles else empty_refusal(one.resolution.text)
                troubles += [Trouble(said.line, refusal)] if refusal is not None else []
            if len(troubles) >= MOST_TROUBLES:
                break
        return planned_statements

    def _one(self, said: ParsedStatement) -> PlannedStatement:
        topic = None if said.topic is None else self._topics[said.topic].standing
        is_new_topic = said.topic is not None and topic is None
        place = (None if topic is None else topic.pk, said.column, said.position, said.is_linking)
        text = as_typed(said.text)
        standing = self._by_key.get(said.key) if said.key else None
        if standing is None and not said.key and not is_new_topic:
            alike = self._alike.get((*place, text), [])
            standing = alike.pop(0) if alike else None
        if standing is not None and not is_new_topic and _place_of(standing) == place and as_typed(standing.text) == text:
            return PlannedStatement(said, standing.statement, None)
        return PlannedStatement(said, None if standing is None else standing.statement, resolve(text, self._known))


def _place_of(one: Written) -> tuple[int | None, str, str, bool]:
    statement = one.statement
    return statement.topic_id, statement.column, statement.position, statement.is_linking


def _reasons(synthesis: Synthesis, found: Parsed, troubles: list[Trouble]) -> list[PlannedReason]:
    """The reasons that differ from those given, each for a text of this consultation that everyone sees."""
    numbers = [said.number for said in found.reasons]
    shown = Contribution.objects.filter(consultation=synthesis.consultation_id, number__in=numbers, status=Status.PUBLISHED)
    by_number = {one.number: one for one in shown.order_by("number")}
    given = {}
    if synthesis.pk:
        rows = synthesis.uncited_reasons.order_by("pk").values_list("contribution__number", "fate", "reason")
        given = {number: (fate, " ".join(reason.split())) for number, fate, reason in rows}
    fates = _fates_by_name()
    wanted = []
    for said in found.reasons:
        fate = fates.get(folded_name(said.fate), "")
        if given.get(said.number) == (fate, " ".join(said.reason.split())):
            continue
        refusal = reason_refusal(said.reason)
        if said.number not in by_number:
            sentence = _("#%(number)s is not a text that everyone sees in this consultation.") % {"number": said.number}
            troubles.append(Trouble(said.line, sentence))
        elif not fate:
            known = ", ".join(fate_in_words(one) for one in FATES)
            troubles.append(
                Trouble(said.line, _("Say what becomes of #%(number)s: %(known)s.") % {"number": said.number, "known": known})
            )
        elif refusal is not None:
            troubles.append(Trouble(said.line, refusal))
        else:
            wanted.append(PlannedReason(said, fate, by_number[said.number]))
    return wanted


def _fates_by_name() -> dict[str, str]:
    names = {fate: fate for fate in FATES}
    for language in LANGUAGES:
        with translation.override(language):
            names |= {folded_name(fate_in_words(fate)): fate for fate in FATES}
    return names
