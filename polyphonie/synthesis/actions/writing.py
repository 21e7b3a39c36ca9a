"""How is a statement written, moved, removed, brought back? Its citations resolved, its former state kept, nobody overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from secrets import token_hex
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext as _

from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.checks.evidence import evidence_of
from polyphonie.synthesis.checks.resolving import Resolution, Resolved
from polyphonie.synthesis.checks.sentences import bare
from polyphonie.synthesis.content import citation_content
from polyphonie.synthesis.models import Citation, PastStatement, Statement, Synthesis, Topic, Writer
from polyphonie.synthesis.queries.suggesting import weights_of
from polyphonie.synthesis.rules import empty_refusal, place_refusal, writing_refusal

ONE_SITTING = timedelta(minutes=5)
"""Within it, what the same person goes on writing is one change: its former state is kept once."""
NEW = 0
"""The edition of a statement that is not written yet."""


class Unresolved(Refused):
    """A sentence whose citations do not all hold; `resolution` says where."""

    def __init__(self, resolution: Resolution) -> None:
        super().__init__(resolution.troubles[0].sentence, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        self.resolution = resolution


class WrittenMeanwhile(Refused):
    """Someone else changed the statement since it was read; nothing was written. `theirs` is what stands, None once removed."""

    def __init__(self, theirs: Statement | None) -> None:
        words = _("This statement was changed meanwhile, by someone else or in another tab. Nothing is lost: choose.")
        super().__init__(words, status=HTTPStatus.CONFLICT)
        self.theirs = theirs


@dataclass(frozen=True)
class Place:
    """Where a statement stands: under which topic, in which column, at which position of a controversy."""

    topic: Topic | None
    column: str
    position: str = ""


def synthesis_of(consultation: Consultation) -> Synthesis:
    """The synthesis of a consultation, begun now if nobody has."""
    assert_writing()
    synthesis, _is_new = Synthesis.objects.get_or_create(consultation=consultation)
    return synthesis


def lock_of(consultation: Consultation) -> str:
    """What those who write one synthesis take in turn; votes do not wait for it."""
    return f"synthesis/{consultation.pk}"


def new_key() -> str:
    return token_hex(4)


def save_statement(
    synthesis: Synthesis,
    key: str,
    *,
    place: Place,
    resolution: Resolution,
    is_linking: bool,
    edition: int,
    actor: str,
    now: datetime,
) -> Statement:
    """Write a statement, new (`edition` 0) or as it was read at `edition`. The same words sent twice are written once.

    Raises Unresolved when a citation does not hold, WrittenMeanwhile when someone else changed it since.
    """
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    ensure(place_refusal(place.column, place.position), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if resolution.troubles:
        raise Unresolved(resolution)
    ensure(empty_refusal(resolution.text), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    standing = synthesis.statements.filter(key=key).first()
    if standing is not None and _says_the_same(standing, place, resolution, is_linking=is_linking):
        return standing
    if (0 if standing is None else standing.edition) != edition:
        raise WrittenMeanwhile(standing)
    if standing is None:
        standing = Statement(synthesis=synthesis, key=key, edition=NEW, rank=_after_the_last(synthesis))
    else:
        _keep_former(standing, actor=actor, now=now)
    standing.topic, standing.column, standing.position = place.topic, place.column, place.position
    standing.text, standing.is_linking = resolution.text, is_linking
    standing.evidence = evidence_of(resolution, weights_of(synthesis.consultation, bare(resolution.text)))
    _sign(standing, actor=actor, now=now)
    standing.save()
    _cite(standing, resolution.citations)
    note_writing(synthesis, actor=actor)
    return standing


def remove_statement(statement: Statement, *, edition: int, actor: str, now: datetime) -> None:
    """Take a statement out; its last state is kept, and can be brought back."""
    assert_writing()
    ensure(writing_refusal(statement.synthesis.state))
    if statement.edition != edition:
        raise WrittenMeanwhile(statement)
    past = _as_it_is(statement)
    past.is_removed, past.edited_by, past.edited_at = True, actor, now
    past.save()
    synthesis = statement.synthesis
    statement.delete()
    note_writing(synthesis, actor=actor)


def move_statement(statement: Statement, *, before: Statement | None, actor: str) -> None:
    """Put a statement before another of the same column and topic, or last (`before` None); what it says does not change."""
    assert_writing()
    synthesis = statement.synthesis
    ensure(writing_refusal(synthesis.state))
    if before is None:
        statement.rank = _after_the_last(synthesis)
    else:
        synthesis.statements.filter(rank__gte=before.rank).update(rank=F("rank") + 1)
        statement.rank = before.rank
    statement.save(update_fields=["rank"])
    note_writing(synthesis, actor=actor)


def _says_the_same(statement: Statement, place: Place, resolution: Resolution, *, is_linking: bool) -> bool:
    topic = None if place.topic is None else place.topic.pk
    if (statement.topic_id, statement.column, statement.position, statement.text, statement.is_linking) != (
        topic, place.column, place.position, resolution.text, is_linking,
    ):  # fmt: skip
        return False
    fields = ("contribution_id", "revision", "qualifier", "field", "start", "end", "is_repaired")
    return list(statement.citations.values_list(*fields)) == [
        (one.citable.pk, one.citable.revision, one.qualifier, one.field, *_edges(one), one.is_repaired)
        for one in resolution.citations
    ]


def _edges(one: Resolved) -> tuple[int | None, int | None]:
    return (None, None) if one.span is None else (one.span.start, one.span.end)


def _cite(statement: Statement, citations: Sequence[Resolved]) -> None:
    statement.citations.all().delete()
    rows = []
    for rank, one in enumerate(citations):
        start, end = _edges(one)
        rows.append(
            Citation(
                statement=statement,
                rank=rank,
                contribution_id=one.citable.pk,
                revision=one.citable.revision,
                qualifier=one.qualifier,
                field=one.field,
                start=start,
                end=end,
                is_repaired=one.is_repaired,
            )
        )
    Citation.objects.bulk_create(rows)


def _keep_former(statement: Statement, *, actor: str, now: datetime) -> None:
    """Keep what stood, unless the same person wrote it in the same sitting and an earlier state is kept already."""
    is_same_sitting = statement.edited_by == actor and now - statement.edited_at < ONE_SITTING
    if (
        is_same_sitting
        and statement.synthesis.past_statements.filter(key=statement.key, edited_at__gt=now - ONE_SITTING).exists()
    ):
        return
    _as_it_is(statement).save()


def _as_it_is(statement: Statement) -> PastStatement:
    return PastStatement(
        synthesis=statement.synthesis,
        key=statement.key,
        edition=statement.edition,
        topic="" if statement.topic is None else statement.topic.key,
        column=statement.column,
        position=statement.position,
        is_linking=statement.is_linking,
        text=statement.text,
        citations=[citation_content(citation) for citation in statement.citations.select_related("contribution")],
        edited_by=statement.edited_by,
        edited_at=statement.edited_at,
    )


def _sign(statement: Statement, *, actor: str, now: datetime) -> None:
    statement.edition += 1
    statement.edited_by, statement.edited_at = actor, now


def _after_the_last(synthesis: Synthesis) -> int:
    last: dict[str, Any] = synthesis.statements.aggregate(last=Max("rank"))
    return int(last["last"] or 0) + 1


def note_writing(synthesis: Synthesis, *, actor: str) -> None:
    """The draft was changed by this role: they are not its second reader, and what was read is to be read again.

    Every verb that changes what a version will say calls this: sentences here, introduction, columns and topics in `topics`.
    """
    assert_writing()
    Writer.objects.bulk_create([Writer(synthesis=synthesis, actor=actor)], ignore_conflicts=True)
    if Synthesis.objects.filter(pk=synthesis.pk, state=Synthesis.State.REVIEWED).update(state=Synthesis.State.DRAFT):
        synthesis.state = Synthesis.State.DRAFT
