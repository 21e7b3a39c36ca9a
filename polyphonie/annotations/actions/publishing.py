"""What happens to a commented text? A version is published and carries its discussions along; comments open, last longer, end."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from polyphonie.annotations import search
from polyphonie.annotations.anchoring import Passage, carried, texts_of
from polyphonie.annotations.commitments import places_print
from polyphonie.annotations.messages import tell_version
from polyphonie.annotations.models import Anchor, Annotation, Document, DocumentVersion
from polyphonie.annotations.queries import current_version, last_places
from polyphonie.annotations.rules import extend_refusal, open_refusal, publish_refusal
from polyphonie.core.refusal import ensure
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing, hold
from polyphonie.ledger.canonical import b64
from polyphonie.processes.actions import record_act
from polyphonie.processes.actions.traces import instant
from polyphonie.processes.models import ActKind, Consultation


def publish_version(
    document: Document,
    blocks: Sequence[Mapping[str, str]],
    *,
    actor: str,
    now: datetime,
    consultation: Consultation | None = None,
    introduction: str = "",
) -> DocumentVersion:
    """Publish the next version of a text: every discussion finds its passage in it, or is shown as detached; the register says
    where. Raises Refused.

    The answers given since the version before are those of this one. `consultation` is the one that the text is about,
    `introduction` what it says before its paragraphs: nobody comments on that, but one finds it.
    """
    assert_writing()
    hold(document)
    ensure(publish_refusal(document, blocks))
    previous = current_version(document)
    version = DocumentVersion.objects.create(
        document=document,
        number=1 if previous is None else previous.number + 1,
        blocks=[{"key": block["key"], "text": block["text"]} for block in blocks],
        published_at=now,
    )
    if previous is not None:
        carried_along = _carry_along(document, version)
        if carried_along:
            _record_places(version, carried_along, actor=actor, now=now, consultation=consultation)
        _tell_authors(previous, version, now=now)
        answered = Annotation.objects.filter(document=document, discussion=None, answered_in=None).exclude(answer="")
        answered.update(answered_in=version)
    search.index_version(version, introduction=introduction)
    let_go()
    return version


def _carry_along(document: Document, version: DocumentVersion) -> list[tuple[int, Anchor]]:
    """Give each discussion its place in the new version; a detached one is looked for where it stood last. The places, each
    with the number of its discussion."""
    after = texts_of(version.blocks)
    before = {one.pk: texts_of(one.blocks) for one in document.versions.all()}
    anchors: list[tuple[int, Anchor]] = []
    for last in last_places(document):
        passage = Passage(last.block, last.start, last.end, last.exact, last.prefix, last.suffix)
        found = carried(passage, before[last.version_id], after)
        place = found or passage
        anchor = Anchor(
            annotation_id=last.annotation_id,
            version=version,
            block=place.block,
            start=place.start,
            end=place.end,
            exact=place.exact,
            prefix=place.prefix,
            suffix=place.suffix,
            is_detached=found is None,
        )
        anchors.append((last.annotation.number, anchor))
    Anchor.objects.bulk_create((anchor for _number, anchor in anchors), batch_size=500)
    return anchors


def _tell_authors(previous: DocumentVersion, version: DocumentVersion, *, now: datetime) -> None:
    """Tell those whose comment this version integrates, and those whose passage it does not hold any more."""
    lost = Anchor.objects.filter(version=version, is_detached=True).values("annotation")
    stood = Anchor.objects.filter(version=previous, is_detached=False, annotation__in=lost).values("annotation")
    is_integrated = Q(answered_in=None, answer=Annotation.Answer.INTEGRATED)
    told = Annotation.objects.filter(
        is_integrated | Q(pk__in=stood), document=version.document, discussion=None, status=Annotation.Status.PUBLISHED
    )
    for one in told.exclude(author=None).select_related("author", "document__process").order_by("number"):
        integrated = one.answered_in_id is None and one.answer == Annotation.Answer.INTEGRATED
        tell_version(one, version, is_integrated=integrated, now=now)


def _record_places(
    version: DocumentVersion,
    anchors: Sequence[tuple[int, Anchor]],
    *,
    actor: str,
    now: datetime,
    consultation: Consultation | None,
) -> None:
    """Commit to where each discussion stands in a new version: nobody can move one afterwards."""
    facts = {
        "document": version.document.slug,
        "version": version.number,
        "discussions": len(anchors),
        "detached": sum(anchor.is_detached for _number, anchor in anchors),
        "places": b64(places_print(anchors)),
    }
    record_act(version.document.process, ActKind.CARRIED, actor=actor, now=now, consultation=consultation, facts=facts)


def open_comments(
    document: Document, *, closes_at: datetime, actor: str, now: datetime, consultation: Consultation | None = None
) -> Document:
    """Open the published text to comments until `closes_at`, the first refused instant. Raises Refused."""
    assert_writing()
    is_published = current_version(document) is not None
    ensure(open_refusal(document, is_published=is_published, closes_at=closes_at, now=now))
    document.opens_at, document.closes_at = now, closes_at
    return _window_changed(document, {"reason": ""}, actor=actor, now=now, consultation=consultation)


def extend_comments(
    document: Document, *, closes_at: datetime, reason: str, actor: str, now: datetime, consultation: Consultation | None = None
) -> Document:
    """Let comments last longer, or open them again, for a published reason. Raises Refused."""
    assert_writing()
    ensure(extend_refusal(document, closes_at=closes_at, reason=reason, now=now))
    document.closes_at = closes_at
    return _window_changed(document, {"reason": reason.strip()}, actor=actor, now=now, consultation=consultation)


def finish(document: Document, *, now: datetime) -> Document:
    """The text is final: comments end, answers do not change any more. The stage that wrote it leaves the trace of that act."""
    assert_writing()
    hold(document)
    document.final_at = now
    if document.closes_at is not None and document.opens_at is not None:
        document.closes_at = min(document.closes_at, max(now, document.opens_at))
    document.save(update_fields=["final_at", "closes_at"])
    let_go()
    return document


def _window_changed(
    document: Document, facts: Mapping[str, str], *, actor: str, now: datetime, consultation: Consultation | None
) -> Document:
    document.save(update_fields=["opens_at", "closes_at"])
    facts = {"closes_at": instant(document.closes_at), "document": document.slug, **facts}
    record_act(document.process, ActKind.COMMENTS, actor=actor, now=now, consultation=consultation, facts=facts)
    return document
