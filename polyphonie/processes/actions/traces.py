"""What trace does an organiser's act leave? A leaf in the register, by role and number, and a line in the public journal."""

import os
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.core.refusal import Refused
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append, await_batch
from polyphonie.ledger.canonical import b64, canonical, digest
from polyphonie.ledger.notes import LOG, RECEIPT, public_key
from polyphonie.processes.models import Act, ActKind, Consultation, Process, Role, RulesInForce

SALT_BYTES = 32
ACTOR_CLOCK = "clock"
"""The actor of what happens by itself at its hour."""
CONFLICT = 409


class ChangedMeanwhile(Refused):
    """Someone else changed the record since the form was shown; nothing was written, both texts are shown."""

    def __init__(self) -> None:
        super().__init__(_("Someone else changed this meanwhile. Nothing was lost: compare, then save again."), status=CONFLICT)


def record_act(
    process: Process,
    kind: ActKind,
    *,
    actor: str,
    now: datetime,
    consultation: Consultation | None = None,
    facts: Mapping[str, Any] | None = None,
    shown: Mapping[str, str] | None = None,
) -> Act:
    """Leave a `state` leaf and its line in the journal. `shown` is written in the leaf; `facts`, of any length, are public
    too but enter as the commitment of a document that the journal keeps with its salt."""
    assert_writing()
    content: dict[str, object] = {"actor": actor, "state": kind.value, **(shown or {})}
    if consultation is not None:
        content["consultation"] = consultation.slug
    document, salt = "", b""
    if facts is not None:
        document, salt = canonical(plain_facts(facts)).decode(), os.urandom(SALT_BYTES)
        content["cm"] = b64(digest("actcm/v1", document, b64(salt)))
    entry = append(process.log, "state", content)
    let_go()
    return Act.objects.create(
        process=process,
        consultation=consultation,
        kind=kind,
        actor=actor,
        document=document,
        salt=salt,
        leaf_hash=entry.leaf_hash,
        happened_at=now,
    )


def record_state(consultation: Consultation, state: ActKind, *, actor: str, now: datetime, **shown: str) -> Act:
    """What happened to a consultation: announced, open, closed; each happens once."""
    return record_act(consultation.process, state, actor=actor, now=now, consultation=consultation, shown=shown)


def record_rules(consultation: Consultation, *, now: datetime, series: str = "") -> RulesInForce:
    """Commit to the rules as they stand (`config` leaf) and keep the document that opens the commitment.

    The leaf joins the register at once, or waits with those of `series` until that is released.
    """
    assert_writing()
    document = rules_document(consultation)
    salt = os.urandom(SALT_BYTES)
    commitment = digest("configcm/v1", document, b64(salt))
    content: dict[str, object] = {"cm": b64(commitment), "consultation": consultation.slug}
    log = consultation.process.log
    leaf_hash = await_batch(log, series, "config", content) if series else bytes(append(log, "config", content).leaf_hash)
    consultation.config_leaf = leaf_hash
    consultation.save(update_fields=["config_leaf"])
    return RulesInForce.objects.create(
        consultation=consultation,
        document=canonical(document).decode(),
        salt=salt,
        leaf_hash=leaf_hash,
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
        "voters_per_text": 20,
        "minutes_per_batch": 10,
        "silence_hours": 24,
        "ranking": {"default": "discover/v1", "draw": "draw/v1", "supported": "wilson90/v1", "divisive": "variance/v1"},
        "moderation": "after_publication/v1",
        "natures": ["diagnosis", "solution"] if consultation.has_diagnoses else [],
        "is_imported": consultation.is_imported,
        "charter": b64(digest("charter/v1", consultation.process.charter)),
        "public_keys": {name: b64(public_key(name)) for name in (LOG, RECEIPT)},
    }


def save_changes(record: Model, changes: Mapping[str, Any], *, version: int) -> None:
    """Write `changes` if nobody changed the record since it was read at `version`. Raises ChangedMeanwhile."""
    assert_writing()
    manager = type(record)._default_manager
    if not manager.filter(pk=record.pk, version=version).update(version=F("version") + 1, **changes):
        raise ChangedMeanwhile
    record.refresh_from_db()


def changed_fields(record: Model, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Of what was asked, what differs from what is there."""
    return {field: value for field, value in asked.items() if getattr(record, field) != value}


def before_and_after(record: Model, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a change, as the journal shows them: each field, what it said, what it says."""
    return {field: [getattr(record, field), value] for field, value in changes.items()}


def plain_facts(value: Any) -> Any:
    """Facts with their days and instants written out, ready for canonical JSON."""
    if isinstance(value, Mapping):
        return {str(key): plain_facts(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_facts(item) for item in value]
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def actor_name(role: Role | str, number: int) -> str:
    """How staff appear in the register: by role and number."""
    return f"{Role(role).value}/{number}"


def instant(value: datetime | None) -> str:
    """An instant as the register writes it: ISO 8601 with its offset, to the second; empty when there is none."""
    return "" if value is None else value.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds")
