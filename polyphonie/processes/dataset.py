"""What is published of the frame? The process, its referral, calendar, rules in force, acts, and roles by number."""

import json
from typing import Any

from polyphonie.core.printing import PARIS
from polyphonie.core.tables import Column, Section
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.queries import positions_of
from polyphonie.processes.models import Act, ActKind, Consultation, Process, Referral, Role, RulesInForce, Theme


def process_document(process: Process) -> dict[str, Any]:
    """The content of `process.json`: nothing that is not public, staff by role and number."""
    referral = process.referral if hasattr(process, "referral") else None
    return {
        "process": process_facts(process),
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
        "consultations": consultation_facts(process),
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


def process_facts(process: Process) -> dict[str, Any]:
    """What is said of the process itself; its log is at hand."""
    return {
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
    }


def consultation_facts(process: Process) -> list[dict[str, Any]]:
    """What is said of each consultation that was announced, in the order of the page."""
    return [_consultation(item) for item in _shown(process)]


def _shown(process: Process) -> list[Consultation]:
    return list(
        Consultation.objects.filter(process=process)
        .exclude(state=Consultation.State.DRAFT)
        .select_related("theme")
        .prefetch_related("extensions")
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
            for item in consultation.extensions.all()
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
            "leaf": positions.get(bytes(item.leaf_hash)),
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
            "leaf": positions.get(bytes(item.leaf_hash)),
        }
        for item in acts
    ]


def _day(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _instant(value: Any) -> str | None:
    return None if value is None else value.astimezone(PARIS).isoformat(timespec="seconds")


_LEAF = Column(
    "leaf",
    "integer",
    "The position of its leaf in ledger/leaves.jsonl; null in the API until it is sealed, within the minute.",
    is_nullable=True,
)

PROCESS = Section(
    "process",
    "The concertation itself",
    (
        Column("slug", "string", "Its word in addresses."),
        Column("origin", "string", "The name of its register, for ever."),
        Column("title", "string", "Its title."),
        Column("tagline", "string", "Its title in a sentence."),
        Column("introduction", "string", "What it is about, in Markdown."),
        Column("hashtag", "string", "Its word on social networks."),
        Column("organiser", "string", "Who holds it."),
        Column("licence", "string", "Under which licence all this may be used again."),
        Column("charter", "string", "What may be published, in Markdown."),
        Column("who_decides", "string", "Who decides at the end."),
        Column("what_becomes", "string", "What becomes of what people say."),
        Column("feedback_due_on", "date", "The day by which an answer is promised.", is_nullable=True),
        Column("feedback_given_on", "date", "The day the answer was given.", is_nullable=True),
        Column("legal_basis", "string", "On which basis personal data are processed."),
        Column("asks_consent", "boolean", "Whether people are asked for their explicit consent, once."),
        Column("synthesis_planned", "string", "Which synthesis is planned, by whom."),
        Column("appeal_body", "string", "To whom one appeals of a decision of moderation."),
        Column("is_demonstration", "boolean", "Whether it is invented."),
    ),
    is_list=False,
)

REFERRAL = Section(
    "referral",
    "The letter that asks for it",
    (
        Column("kind", "string", "Who asks, in one coded word.", choices=tuple(Referral.Kind.values)),
        Column("number", "string", "Its number."),
        Column("issuer", "string", "Who signs it."),
        Column("addressee", "string", "To whom it is sent."),
        Column("received_on", "date", "The day it was received.", is_nullable=True),
        Column("deadline_on", "date", "The day by which it asks for an answer.", is_nullable=True),
        Column("text", "string", "Its text."),
        Column("questions", "array", "The questions it asks."),
    ),
    is_list=False,
    is_nullable=True,
)

THEMES = Section(
    "themes",
    "What groups consultations",
    (
        Column("number", "integer", "Its number in the process."),
        Column("title", "string", "Its title."),
        Column("presentation", "string", "What it is about, in Markdown."),
    ),
)

CONSULTATIONS = Section(
    "consultations",
    "Each consultation, with its calendar",
    (
        Column("slug", "string", "Its word in addresses."),
        Column("theme", "integer", "The number of its theme.", is_nullable=True),
        Column("title", "string", "Its title."),
        Column("presentation", "string", "What it is about, in Markdown."),
        Column("questions", "string", "The questions it puts."),
        Column("state", "string", "announced, open or closed.", choices=("announced", "open", "closed")),
        Column("opens_at", "datetime", "When it opens.", is_nullable=True),
        Column("closes_at", "datetime", "The first instant at which nothing is accepted any more.", is_nullable=True),
        Column("is_under_crpa", "boolean", "Whether the law on public consultations applies (CRPA L132-1)."),
        Column("is_imported", "boolean", "Whether it took place elsewhere: closed to votes here."),
        Column("drawn_on", "date", "The day of the draw that its lists show.", is_nullable=True),
        Column("config", "string", "The hash of the leaf of its rules, base64url.", is_nullable=True, is_computed=True),
        Column("extensions", "array", "Each later closing date, with the reason that was published."),
    ),
)

RULES = Section(
    "rules",
    "Every set of rules that was published, with what opens its leaf",
    (
        Column("consultation", "string", "The word of the consultation in addresses."),
        Column("document", "object", "The rules: dates, positions, ranking, moderation, public keys."),
        Column("salt", "string", "The salt of its commitment, base64url.", is_computed=True),
        _LEAF,
    ),
)

ACTS = Section(
    "acts",
    "Every act of organisers and of the clock",
    (
        Column("kind", "string", "What was done, in one coded word.", choices=tuple(ActKind.values)),
        Column("actor", "string", "The role and its number, or clock."),
        Column("consultation", "string", "The word of the consultation in addresses.", is_nullable=True),
        Column("happened_at", "datetime", "When, to the second."),
        Column("document", "string", "The facts of the act: canonical JSON.", is_nullable=True),
        Column("salt", "string", "The salt of its commitment, base64url.", is_nullable=True, is_computed=True),
        _LEAF,
    ),
)

ROLES = Section(
    "roles",
    "Who is charged with what, by number",
    (
        Column("role", "string", "The role, in one coded word.", choices=tuple(Role.values)),
        Column("number", "integer", "Its number in the process."),
        Column("body", "string", "The other public body this person belongs to."),
        Column("from_on", "date", "Its first day."),
        Column("until_on", "date", "The first day it is no longer held.", is_nullable=True),
    ),
)

FRAME = (PROCESS, REFERRAL, THEMES, CONSULTATIONS, RULES, ACTS, ROLES)
"""The sections of `process.json`, in their order."""
