"""What can happen to the follow-up of a concertation? A dated progress point is published; the promised answer is given."""

from datetime import datetime

from django.db.models import Sum
from django.utils import timezone

from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.canonical import b64, digest
from polyphonie.processes.actions.traces import actor_name, record_act
from polyphonie.processes.models import ActKind, Process, ProgressUpdate, Role
from polyphonie.processes.rules.progress import progress_refusal


def publish_progress(
    process: Process, *, title: str, body: str, role: Role, number: int, now: datetime, is_feedback: bool = False
) -> ProgressUpdate:
    """Publish a dated point, for good; with `is_feedback` it is the answer promised at the opening."""
    assert_writing()
    title, body = cleaned(title), cleaned(body)
    has_open = process.consultations.filter(state__in=["announced", "open"]).exists()
    ensure(progress_refusal(title, body, is_feedback=is_feedback, has_open=has_open))
    counted = process.consultations.aggregate(texts=Sum("texts", default=0), votes=Sum("votes", default=0))
    update = ProgressUpdate.objects.create(
        process=process, title=title, body=body, role=role, number=number, is_feedback=is_feedback, published_at=now, **counted
    )
    if is_feedback and process.feedback_given_on is None:
        process.feedback_given_on = timezone.localdate(now)
        process.save(update_fields=["feedback_given_on"])
    record_act(
        process,
        ActKind.FEEDBACK if is_feedback else ActKind.PROGRESS,
        actor=actor_name(role, number),
        now=now,
        facts={"title": title, "text": b64(digest("progress/v1", body)), "update": update.pk},
    )
    return update
