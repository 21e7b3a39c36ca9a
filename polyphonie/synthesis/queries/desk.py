"""What does the rapporteurs' desk show? Where each synthesis stands, the topics of one, its statements as they read now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from polyphonie.annotations.queries import unanswered_in
from polyphonie.contributions.models import Contribution, Kind, Revision, Status
from polyphonie.processes.models import Consultation, Process
from polyphonie.synthesis.content import columns_of
from polyphonie.synthesis.models import Citation, ColumnKind, Reading, Statement, Synthesis, Topic
from polyphonie.synthesis.queries.quoting import retired, sources_of, words_of
from polyphonie.synthesis.rules import desk_refusal
from polyphonie.synthesis.wording import Piece, pieces, quotable, written_form

NO_TOPIC = "sans-sujet"
"""The word for statements that stand under no topic."""
EVERY_TOPIC = "tous"
"""The word for all topics, several on one screen."""
MOST_ON_A_SCREEN = 60
"""Statements; a topic is never cut in two."""
STILL_WRITING = timedelta(minutes=2)


@dataclass(frozen=True)
class Row:
    """A consultation on the list of desks: its synthesis if there is one, what is read and written of it."""

    consultation: Consultation
    synthesis: Synthesis | None
    refusal: str | None
    read: int
    statements: int
    waiting: int
    """Discussions of the published text that have no answer."""


@dataclass(frozen=True)
class Drawn:
    """A part of a sentence ready to be drawn: words, a citation (with its number), or quoted words (empty once withdrawn)."""

    words: str = ""
    citation: Citation | None = None
    is_quotation: bool = False


@dataclass(frozen=True)
class Written:
    """A statement as it reads now."""

    statement: Statement
    drawn: list[Drawn]
    text: str
    """Its written form, as it is typed."""


@dataclass(frozen=True)
class Heading:
    """A topic with how many statements stand under it; None is « without topic »."""

    topic: Topic | None
    statements: int

    @property
    def key(self) -> str:
        return NO_TOPIC if self.topic is None else self.topic.key


def desks_of(process: Process) -> list[Row]:
    """Every consultation of a process, in its order, with the state of its reading and writing; five queries."""
    consultations = list(process.consultations.select_related("theme").order_by("theme__number", "rank", "pk"))
    found = Synthesis.objects.filter(consultation__process=process).order_by("pk")
    syntheses = {synthesis.consultation_id: synthesis for synthesis in found}
    read = _counts(Reading.objects.filter(synthesis__in=syntheses.values(), contribution__status=Status.PUBLISHED))
    statements = _counts(Statement.objects.filter(synthesis__in=syntheses.values()))
    waiting = unanswered_in([one.document_id for one in syntheses.values() if one.document_id])
    rows = []
    for one in consultations:
        synthesis = syntheses.get(one.pk)
        key = 0 if synthesis is None else synthesis.pk
        refusal = desk_refusal(one, is_copy=bool(process.copied_from))
        unanswered = 0 if synthesis is None else waiting.get(synthesis.document_id or 0, 0)
        rows.append(Row(one, synthesis, refusal, read.get(key, 0), statements.get(key, 0), unanswered))
    return rows


def _counts(rows: QuerySet[Any]) -> dict[int, int]:
    counted = rows.order_by("synthesis").values_list("synthesis").annotate(count=Count("pk"))
    return dict(counted)


def synthesis_now(consultation: Consultation) -> Synthesis:
    """The synthesis of a consultation, or what it will be once someone writes in it; nothing is written."""
    found = Synthesis.objects.filter(consultation=consultation).first()
    return Synthesis(consultation=consultation) if found is None else found


def columns_in_words(synthesis: Synthesis) -> list[tuple[str, str]]:
    """The columns in order: the kind of each, and its label."""
    return [(column["kind"], column["label"] or str(ColumnKind(column["kind"]).label)) for column in columns_of(synthesis)]


def headings(consultation: Consultation) -> list[Heading]:
    """The topics in order, then « without topic » when something stands there or when there is no topic: two queries."""
    topics = list(Topic.objects.filter(synthesis__consultation=consultation))
    counted = Statement.objects.filter(synthesis__consultation=consultation).order_by("topic").values_list("topic")
    counts = dict(counted.annotate(count=Count("pk")))
    found = [Heading(topic, counts.get(topic.pk, 0)) for topic in topics]
    if counts.get(None) or not topics:
        found.append(Heading(None, counts.get(None, 0)))
    return found


def first_topic(consultation: Consultation) -> str:
    """The key of the first topic, or the word for none."""
    topic = Topic.objects.filter(synthesis__consultation=consultation).first()
    return NO_TOPIC if topic is None else topic.key


def statements_under(consultation: Consultation, topic: Topic | None) -> list[Written]:
    """The statements under a topic, in order, as they read now: three queries, whatever their number."""
    found = Statement.objects.filter(synthesis__consultation=consultation, topic=topic)
    return as_written(with_citations(found))


@dataclass(frozen=True)
class Screen:
    """Several topics with their statements; `page` from 1, `has_next` when other topics follow."""

    topics: list[tuple[Heading, list[Written]]]
    page: int
    has_next: bool


def screen_of(consultation: Consultation, found: Sequence[Heading], page: int) -> Screen:
    """Topics in order with the statements of each, as many as fit on a screen: four queries, whatever their number."""
    screens: list[list[Heading]] = [[]]
    for heading in found:
        if screens[-1] and sum(one.statements for one in screens[-1]) + heading.statements > MOST_ON_A_SCREEN:
            screens.append([])
        screens[-1].append(heading)
    page = min(max(page, 1), len(screens))
    shown = screens[page - 1]
    topics = [one.topic for one in shown if one.topic is not None]
    wanted = Q(topic__in=topics) | Q(topic=None) if any(one.topic is None for one in shown) else Q(topic__in=topics)
    under: dict[int | None, list[Written]] = {}
    for one in as_written(with_citations(Statement.objects.filter(wanted, synthesis__consultation=consultation))):
        under.setdefault(one.statement.topic_id, []).append(one)
    rows = [(heading, under.get(None if heading.topic is None else heading.topic.pk, [])) for heading in shown]
    return Screen(rows, page, page < len(screens))


def with_citations(statements: QuerySet[Statement]) -> list[Statement]:
    # joined and not fetched after: a relation without a way back is fetched by as many conditions, of which SQLite takes 1,000
    cited = Citation.objects.select_related("contribution__about").defer("contribution__body", "contribution__about__body")
    read = statements.select_related("topic").prefetch_related(Prefetch("citations", cited))
    return list(read.order_by("rank", "pk"))


def as_written(statements: Iterable[Statement]) -> list[Written]:
    """Statements read with their citations, as they read now: one more query when they quote."""
    held = list(statements)
    sources = sources_of(citation for statement in held for citation in statement.citations.all())
    return [_written(statement, sources) for statement in held]


def _written(statement: Statement, sources: Mapping[tuple[int, int], Revision]) -> Written:
    citations = list(statement.citations.all())
    quoted = [words_of(citation, sources) for citation in citations if citation.is_quotation]

    def words(rank: int) -> str:
        return quotable(quoted[rank - 1] if rank <= len(quoted) else "") or retired()

    drawn = [_drawn(piece, citations, quoted) for piece in pieces(statement.text)]
    return Written(statement, drawn, written_form(statement.text, words))


def _drawn(piece: Piece, citations: list[Citation], quoted: list[str]) -> Drawn:
    if piece.citation is not None:
        return Drawn(citation=citations[piece.citation] if piece.citation < len(citations) else None)
    if piece.quotation is not None:
        return Drawn(words=quoted[piece.quotation - 1] if piece.quotation <= len(quoted) else "", is_quotation=True)
    return Drawn(words=piece.words)


def others_writing(consultation: Consultation, *, me: str, now: datetime) -> list[Statement]:
    """The statements that others changed in the last two minutes: they are probably still at it."""
    recent = Statement.objects.filter(synthesis__consultation=consultation, edited_at__gt=now - STILL_WRITING)
    return list(recent.exclude(edited_by=me).select_related("topic").order_by("edited_by", "-edited_at"))


@dataclass(frozen=True)
class Since:
    """Whether a published synthesis changed since, and whether a second person found neutral what it became."""

    is_changed: bool = False
    is_read_again: bool = False


def since_published(synthesis: Synthesis) -> Since:
    """What became of the sentences of a synthesis since its last version; no query as long as none is published."""
    if synthesis.state != Synthesis.State.PUBLISHED:
        return Since()
    published_at = synthesis.versions.aggregate(last=Max("published_at"))["last"]
    edited_at = [
        rows.filter(edited_at__gt=published_at).aggregate(last=Max("edited_at"))["last"]
        for rows in (synthesis.statements, synthesis.past_statements.filter(is_removed=True))
    ]
    last = max((moment for moment in edited_at if moment is not None), default=None)
    if last is None:
        return Since()
    return Since(True, synthesis.reviews.filter(is_favourable=True, reviewed_at__gt=last).exists())


def statement_of(consultation: Consultation, key: str) -> Written | None:
    """One statement by its key."""
    found = with_citations(Statement.objects.filter(synthesis__consultation=consultation, key=key))
    return as_written(found)[0] if found else None


def read_in(consultation: Consultation) -> int:
    """How many of its proposals were read, by whichever rapporteur."""
    shown = {"contribution__status": Status.PUBLISHED, "contribution__kind": Kind.PROPOSAL}
    return Reading.objects.filter(synthesis__consultation=consultation, **shown).count()


def proposals_of(consultation: Consultation) -> QuerySet[Contribution]:
    """The proposals of a consultation that everyone sees."""
    return Contribution.objects.filter(consultation=consultation, kind=Kind.PROPOSAL, status=Status.PUBLISHED)
