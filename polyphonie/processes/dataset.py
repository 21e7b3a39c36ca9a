"""What is published of the frame? The process, its referral, calendar, rules in force, acts, and roles by number."""

import json
from typing import Any

from polyphonie.core.printing import PARIS
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.queries import positions_of
from polyphonie.processes.models import Act, Consultation, Extension, Process, RulesInForce, Theme


def process_document(process: Process) -> dict[str, Any]:
    """The content of `process.json`: nothing that is not public, staff by role and number."""
    referral = process.referral if hasattr(process, "referral") else None
    return {
        "process": {
            "slug": process.slug,
            "origin": process.log.origin,
            "title": process.title,
            "tagline": process.tagline,
            "introduction": process.introduction,
            "hashtag": process.hashtag,
            "organiser": process.organiser,
            "licence": process.licence,
            "charter": process.charter,
            "who_decides": process.who_decides,
            "what_becomes": process.what_becomes,
            "feedback_due_on": _day(process.feedback_due_on),
            "feedback_given_on": _day(process.feedback_given_on),
            "legal_basis": process.legal_basis,
            "asks_consent": process.asks_consent,
            "synthesis_planned": process.synthesis_planned,
            "appeal_body": process.appeal_body,
            "is_demonstration": process.is_demonstration,
        },
        "referral": None
        if referral is None
        else {
            "kind": referral.kind,
            "number": referral.number,
            "issuer": referral.issuer,
            "addressee": referral.addressee,
            "received_on": _day(referral.received_on),
            "deadline_on": _day(referral.deadline_on),
            "text": referral.text,
            "questions": referral.questions.splitlines(),
        },
        "themes": [
            {"number": theme.number, "title": theme.title, "presentation": theme.presentation}
            for theme in Theme.objects.filter(process=process)
        ],
        "consultations": [_consultation(item) for item in _shown(process)],
        "rules": _rules(process),
        "acts": _acts(process),
        "roles": [
            {
                "role": item.role,
                "number": item.number,
                "body": item.body,
                "from_on": _day(item.from_on),
                "until_on": _day(item.until_on),
            }
            for item in process.roles.order_by("role", "number")
        ],
    }


def _shown(process: Process) -> list[Consultation]:
    return list(
        Consultation.objects.filter(process=process)
        .exclude(state=Consultation.State.DRAFT)
        .select_related("theme")
        .order_by("theme__number", "rank", "pk")
    )


def _consultation(consultation: Consultation) -> dict[str, Any]:
    return {
        "slug": consultation.slug,
        "theme": None if consultation.theme is None else consultation.theme.number,
        "title": consultation.title,
        "presentation": consultation.presentation,
        "questions": consultation.questions,
        "state": consultation.state,
        "opens_at": _instant(consultation.opens_at),
        "closes_at": _instant(consultation.closes_at),
        "is_under_crpa": consultation.is_under_crpa,
        "is_imported": consultation.is_imported,
        "drawn_on": _day(consultation.drawn_on),
        "config": None if consultation.config_leaf is None else b64(bytes(consultation.config_leaf)),
        "extensions": [
            {
                "previous_closes_at": _instant(item.previous_closes_at),
                "closes_at": _instant(item.closes_at),
                "reason": item.reason,
                "decided_at": _instant(item.decided_at),
            }
            for item in Extension.objects.filter(consultation=consultation)
        ],
    }


def _rules(process: Process) -> list[dict[str, Any]]:
    """Every set of rules that was published, with what opens its `config` leaf; those of an import under way wait for its end."""
    published = RulesInForce.objects.filter(consultation__process=process).exclude(
        consultation__is_imported=True, consultation__state=Consultation.State.DRAFT
    )
    rules = list(published.select_related("consultation").order_by("pk"))
    positions = positions_of(process.log, [bytes(item.leaf_hash) for item in rules])
    return [
        {
            "consultation": item.consultation.slug,
            "document": json.loads(item.document),
            "salt": b64(bytes(item.salt)),
            "leaf": positions[bytes(item.leaf_hash)],
        }
        for item in rules
    ]


def _acts(process: Process) -> list[dict[str, Any]]:
    """Every act of organisers and of the clock, with what opens the commitment of its `state` leaf."""
    acts = list(Act.objects.filter(process=process).select_related("consultation").order_by("pk"))
    positions = positions_of(process.log, [bytes(item.leaf_hash) for item in acts])
    return [
        {
            "kind": item.kind,
            "actor": item.actor,
            "consultation": None if item.consultation is None else item.consultation.slug,
            "happened_at": _instant(item.happened_at),
            "document": item.document or None,
            "salt": b64(bytes(item.salt)) if item.document else None,
            "leaf": positions[bytes(item.leaf_hash)],
        }
        for item in acts
    ]


def _day(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _instant(value: Any) -> str | None:
    return None if value is None else value.astimezone(PARIS).isoformat(timespec="seconds")
