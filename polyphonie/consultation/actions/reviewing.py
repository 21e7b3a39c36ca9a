"""How are texts read before they appear? 72 hours at a time, with a reason that everyone sees; then they appear by themselves."""

from datetime import datetime, timedelta

from polyphonie.consultation.actions.moderating import publish_submitted
from polyphonie.consultation.queries.review import waiting_for_review
from polyphonie.consultation.rules import begin_review_refusal, end_review_refusal, is_under_review
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.processes.actions.traces import ACTOR_CLOCK, record_act
from polyphonie.processes.models import ActKind, Consultation

REVIEW_LASTS = timedelta(hours=72)


def begin_review(consultation: Consultation, *, reason: str, actor: str, now: datetime) -> Consultation:
    """Have texts read before they appear, for 72 hours from now; asked again, for 72 hours more. Raises Refused."""
    assert_writing()
    consultation.refresh_from_db()
    ensure(begin_review_refusal(consultation, reason=reason, now=now))
    consultation.review_until, consultation.review_reason = now + REVIEW_LASTS, reason.strip()
    consultation.save(update_fields=["review_until", "review_reason"])
    facts = {"until": consultation.review_until, "reason": consultation.review_reason}
    record_act(consultation.process, ActKind.REVIEW, actor=actor, now=now, consultation=consultation, facts=facts)
    return consultation


def end_review(consultation: Consultation, *, actor: str, now: datetime) -> Consultation:
    """Let texts appear at once again; those that wait appear by themselves. Raises Refused."""
    assert_writing()
    consultation.refresh_from_db()
    ensure(end_review_refusal(consultation, now=now))
    consultation.review_until, consultation.review_reason = None, ""
    consultation.save(update_fields=["review_until", "review_reason"])
    facts = {"until": now, "reason": ""}
    record_act(consultation.process, ActKind.REVIEW, actor=actor, now=now, consultation=consultation, facts=facts)
    publish_what_waited(consultation, now=now)
    return consultation


def publish_what_waited(consultation: Consultation, *, now: datetime) -> int:
    """Show, in the order of their submission, the texts that waited for a review that has lapsed; how many."""
    assert_writing()
    if is_under_review(consultation, now=now):
        return 0
    waiting = list(waiting_for_review(consultation))
    for text in waiting:
        publish_submitted(text, actor=ACTOR_CLOCK, now=now)
    return len(waiting)
