"""What can happen to the frame of a concertation? It is created; its texts, referral, themes and consultations change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.text import slugify

from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import open_log
from polyphonie.processes.actions.traces import before_and_after, changed_fields, record_act, record_rules, save_changes
from polyphonie.processes.models import ActKind, Consultation, Process, Referral, Theme
from polyphonie.processes.rules.frame import (
    edit_consultation_refusal,
    edit_process_refusal,
    remove_consultation_refusal,
    remove_theme_refusal,
    slug_refusal,
    theme_number_refusal,
)

ACTOR_INSTALLATION = "installation"
"""The actor of what is done from the command line or by an administrator who holds no role here."""
METHOD_FIELDS = frozenset(
    {
        "who_decides",
        "what_becomes",
        "feedback_due_on",
        "legal_basis",
        "asks_consent",
        "synthesis_planned",
        "appeal_body",
        "charter",
    }
)
SLUG_LENGTH = 80
NEW_WORD = "nouvelle"
"""The word that organisers' pages keep for a consultation to be."""
State = Consultation.State


def create_process(
    *, slug: str, title: str, organiser: str, now: datetime, actor: str = ACTOR_INSTALLATION, **details: Any
) -> Process:
    """A new process with its own log, whose origin never changes; the slug can never be taken by another."""
    assert_writing()
    ensure(slug_refusal(slug))
    log = open_log(f"{settings.POLYPHONIE_HOST}/{slug}")
    process = Process.objects.create(
        slug=slug, title=title, organiser=organiser, log=log, created_on=timezone.localdate(now), **details
    )
    record_act(process, ActKind.CREATED, actor=actor, now=now)
    return process


def edit_process(process: Process, asked: Mapping[str, Any], *, version: int, actor: str, now: datetime) -> Process:
    """Change what a process says of itself or of its method; the journal keeps what it said before."""
    assert_writing()
    changes = changed_fields(process, asked)
    if not changes:
        return process
    ensure(edit_process_refusal(process, changes, is_open=process.consultations.filter(state=State.OPEN).exists()))
    facts = before_and_after(process, changes)
    save_changes(process, changes, version=version)
    kind = ActKind.METHOD if METHOD_FIELDS & changes.keys() else ActKind.EDITED
    record_act(process, kind, actor=actor, now=now, facts=facts)
    if "charter" in changes:
        for consultation in process.consultations.filter(state=State.ANNOUNCED).select_related("process"):
            record_rules(consultation, now=now)
    return process


def record_referral(process: Process, asked: Mapping[str, Any], *, version: int | None, actor: str, now: datetime) -> Referral:
    """Record the letter that asks for the concertation, or change it; `version` is None for the first time."""
    assert_writing()
    referral = Referral.objects.filter(process=process).first()
    if referral is None:
        referral = Referral.objects.create(process=process, **asked)
        facts: dict[str, Any] = dict(asked)
    else:
        changes = changed_fields(referral, asked)
        if not changes:
            return referral
        facts = before_and_after(referral, changes)
        save_changes(referral, changes, version=version or 0)
    record_act(process, ActKind.REFERRAL, actor=actor, now=now, facts=facts)
    return referral


def add_theme(process: Process, asked: Mapping[str, Any], *, actor: str, now: datetime) -> Theme:
    """A new theme, numbered after the others unless a number is asked."""
    assert_writing()
    taken = set(process.themes.values_list("number", flat=True))
    number = asked.get("number") or max(taken, default=0) + 1
    ensure(theme_number_refusal(number, taken))
    theme = Theme.objects.create(process=process, **{**asked, "number": number})
    record_act(process, ActKind.THEMES, actor=actor, now=now, facts={"added": [theme.number, theme.title]})
    return theme


def edit_theme(theme: Theme, asked: Mapping[str, Any], *, version: int, actor: str, now: datetime) -> Theme:
    """Reword or renumber a theme."""
    assert_writing()
    changes = changed_fields(theme, asked)
    if not changes:
        return theme
    if "number" in changes:
        ensure(theme_number_refusal(changes["number"], set(theme.process.themes.values_list("number", flat=True))))
    facts = {"theme": theme.number, **before_and_after(theme, changes)}
    save_changes(theme, changes, version=version)
    record_act(theme.process, ActKind.THEMES, actor=actor, now=now, facts=facts)
    return theme


def remove_theme(theme: Theme, *, actor: str, now: datetime) -> None:
    """Remove a theme none of whose consultations is public; its drafts stay, without a theme."""
    assert_writing()
    ensure(remove_theme_refusal(theme, announced=theme.consultations.exclude(state=State.DRAFT).count()))
    process, facts = theme.process, {"removed": [theme.number, theme.title]}
    theme.delete()
    record_act(process, ActKind.THEMES, actor=actor, now=now, facts=facts)


def add_consultation(process: Process, asked: Mapping[str, Any], *, actor: str, now: datetime) -> Consultation:
    """A new draft, seen by organisers only until it is announced."""
    assert_writing()
    slug = asked.get("slug") or free_slug(process, asked["title"])
    last = process.consultations.order_by("-rank").values_list("rank", flat=True).first() or 0
    consultation = Consultation.objects.create(process=process, **{"rank": last + 1, **asked, "slug": slug})
    record_act(process, ActKind.CONSULTATION, actor=actor, now=now, consultation=consultation, facts={"added": True})
    return consultation


def edit_consultation(
    consultation: Consultation, asked: Mapping[str, Any], *, version: int, actor: str, now: datetime
) -> Consultation:
    """Reword a consultation: a draft freely, an announced one by publishing its rules anew, an open one in its
    presentation only, with the earlier words kept in the journal."""
    assert_writing()
    changes = changed_fields(consultation, asked)
    if not changes:
        return consultation
    ensure(edit_consultation_refusal(consultation, changes))
    is_public = consultation.state != State.DRAFT
    facts = before_and_after(consultation, {field: value for field, value in changes.items() if field != "theme"})
    save_changes(consultation, changes, version=version)
    if consultation.state == State.ANNOUNCED:
        record_rules(consultation, now=now)
    record_act(
        consultation.process,
        ActKind.CONSULTATION,
        actor=actor,
        now=now,
        consultation=consultation,
        facts=facts if is_public else {"changed": sorted(changes)},
    )
    return consultation


def remove_consultation(consultation: Consultation, *, actor: str, now: datetime) -> None:
    """Remove a draft that holds no text."""
    assert_writing()
    ensure(remove_consultation_refusal(consultation))
    process = consultation.process
    consultation.delete()
    record_act(process, ActKind.REMOVED, actor=actor, now=now, facts={"removed": True})


def free_slug(process: Process, title: str) -> str:
    """An address made from the title, that no other consultation of the process has."""
    base = slugify(title)[: SLUG_LENGTH - 4].strip("-") or "question"
    taken = {NEW_WORD, *process.consultations.filter(slug__startswith=base).values_list("slug", flat=True)}
    if base not in taken:
        return base
    return next(slug for number in range(2, 1000) if (slug := f"{base}-{number}") not in taken)
