"""Who read it again? A second person, exactly this content, by the checklist of neutrality."""

from collections.abc import Mapping
from datetime import datetime

from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.canonical import b64
from polyphonie.processes.actions.traces import actor_name, record_act
from polyphonie.processes.models import ActKind, RoleAssignment
from polyphonie.synthesis.content import content_hash, content_of
from polyphonie.synthesis.models import Review, Synthesis
from polyphonie.synthesis.queries.readiness import is_writer
from polyphonie.synthesis.rules import review_refusal


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


def _note_standing(synthesis: Synthesis, *, is_favourable: bool) -> None:
    """A draft found neutral is « reviewed » until it changes; once published, its state no longer says so."""
    if synthesis.state in (Synthesis.State.DRAFT, Synthesis.State.REVIEWED):
        synthesis.state = Synthesis.State.REVIEWED if is_favourable else Synthesis.State.DRAFT
        synthesis.save(update_fields=["state"])
