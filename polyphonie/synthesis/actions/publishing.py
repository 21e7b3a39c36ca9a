"""How does a synthesis appear? Frozen in a version that names every citation, its leaf in the register; then, once, final."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from polyphonie.annotations import actions as annotating
from polyphonie.annotations.models import Document, DocumentVersion
from polyphonie.contributions.actions import Decided, set_fates
from polyphonie.contributions.models import Contribution
from polyphonie.core.addresses import synthesis_address
from polyphonie.core.refusal import ensure
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.canonical import b64
from polyphonie.processes.actions.traces import record_act
from polyphonie.processes.models import ActKind, Consultation, Process
from polyphonie.synthesis.changes import changes_between
from polyphonie.synthesis.content import cited_numbers, content_hash, content_of
from polyphonie.synthesis.models import PublishedCitation, Synthesis, SynthesisVersion
from polyphonie.synthesis.queries.covering import coverage_of
from polyphonie.synthesis.queries.doubts import unsettled
from polyphonie.synthesis.queries.published import discussions_of
from polyphonie.synthesis.queries.readiness import last_version, readiness
from polyphonie.synthesis.quoting import block_text
from polyphonie.synthesis.rules import because_refusal, final_refusal, readiness_refusals, window_refusal


def publish_version(
    synthesis: Synthesis,
    *,
    closes_at: datetime | None,
    because: Mapping[str, Sequence[int]] | None = None,
    actor: str,
    now: datetime,
) -> SynthesisVersion:
    """Publish the draft as its next version: frozen, committed to by a leaf, open to comments until `closes_at` (None keeps
    the end already announced). `because`: the discussions that led to the change of a sentence, by its key. Raises Refused.

    Inside `writing(lock=lock_of(consultation))`: of two publications at once, the second finds nothing that changed.
    """
    assert_writing()
    synthesis = Synthesis.objects.select_related("consultation__process__log", "document").get(pk=synthesis.pk)
    content = content_of(synthesis)
    ready = readiness(synthesis, content, doubts=len(unsettled(synthesis)))
    for refusal in readiness_refusals(synthesis.state, ready):
        ensure(refusal)
    document = synthesis.document
    ensure(window_refusal(previous=synthesis.comments_close_at, closes_at=closes_at, now=now))
    told = {key: list(numbers) for key, numbers in (because or {}).items()}
    ensure(because_refusal({one for numbers in told.values() for one in numbers}, discussions=discussions_of(document)))
    before = last_version(synthesis)
    number = 1 if before is None else before.number + 1
    act = record_act(
        synthesis.consultation.process,
        ActKind.SYNTHESIS,
        actor=actor,
        now=now,
        consultation=synthesis.consultation,
        shown={"h": b64(content_hash(content)), "n": str(number)},
    )
    version = SynthesisVersion.objects.create(
        synthesis=synthesis,
        number=number,
        content=content,
        content_hash=content_hash(content),
        coverage=coverage_of(synthesis, content),
        changes=[] if before is None else changes_between(before.content, content, told),
        document_version=_document_version(synthesis, content, actor=actor, now=now),
        published_by=actor,
        published_at=now,
        leaf_hash=act.leaf_hash,
    )
    note_citations(version)
    _open_window(synthesis, closes_at=closes_at, actor=actor, now=now)
    _decide_fates(version, actor=actor, now=now)
    synthesis.state = Synthesis.State.PUBLISHED
    synthesis.save(update_fields=["state", "document"])
    _announce(version)
    return version


def make_final(synthesis: Synthesis, *, actor: str, now: datetime) -> Synthesis:
    """Its last version is the final one: comments are over and answered, nothing changes any more. Raises Refused.

    Inside `writing(lock=lock_of(consultation))`.
    """
    assert_writing()
    synthesis = Synthesis.objects.select_related("consultation__process__log", "document").get(pk=synthesis.pk)
    last = last_version(synthesis)
    ensure(
        final_refusal(
            state=synthesis.state,
            closes_at=synthesis.comments_close_at,
            unanswered=len(discussions_of(synthesis.document, only_unanswered=True)),
            is_changed=last is None or bytes(last.content_hash) != content_hash(content_of(synthesis)),
            now=now,
        )
    )
    assert last is not None
    assert synthesis.document is not None
    annotating.finish(synthesis.document, now=now)
    synthesis.state = Synthesis.State.FINAL
    synthesis.save(update_fields=["state"])
    record_act(
        synthesis.consultation.process,
        ActKind.FINAL,
        actor=actor,
        now=now,
        consultation=synthesis.consultation,
        shown={"h": b64(bytes(last.content_hash)), "n": str(last.number)},
    )
    return synthesis


def _document_version(synthesis: Synthesis, content: Mapping[str, Any], *, actor: str, now: datetime) -> DocumentVersion:
    """The same text in blocks, to be commented on; the document is made with the first."""
    consultation = synthesis.consultation
    if synthesis.document is None:
        synthesis.document = Document.objects.create(
            process=consultation.process, kind=Document.Kind.SYNTHESIS, slug=consultation.slug, title=consultation.title
        )
    blocks = [{"key": statement["key"], "text": block_text(statement)} for statement in content["statements"]]
    return annotating.publish_version(
        synthesis.document, blocks, actor=actor, now=now, consultation=consultation, introduction=content["introduction"]
    )


def _open_window(synthesis: Synthesis, *, closes_at: datetime | None, actor: str, now: datetime) -> None:
    """Comments open with the first version, and may be given more time with a later one."""
    document, consultation = synthesis.document, synthesis.consultation
    assert document is not None
    if closes_at is None or closes_at == document.closes_at:
        return
    if document.closes_at is None:
        annotating.open_comments(document, closes_at=closes_at, actor=actor, now=now, consultation=consultation)
        return
    reason = _("A new version is published.")
    annotating.extend_comments(document, closes_at=closes_at, reason=reason, actor=actor, now=now, consultation=consultation)


def _decide_fates(version: SynthesisVersion, *, actor: str, now: datetime) -> None:
    """The reason given to what is not cited is its first fate; what an earlier version left out and this one cites has none."""
    consultation = version.synthesis.consultation
    process = consultation.process
    address = synthesis_address(process.slug, consultation.slug)
    reasons = {row["number"]: row for row in version.content["uncited"]}
    cited = cited_numbers(version.content["statements"])
    left_out = Contribution.objects.filter(process=process, number__in=reasons).order_by("number")
    decided = [Decided(one, reasons[one.number]["fate"], reasons[one.number]["reason"]) for one in left_out]
    taken_up = Contribution.objects.filter(process=process, number__in=cited, fate_address=address).exclude(fate="")
    words = _("Cited since version %(number)s of the synthesis.") % {"number": version.number}
    decided += [Decided(one, "", words) for one in taken_up.order_by("number")]
    set_fates(process, decided, address=address, actor=actor, now=now)


def _announce(version: SynthesisVersion) -> None:
    """The pages of the concertation and of the consultation lead to it, at once."""
    consultation = version.synthesis.consultation
    Consultation.objects.filter(pk=consultation.pk).update(synthesis_version=version.number)
    if version.number == 1:
        Process.objects.filter(pk=consultation.process_id).update(syntheses=F("syntheses") + 1)
    let_go()


def note_citations(version: SynthesisVersion) -> None:
    """One row for each citation, which the page of a contribution and `citations.csv` ask for."""
    statements = version.content["statements"]
    numbers = {citation["number"] for statement in statements for citation in statement["citations"]}
    process = version.synthesis.consultation.process
    found = Contribution.objects.filter(process=process, number__in=numbers).order_by("number")
    known = dict(found.values_list("number", "pk"))
    PublishedCitation.objects.bulk_create(
        PublishedCitation(
            version=version,
            statement=statement["key"],
            rank=rank,
            contribution_id=known[citation["number"]],
            revision=citation["revision"],
            qualifier=citation["qualifier"],
            **citation.get("quote", {}),
        )
        for statement in statements
        for rank, citation in enumerate(statement["citations"])
    )
