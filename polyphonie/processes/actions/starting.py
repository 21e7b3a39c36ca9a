"""How does a concertation begin? From a starting point, in the hands of the person who starts it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.text import slugify

from polyphonie.accounts.models import Account
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.processes.actions.frame import create_process, free_slug
from polyphonie.processes.actions.people import grant_role
from polyphonie.processes.actions.traces import actor_name, record_act
from polyphonie.processes.models import ActKind, Consultation, Process, Role, Theme
from polyphonie.processes.queries.people import may_create
from polyphonie.processes.rules.calendar import closing_instant, opening_instant
from polyphonie.processes.rules.people import create_refusal
from polyphonie.processes.spreadsheet import PastedRow, paste_refusal
from polyphonie.processes.starting_points import StartingPoint, calendar_of, feedback_day

SLUG_LENGTH = 80


def start_process(
    point: StartingPoint,
    *,
    starter: Account,
    slug: str,
    title: str,
    organiser: str,
    opens_on: date | None,
    now: datetime,
    question: Mapping[str, Any] | None = None,
) -> Process:
    """Create a process from a starting point; whoever starts it is its first organiser. `question` is what the form asked
    of the only consultation, where there is one."""
    assert_writing()
    ensure(create_refusal(starter, has_right=may_create(starter)))
    actor = actor_name(Role.ORGANISER, 1)
    process = create_process(
        slug=slug,
        title=title,
        organiser=organiser,
        feedback_due_on=feedback_day(point, opens_on),
        actor=actor,
        now=now,
        **point.process,
    )
    grant_role(process, starter, Role.ORGANISER, actor=actor, now=now)
    themes = [
        Theme.objects.create(process=process, number=number, title=theme.title, presentation=theme.presentation)
        for number, theme in enumerate(point.themes, start=1)
    ]
    for rank, item in enumerate(point.consultations, start=1):
        asked = {
            "title": item.title,
            "presentation": item.presentation,
            "questions": item.questions,
            "has_diagnoses": item.has_diagnoses,
            "is_under_crpa": item.is_under_crpa,
            "theme": themes[item.theme - 1] if item.theme else None,
            **calendar_of(item, opens_on),
            **(question or {} if point.is_one_question else {}),
        }
        Consultation.objects.create(process=process, rank=rank, slug=free_slug(process, asked["title"]), **asked)
    record_act(process, ActKind.CONSULTATION, actor=actor, now=now, facts={"starting_point": point.title})
    return process


def free_process_slug(title: str) -> str:
    """An address made from a title, that no other process has."""
    base = slugify(title)[: SLUG_LENGTH - 4].strip("-") or "concertation"
    base = f"concertation-{base}" if base.isdecimal() else base
    taken = set(Process.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for number in range(1, 1000) if (slug := base if number == 1 else f"{base}-{number}") not in taken)


def add_pasted(process: Process, rows: Sequence[PastedRow], *, actor: str, now: datetime) -> list[Consultation]:
    """Add the themes and consultations of a spreadsheet, all or none; a theme that is already there is used again."""
    assert_writing()
    ensure(paste_refusal(list(rows)))
    themes = {theme.title: theme for theme in process.themes.all()}
    last = max((theme.number for theme in themes.values()), default=0)
    rank = max(process.consultations.values_list("rank", flat=True), default=0)
    added = []
    for row in rows:
        if row.theme and row.theme not in themes:
            last += 1
            themes[row.theme] = Theme.objects.create(process=process, number=last, title=row.theme)
        rank += 1
        dates: dict[str, Any] = {}
        if row.opens_on and row.closes_on:
            dates = {"opens_at": opening_instant(row.opens_on), "closes_at": closing_instant(row.closes_on)}
        added.append(
            Consultation.objects.create(
                process=process,
                rank=rank,
                slug=free_slug(process, row.title),
                title=row.title,
                questions=row.question,
                presentation=row.presentation,
                theme=themes.get(row.theme),
                **dates,
            )
        )
    record_act(process, ActKind.CONSULTATION, actor=actor, now=now, facts={"pasted": len(added)})
    return added
