"""What does everyone read of syntheses? Those of a process, one version with its sentences drawn, what is not cited and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _
from markupsafe import Markup

from polyphonie.annotations.models import Annotation, Document
from polyphonie.contributions.fates import fate_in_words
from polyphonie.contributions.marking import marked_changes
from polyphonie.contributions.models import Contribution
from polyphonie.processes.models import Consultation, Process
from polyphonie.processes.queries.journal import actor_in_words
from polyphonie.synthesis.models import ColumnKind, Review, SettledDoubt, Synthesis, SynthesisVersion
from polyphonie.synthesis.quoting import Cited, Part, Voice, cited_by, in_words, parts_of, voices_named


@dataclass(frozen=True)
class Listed:
    """A synthesis in the list of its process."""

    consultation: Consultation
    state: str
    number: int
    published_at: datetime
    closes_at: datetime | None
    cited: Mapping[str, int]


def published_syntheses(process: Process) -> list[Listed]:
    """The last published version of each synthesis, in the order of the consultations; one query."""
    found: dict[int, Listed] = {}
    versions = (
        SynthesisVersion.objects.filter(synthesis__consultation__process=process)
        .exclude(synthesis__consultation__state=Consultation.State.DRAFT)
        .select_related("synthesis__consultation__process", "synthesis__consultation__theme", "synthesis__document")
        .defer("content", "changes", "representation")
        .order_by("synthesis__consultation__theme__number", "synthesis__consultation__rank", "synthesis__consultation", "number")
    )
    for version in versions:
        synthesis = version.synthesis
        found[synthesis.pk] = Listed(
            synthesis.consultation,
            synthesis.state,
            version.number,
            version.published_at,
            synthesis.comments_close_at,
            version.coverage["headline"]["cited"],
        )
    return list(found.values())


def version_of(process: str, consultation: str, number: int | None = None) -> SynthesisVersion | None:
    """A published version of the synthesis of this consultation: that of this number, or the last."""
    versions = SynthesisVersion.objects.filter(
        synthesis__consultation__process__slug=process, synthesis__consultation__slug=consultation
    ).select_related(
        "synthesis__consultation__process__referral",
        "synthesis__consultation__process__log",
        "synthesis__consultation__theme",
        "synthesis__document",
        "document_version",
    )
    if number is not None:
        versions = versions.filter(number=number)
    return versions.order_by("-number").first()


@dataclass(frozen=True)
class Sentence:
    """A sentence of a version, drawn: its parts in order, and the voices it cites, each once."""

    key: str
    column: str
    position: str
    is_linking: bool
    parts: list[Part]
    voices: list[Voice]


@dataclass(frozen=True)
class Column:
    """The sentences of one kind under one topic; those of a controversy that take no side, then A, then B."""

    kind: str
    label: str
    sentences: list[Sentence]
    sides: list[tuple[str, list[Sentence]]]


@dataclass(frozen=True)
class Row:
    """A topic with its columns."""

    key: str
    label: str
    columns: list[Column]


class Drawn:
    """A content as it is read: a published version, or what a draft says now."""

    def __init__(self, process: Process, content: Mapping[str, Any]) -> None:
        self.process = process
        self.content = content

    @cached_property
    def cited(self) -> Cited:
        return cited_by(self.process, self.content["statements"])

    def sentence(self, statement: Mapping[str, Any]) -> Sentence:
        numbers = dict.fromkeys(citation["number"] for citation in statement["citations"])
        return Sentence(
            statement["key"],
            statement["column"],
            statement["position"],
            statement["is_linking"],
            parts_of(statement, self.cited),
            [self.cited.voice(number) for number in numbers],
        )

    @cached_property
    def rows(self) -> list[Row]:
        """Its topics in order, each with the columns that say something; sentences under no topic come first."""
        labels = {topic["key"]: topic["label"] for topic in self.content["topics"]}
        statements = self.content["statements"]
        return [
            Row(key, label, columns)
            for key, label in {"": "", **labels}.items()
            if (columns := self._columns([one for one in statements if one["topic"] == key]))
        ]

    def _columns(self, statements: list[Mapping[str, Any]]) -> list[Column]:
        found = []
        for column in self.content["columns"]:
            mine = [self.sentence(one) for one in statements if one["column"] == column["kind"]]
            if not mine:
                continue
            label = column["label"] or str(ColumnKind(column["kind"]).label)
            sides = [(side, [one for one in mine if one.position == side]) for side in ("a", "b")]
            alone = [one for one in mine if not one.position]
            found.append(Column(column["kind"], label, alone, [side for side in sides if side[1]]))
        return found

    @property
    def linking_count(self) -> int:
        """How many of its sentences were declared to claim nothing."""
        return sum(statement["is_linking"] for statement in self.content["statements"])


class Reading(Drawn):
    """A published version as its page reads it."""

    def __init__(self, version: SynthesisVersion, *, cited: Cited | None = None) -> None:
        self.version = version
        if cited is not None:
            self.cited = cited
        self.synthesis: Synthesis = version.synthesis
        self.consultation: Consultation = version.synthesis.consultation
        super().__init__(self.consultation.process, version.content)

    @cached_property
    def review(self) -> Review | None:
        """The second reading of this very content, before it appeared."""
        hashed, until = bytes(self.version.content_hash), self.version.published_at
        found = [one for one in self.synthesis.reviews.all() if bytes(one.content_hash) == hashed and one.reviewed_at <= until]
        return found[-1] if found and found[-1].is_favourable else None

    @cached_property
    def settled(self) -> list[SettledDoubt]:
        """The doubts settled before this version appeared."""
        return [doubt for doubt in self.synthesis.settled_doubts.all() if doubt.settled_at <= self.version.published_at]

    @cached_property
    def numbers(self) -> list[int]:
        """The published versions, in order."""
        return list(self.synthesis.versions.order_by("number").values_list("number", flat=True))


def reader_in_words(review: Review) -> str:
    """« rapporteur n° 2 (médiatrice de la commune voisine) »."""
    words = actor_in_words(review.reviewer)
    return f"{words} ({review.body})" if review.body else words


@dataclass(frozen=True)
class Uncited:
    """A contribution that a version does not cite, the reason given, and its title while it is shown."""

    voice: Voice
    fate_words: str
    reason: str


def uncited_of(reading: Drawn) -> list[Uncited]:
    """What a version does not cite, with the reasons given, in the order of the numbers."""
    rows = reading.content["uncited"]
    cited = voices_named(reading.process, (row["number"] for row in rows))
    fates = {fate: fate_in_words(fate) for fate in {row["fate"] for row in rows}}
    return [Uncited(cited.voice(row["number"]), fates[row["fate"]], row["reason"]) for row in rows]


def by_reason(uncited: Iterable[Uncited]) -> list[tuple[str, str, list[Voice]]]:
    """The same, together under each fate and reason: those of most texts first."""
    found: dict[tuple[str, str], list[Voice]] = {}
    for one in uncited:
        found.setdefault((one.fate_words, one.reason), []).append(one.voice)
    rows = [(fate, reason, voices) for (fate, reason), voices in found.items()]
    return sorted(rows, key=lambda row: (-len(row[2]), row[2][0].number))


def discussions_of(document: Document | None, *, only_unanswered: bool = False) -> list[int]:
    """The numbers of its discussions that are shown, in order."""
    if document is None:
        return []
    found = Annotation.objects.filter(document=document, discussion__isnull=True, status=Annotation.Status.PUBLISHED)
    if only_unanswered:
        found = found.filter(answer="")
    return list(found.order_by("number").values_list("number", flat=True))


def citing_syntheses(contribution: Contribution) -> list[tuple[SynthesisVersion, int]]:
    """The syntheses that cite a contribution in their last published version, each with in how many sentences; one query, or
    none where nothing is published."""
    if not contribution.process.syntheses:
        return []
    is_last = ~Exists(SynthesisVersion.objects.filter(synthesis=OuterRef("synthesis"), number__gt=OuterRef("number")))
    versions = (
        SynthesisVersion.objects.filter(is_last, citations__contribution=contribution)
        .annotate(times=Count("citations__statement", distinct=True))
        .select_related("synthesis__consultation")
        .defer("content", "coverage", "changes", "representation")
        .order_by("synthesis__consultation__rank", "pk")
    )
    return [(version, version.times) for version in versions]


@dataclass(frozen=True)
class CitedWords:
    """A contribution that a sentence cites, with its words in the revision cited; none when they are not shown."""

    voice: Voice
    revision: int
    title: str
    body: str
    qualifier: str


def cited_words(reading: Drawn, statement: Mapping[str, Any]) -> list[CitedWords]:
    """What a sentence cites, each contribution once, in the order of the sentence."""
    found: dict[int, CitedWords] = {}
    for citation in statement["citations"]:
        number, revision = citation["number"], citation["revision"]
        words = reading.cited.revisions.get((number, revision), {})
        told = CitedWords(
            reading.cited.voice(number), revision, words.get("title", ""), words.get("body", ""), citation["qualifier"]
        )
        found.setdefault(number, told)
    return list(found.values())


@dataclass(frozen=True)
class Change:
    """A sentence that a version added, changed or removed: the words with what changed, and the discussions it comes from."""

    key: str
    change: str
    words: Markup
    because: list[tuple[int, str]]
    """Each discussion by its number and its title; no title once it is not shown."""


def told_changes(reading: Reading) -> list[Change]:
    """What a version changed since the one before; in the first one, nothing."""
    before = SynthesisVersion.objects.filter(synthesis=reading.synthesis, number=reading.version.number - 1).first()
    if before is None:
        return []
    changed = [row["statement"] for row in reading.version.changes]
    marked = changed_words(Drawn(reading.process, before.content), reading, changed)
    titles = _titles(reading.synthesis.document, {number for row in reading.version.changes for number in row["because"]})
    return [
        Change(
            row["statement"],
            row["change"],
            marked[row["statement"]],
            [(number, titles.get(number, "")) for number in row["because"]],
        )
        for row in reading.version.changes
    ]


def _titles(document: Document | None, numbers: set[int]) -> dict[int, str]:
    """The titles of these discussions of a text, those that are shown."""
    if document is None or not numbers:
        return {}
    shown = Annotation.objects.filter(document=document, number__in=numbers, status=Annotation.Status.PUBLISHED)
    return dict(shown.order_by("number").values_list("number", "title"))


def changed_words(earlier: Drawn, later: Drawn, keys: Iterable[str]) -> dict[str, Markup]:
    """The words of these sentences, by their key, with what changed from one content to the other."""
    old, new = _words_of(earlier), _words_of(later)
    return {key: marked_changes(old.get(key, ""), new.get(key, "")) for key in keys}


def _words_of(drawn: Drawn) -> dict[str, str]:
    return {one["key"]: in_words(one, drawn.cited, withdrawn()) for one in drawn.content["statements"]}


def withdrawn() -> str:
    """What stands for a quotation that is not shown any more."""
    return _("[quotation withdrawn]")
