"""What can happen to a consultation in time? Its dates are chosen, it is announced, it opens, it is extended."""

from datetime import datetime

from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.canonical import b64
from polyphonie.processes.actions.traces import (
    ACTOR_CLOCK,
    changed_fields,
    instant,
    record_act,
    record_rules,
    record_state,
    save_changes,
)
from polyphonie.processes.messages import tell_extended, tell_opened
from polyphonie.processes.models import ActKind, Consultation, Extension, Process
from polyphonie.processes.queries.method import checklist
from polyphonie.processes.queries.people import deadline_of
from polyphonie.processes.rules.calendar import (
    announce_refusal,
    dates_refusal,
    derogation_refusal,
    extend_refusal,
    open_refusal,
    passes_deadline,
    reschedule_refusal,
)


def set_calendar(
    consultation: Consultation,
    *,
    opens_at: datetime,
    closes_at: datetime,
    derogation: str,
    version: int,
    actor: str,
    now: datetime,
) -> Consultation:
    """Choose the two dates of a consultation that has not opened; once announced, its rules are published anew."""
    assert_writing()
    ensure(reschedule_refusal(consultation))
    ensure(dates_refusal(opens_at, closes_at, is_under_crpa=consultation.is_under_crpa, now=now))
    deadline = deadline_of(consultation.process)
    ensure(derogation_refusal(closes_at, deadline, reason=derogation))
    kept_derogation = derogation.strip() if passes_deadline(closes_at, deadline) else ""
    asked = {"opens_at": opens_at, "closes_at": closes_at, "deadline_derogation": kept_derogation}
    changes = changed_fields(consultation, asked)
    if not changes:
        return consultation
    save_changes(consultation, changes, version=version)
    if consultation.state == Consultation.State.ANNOUNCED:
        record_rules(consultation, now=now)
    record_act(consultation.process, ActKind.CALENDAR, actor=actor, now=now, consultation=consultation, facts=changes)
    if kept_derogation:
        _record_derogation(consultation, kept_derogation, actor=actor, now=now)
    return consultation


def announce_consultation(consultation: Consultation, *, actor: str, now: datetime) -> Consultation:
    """Publish the rules a consultation will run under: a `config` leaf commits to them, and seeds the draw."""
    assert_writing()
    ensure(announce_refusal(consultation, now=now))
    ensure(derogation_refusal(consultation.closes_at, deadline_of(consultation.process), reason=consultation.deadline_derogation))
    record_rules(consultation, now=now)
    consultation.state = Consultation.State.ANNOUNCED
    consultation.save(update_fields=["state"])
    Process.objects.filter(pk=consultation.process_id).update(is_listed=True, is_taken_over=False)
    record_state(consultation, ActKind.ANNOUNCED, actor=actor, now=now)
    return consultation


def open_consultation(consultation: Consultation, *, actor: str = ACTOR_CLOCK, now: datetime) -> Consultation:
    """Open at its day, its method complete: from this instant people contribute and vote."""
    assert_writing()
    ensure(open_refusal(consultation, method=checklist(consultation.process, consultation, now=now), now=now))
    consultation.state = Consultation.State.OPEN
    consultation.save(update_fields=["state"])
    record_state(consultation, ActKind.OPENED, actor=actor, now=now, config=b64(bytes(consultation.config_leaf or b"")))
    tell_opened(consultation, now=now)
    return consultation


def extend_consultation(consultation: Consultation, *, closes_at: datetime, reason: str, actor: str, now: datetime) -> Extension:
    """Close later, with a published reason; never earlier, never after it has closed. Past the deadline of the referral,
    the reason is also that of the derogation."""
    assert_writing()
    ensure(extend_refusal(consultation, closes_at=closes_at, reason=reason, now=now))
    assert consultation.closes_at is not None
    extension = Extension.objects.create(
        consultation=consultation,
        previous_closes_at=consultation.closes_at,
        closes_at=closes_at,
        reason=reason.strip(),
        decided_at=now,
    )
    consultation.closes_at = closes_at
    consultation.save(update_fields=["closes_at"])
    record_act(
        consultation.process,
        ActKind.EXTENDED,
        actor=actor,
        now=now,
        consultation=consultation,
        facts={"previous": extension.previous_closes_at, "closes_at": closes_at, "reason": extension.reason},
        shown={"closes_at": instant(closes_at)},
    )
    if passes_deadline(closes_at, deadline_of(consultation.process)):
        consultation.deadline_derogation = extension.reason
        consultation.save(update_fields=["deadline_derogation"])
        _record_derogation(consultation, extension.reason, actor=actor, now=now)
    tell_extended(consultation, extension.reason, now=now)
    return extension


def _record_derogation(consultation: Consultation, reason: str, *, actor: str, now: datetime) -> None:
    record_act(
        consultation.process,
        ActKind.DEROGATION,
        actor=actor,
        now=now,
        consultation=consultation,
        facts={"deadline": deadline_of(consultation.process), "closes_at": consultation.closes_at, "reason": reason},
    )
