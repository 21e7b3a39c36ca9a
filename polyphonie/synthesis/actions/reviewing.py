"""Who read it again? A second person is asked, and reads exactly this content, by the checklist of neutrality."""

from collections.abc import Mapping
from datetime import datetime

from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.canonical import b64
from polyphonie.processes.actions.traces import actor_name, record_act
from polyphonie.processes.models import ActKind, RoleAssignment
from polyphonie.synthesis.content import content_hash, content_of
from polyphonie.synthesis.messages import queue_read_mail, queue_reading_mail
from polyphonie.synthesis.models import Review, Synthesis
from polyphonie.synthesis.queries.readiness import favourable_review, is_writer, last_version
from polyphonie.synthesis.queries.second_reading import second_readers, those_who_write
from polyphonie.synthesis.rules import ask_refusal, review_refusal


def review(
    synthesis: Synthesis,
    *,
    reader: RoleAssignment,
    answers: Mapping[str, bool],
    is_favourable: bool,
    remarks: str,
    now: datetime,
) -> Review:
    """A second person read this very content and answered the checklist: a line of the public journal. Raises Refused.

    Inside `writing(lock=lock_of(consultation))`.
    """
    assert_writing()
    synthesis = Synthesis.objects.select_related("consultation__process__log").get(pk=synthesis.pk)
    content = content_of(synthesis)
    ensure(
        review_refusal(
            state=synthesis.state,
            is_writer=is_writer(synthesis, reader.account),
            is_empty=not content["statements"],
            answers=answers,
            is_favourable=is_favourable,
            remarks=remarks,
        )
    )
    hashed = content_hash(content)
    actor = actor_name(reader.role, reader.number)
    found = Review.objects.create(
        synthesis=synthesis,
        account=reader.account,
        reviewer=actor,
        body=reader.body,
        content_hash=hashed,
        checklist=dict(answers),
        remarks=remarks,
        is_favourable=is_favourable,
        reviewed_at=now,
    )
    for writer in those_who_write(synthesis):
        queue_read_mail(found, writer, now=now)
    _note_standing(synthesis, is_favourable=is_favourable)
    consultation = synthesis.consultation
    record_act(
        consultation.process,
        ActKind.REVIEWED,
        actor=actor,
        now=now,
        consultation=consultation,
        facts={
            "content": b64(hashed),
            "body": reader.body,
            "checklist": dict(answers),
            "is_favourable": is_favourable,
            "remarks": remarks,
        },
    )
    return found


def ask_second_reading(synthesis: Synthesis, *, by: RoleAssignment, now: datetime) -> int:
    """Ask those who may be its second reader: their space and their desk say so, and each has one mail about this very content;
    how many mails. Raises Refused. Inside `writing(lock=lock_of(consultation))`."""
    assert_writing()
    synthesis = Synthesis.objects.select_related("consultation__process", "document").get(pk=synthesis.pk)
    content = content_of(synthesis)
    hashed, last = content_hash(content), last_version(synthesis)
    ensure(
        ask_refusal(
            state=synthesis.state,
            is_empty=not content["statements"],
            is_same_as_published=last is not None and bytes(last.content_hash) == hashed,
            has_review=favourable_review(synthesis, hashed) is not None,
        )
    )
    synthesis.reading_asked_at, synthesis.reading_asked_by = now, actor_name(by.role, by.number)
    synthesis.save(update_fields=["reading_asked_at", "reading_asked_by"])
    readers = second_readers(synthesis, except_for=by.account)
    return sum(queue_reading_mail(synthesis, reader, hashed, now=now) for reader in readers)


def _note_standing(synthesis: Synthesis, *, is_favourable: bool) -> None:
    """A draft found neutral is « reviewed » until it changes; once published, its state no longer says so. What was asked for
    is done."""
    if synthesis.state in (Synthesis.State.DRAFT, Synthesis.State.REVIEWED):
        synthesis.state = Synthesis.State.REVIEWED if is_favourable else Synthesis.State.DRAFT
    synthesis.reading_asked_at, synthesis.reading_asked_by = None, ""
    synthesis.save(update_fields=["state", "reading_asked_at", "reading_asked_by"])
