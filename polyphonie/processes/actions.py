"""What can happen to a process? It is created; its consultations are announced, opened, extended. Each act leaves its leaf."""

import os
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append, open_log
from polyphonie.ledger.canonical import b64, canonical, digest
from polyphonie.ledger.models import Entry
from polyphonie.processes.models import Consultation, Extension, Process, Role, RulesInForce
from polyphonie.processes.rules import announce_refusal, extend_refusal, open_refusal, slug_refusal

SALT_BYTES = 32
ACTOR_CLOCK = "clock"
"""The actor of what happens by itself at its hour."""


def create_process(*, slug: str, title: str, organiser: str, now: datetime, **details: Any) -> Process:
    """A new process with its own log, whose origin never changes; the slug can never be taken by another."""
    assert_writing()
    ensure(slug_refusal(slug))
    log = open_log(f"{settings.POLYPHONIE_HOST}/{slug}")
    return Process.objects.create(
        slug=slug, title=title, organiser=organiser, log=log, created_on=timezone.localdate(now), **details
    )


def announce_consultation(consultation: Consultation, *, actor: str, now: datetime) -> Consultation:
    """Publish the rules a consultation will run under: a `config` leaf commits to them, and seeds the draw."""
    assert_writing()
    ensure(announce_refusal(consultation, now=now))
    record_rules(consultation, now=now)
    consultation.state = Consultation.State.ANNOUNCED
    consultation.save(update_fields=["state"])
    Process.objects.filter(pk=consultation.process_id).update(is_listed=True)
    record_state(consultation, "announced", actor=actor)
    return consultation


def open_consultation(consultation: Consultation, *, actor: str = ACTOR_CLOCK, now: datetime) -> Consultation:
    """Open at its day: from this instant people contribute and vote."""
    assert_writing()
    ensure(open_refusal(consultation, now=now))
    consultation.state = Consultation.State.OPEN
    consultation.save(update_fields=["state"])
    record_state(consultation, "open", actor=actor, config=b64(bytes(consultation.config_leaf or b"")))
    return consultation


def extend_consultation(consultation: Consultation, *, closes_at: datetime, reason: str, actor: str, now: datetime) -> Extension:
    """Close later, with a published reason; never earlier, never after it has closed."""
    assert_writing()
    ensure(extend_refusal(consultation, closes_at=closes_at, reason=reason, now=now))
    assert consultation.closes_at is not None
    extension = Extension.objects.create(
        consultation=consultation,
        previous_closes_at=consultation.closes_at,
        closes_at=closes_at,
        reason=reason,
        decided_at=now,
    )
    consultation.closes_at = closes_at
    consultation.save(update_fields=["closes_at"])
    record_state(
        consultation, "extended", actor=actor, closes_at=instant(closes_at), reason=b64(digest("reason/v1", reason)[:16])
    )
    return extension


def record_rules(consultation: Consultation, *, now: datetime) -> RulesInForce:
    """Commit to the rules as they stand (`config` leaf) and keep the document that opens the commitment."""
    assert_writing()
    document = rules_document(consultation)
    salt = os.urandom(SALT_BYTES)
    commitment = digest("configcm/v1", document, b64(salt))
    entry = append(consultation.process.log, "config", {"cm": b64(commitment), "consultation": consultation.slug})
    consultation.config_leaf = bytes(entry.leaf_hash)
    consultation.save(update_fields=["config_leaf"])
    return RulesInForce.objects.create(
        consultation=consultation,
        document=canonical(document).decode(),
        salt=salt,
        leaf_hash=entry.leaf_hash,
        since_at=now,
    )


def rules_document(consultation: Consultation) -> dict[str, Any]:
    """The rules in force of a consultation: dates, positions, batches, ranking, moderation, all as published."""
    return {
        "process": consultation.process.slug,
        "consultation": consultation.slug,
        "title": consultation.title,
        "questions": consultation.questions,
        "opens_at": instant(consultation.opens_at),
        "closes_at": instant(consultation.closes_at),
        "positions": [1, 0, -1],
        "voters_per_batch": 20,
        "minutes_per_batch": 10,
        "silence_hours": 24,
        "ranking": {"default": "discover/v1", "draw": "draw/v1", "supported": "wilson90/v1", "divisive": "variance/v1"},
        "moderation": "after_publication/v1",
        "natures": ["diagnosis", "solution"] if consultation.has_diagnoses else [],
        "is_imported": consultation.is_imported,
        "charter": b64(digest("charter/v1", consultation.process.charter)),
        "public_keys": [],
    }


def record_state(consultation: Consultation, state: str, *, actor: str, **facts: str) -> Entry:
    """Leave a `state` leaf: what happened to a consultation, by role and number (`organiser/1`) or by the clock."""
    assert_writing()
    content: dict[str, object] = {"actor": actor, "consultation": consultation.slug, "state": state, **facts}
    return append(consultation.process.log, "state", content)


def actor_name(role: Role, number: int) -> str:
    """How staff appear in the register: by role and number."""
    return f"{role.value}/{number}"


def instant(value: datetime | None) -> str:
    """An instant as the register writes it: ISO 8601 with its offset, to the second; empty when there is none."""
    return "" if value is None else value.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds")
