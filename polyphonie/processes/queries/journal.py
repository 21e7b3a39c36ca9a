"""What have organisers done, and when? The public journal of a concertation, each line by role and number."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.core.printing import day, last_minute
from polyphonie.processes.models import Act, ActKind, Consultation, Process, Role

SHOWN_TO_ALL = frozenset(ActKind) - {ActKind.REMOVED}


@dataclass(frozen=True)
class JournalLine:
    """One line: what was done, in words; by whom, as a role; on which consultation, if it is public."""

    happened_at: datetime
    kind: str
    title: str
    detail: str
    actor: str
    consultation: Consultation | None
    changes: tuple[tuple[str, str, str], ...]


def journal(process: Process, *, limit: int | None = None, since: datetime | None = None) -> list[JournalLine]:
    """The lines everyone may read, latest first: what touched a consultation still in draft stays untold until it is
    announced, and then is told."""
    acts = process.acts.select_related("consultation").order_by("-happened_at", "-pk").filter(kind__in=SHOWN_TO_ALL)
    acts = acts.exclude(consultation__state=Consultation.State.DRAFT)
    if since is not None:
        acts = acts.filter(happened_at__gte=since)
    return [line_of(act) for act in acts[:limit]]


def organisers_journal(process: Process, *, limit: int | None = None) -> list[JournalLine]:
    """The same with what is still in preparation."""
    return [line_of(act) for act in process.acts.select_related("consultation").order_by("-happened_at", "-pk")[:limit]]


def line_of(act: Act) -> JournalLine:
    facts = json.loads(act.document) if act.document else {}
    return JournalLine(
        happened_at=act.happened_at,
        kind=act.kind,
        title=act.get_kind_display(),
        detail=_detail(act, facts),
        actor=actor_in_words(act.actor),
        consultation=act.consultation,
        changes=tuple(_changes(facts)) if act.kind in _WITH_CHANGES else (),
    )


_WITH_CHANGES = {
    ActKind.EDITED, ActKind.METHOD, ActKind.REFERRAL, ActKind.THEMES, ActKind.CONSULTATION, ActKind.REASONS,
}  # fmt: skip


def actor_in_words(actor: str) -> str:
    """`organiser/1` → « organisateur n° 1 »; the clock and the installation in words."""
    if actor == "clock":
        return _("by itself, at its hour")
    name, _slash, number = actor.partition("/")
    if name in Role.values and number:
        return _("%(role)s no. %(number)s") % {"role": Role(name).label, "number": number}
    return _("administrator of the site")


def _detail(act: Act, facts: Mapping[str, Any]) -> str:
    match act.kind:
        case ActKind.EXTENDED:
            return _("Closes on %(new)s instead of %(previous)s. Reason: %(reason)s") % {
                "new": _instant(facts["closes_at"]),
                "previous": _instant(facts["previous"]),
                "reason": facts["reason"],
            }
        case ActKind.DEROGATION:
            return _("The referral asked for an end by %(day)s. Reason: %(reason)s") % {
                "day": _day(facts["deadline"]),
                "reason": facts["reason"],
            }
        case ActKind.CALENDAR:
            return _calendar_detail(facts)
        case ActKind.INVITED:
            return str(Role(facts["role"]).label)
        case ActKind.ROLE_TAKEN | ActKind.ROLE_ENDED:
            words = actor_in_words(f"{facts['role']}/{facts['number']}")
            return f"{words} ({facts['body']})" if facts["body"] else words
        case ActKind.COMMENTS:
            words = _("Until %(moment)s.") % {"moment": _instant(facts["closes_at"])}
            return words + (" " + _("Reason: %(reason)s") % facts if facts["reason"] else "")
        case ActKind.ANSWERED | ActKind.CARRIED:
            return _discussions_detail(facts)
        case ActKind.PROGRESS | ActKind.FEEDBACK:
            return str(facts.get("title", ""))
        case ActKind.REVIEW:
            if not facts["reason"]:
                return _("Texts appear at once again.")
            return _("Texts are read before they appear, until %(until)s. Reason: %(reason)s") % {
                "until": _instant(facts["until"]),
                "reason": facts["reason"],
            }
        case ActKind.SEEDED:
            if facts["first"] == facts["last"]:
                return _("one proposal, #%(first)s") % facts
            return _("%(count)s proposals, #%(first)s to #%(last)s") % facts
    return ""


def _discussions_detail(facts: Mapping[str, Any]) -> str:
    """Which discussion was answered, or what became of all of them in a new version."""
    if "discussion" in facts:
        return _("Discussion no. %(number)s") % {"number": facts["discussion"]}
    words = ngettext(
        "Version %(version)s: %(discussions)s discussion.",
        "Version %(version)s: %(discussions)s discussions.",
        facts["discussions"],
    )
    lost = ngettext("%(detached)s lost its passage.", "%(detached)s lost their passage.", facts["detached"])
    return f"{words} {lost}" % facts if facts["detached"] else words % facts


def _calendar_detail(facts: Mapping[str, Any]) -> str:
    words = []
    if facts.get("opens_at"):
        words.append(_("opens on %(day)s") % {"day": _day_of_instant(facts["opens_at"])})
    if facts.get("closes_at"):
        words.append(_("closes on %(moment)s") % {"moment": _instant(facts["closes_at"])})
    return ", ".join(words)


def _changes(facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (field_in_words(field), _said(value[0]), _said(value[1]))
        for field, value in facts.items()
        if isinstance(value, list) and len(value) == 2 and field not in ("added", "removed", "changed")
    ]


def field_in_words(field: str) -> str:
    """A field of a record, as its form calls it."""
    names = {
        "title": _("Title"),
        "tagline": _("In one sentence"),
        "introduction": _("Presentation"),
        "presentation": _("Presentation"),
        "organiser": _("Who organises it?"),
        "initiative": _("On whose initiative?"),
        "hashtag": _("Hashtag"),
        "licence": _("Licence of the texts and data"),
        "charter": _("Charter of those who take part"),
        "who_decides": _("Who decides"),
        "what_becomes": _("What will be done with the answers"),
        "feedback_due_on": _("Day of the answer"),
        "legal_basis": _("Legal basis for personal data"),
        "asks_consent": _("Explicit consent asked of each person"),
        "appeal_body": _("Appeal body"),
        "synthesis_planned": _("Synthesis planned"),
        "questions": _("The question"),
        "number": _("Number"),
        "kind": _("Who asks for it?"),
        "issuer": _("Signed by"),
        "addressee": _("Addressed to"),
        "received_on": _("Received on"),
        "deadline_on": _("End asked for by"),
        "text": _("Text of the letter"),
        "rank": _("Place in the list"),
        "has_diagnoses": _("Tell diagnoses from solutions"),
        "is_under_crpa": _("Article L132-1"),
        "charter_abuse": _("Contrary to the charter: personal attack"),
        "charter_off_topic": _("Contrary to the charter: without any relation to the consultation"),
        "charter_advertising": _("Contrary to the charter: advertising"),
        "charter_flood": _("Contrary to the charter: the same text posted again and again"),
        "charter_passing_for": _("Contrary to the charter: passing for someone else"),
    }
    return names.get(field, field)


def _said(value: Any) -> str:
    """A fact of a document, as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _instant(text: str) -> str:
    value = parse_datetime(text)
    return "" if value is None else last_minute(value)


def _day_of_instant(text: str) -> str:
    value = parse_datetime(text)
    return "" if value is None else day(timezone.localtime(value))


def _day(text: str) -> str:
    value: date | None = parse_date(text)
    return "" if value is None else day(value)
