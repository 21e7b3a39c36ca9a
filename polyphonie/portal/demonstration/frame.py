"""How does the concertation itself go? Created from its letter; each consultation prepared, announced, opened, closed."""

from datetime import datetime
from functools import partial

from polyphonie.consultation.actions.agreeing import agree
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.portal.demonstration import content, crowd
from polyphonie.portal.demonstration.clock import Clock
from polyphonie.portal.demonstration.content import Item
from polyphonie.portal.demonstration.story import ORGANISER, Story
from polyphonie.portal.demonstration.visiting import write_votes
from polyphonie.processes.actions import (
    announce_consultation,
    create_process,
    extend_consultation,
    grant_role,
    open_consultation,
)
from polyphonie.processes.actions.frame import add_consultation, add_theme, record_referral
from polyphonie.processes.actions.progress import publish_progress
from polyphonie.processes.models import Consultation, Role

ANNOUNCED_BEFORE = 12.0
"""A consultation is announced this many days before it opens."""


def begin(clock: Clock) -> Story:
    """The people, the process, its referral, its themes, its staff."""
    written = content.concertation()
    said, referral = written["process"], written["referral"]
    day = said["created_on"]
    now = clock.at(day)
    process = create_process(
        now=now,
        is_demonstration=True,
        feedback_due_on=clock.opening(said["feedback_in_days"]).date(),
        **{name: text.strip() for name, text in said.items() if isinstance(text, str)},
    )
    asked = {
        "kind": referral["kind"],
        "number": referral["number"],
        "issuer": referral["issuer"],
        "addressee": referral["addressee"],
        "received_on": clock.opening(referral["received_on"]).date(),
        "deadline_on": clock.opening(referral["deadline_on"]).date(),
        "text": referral["letter"].strip(),
        "questions": "\n".join(referral["questions"]),
    }
    record_referral(process, asked, version=None, actor=ORGANISER, now=now)
    for theme in written["themes"]:
        add_theme(process, {**theme, "presentation": theme["presentation"].strip()}, actor=ORGANISER, now=now)
    accounts = crowd.open_accounts(clock, process)
    administrator = None
    for member, account in crowd.open_staff(clock, day):
        agree(account, process, now=now)
        if member["role"]:
            grant_role(process, account, Role(member["role"]), actor=ORGANISER, body=member["body"], now=now)
        else:
            administrator = account
    assert administrator is not None
    organisations = crowd.found_organisations(accounts, decided_by=administrator, clock=clock)
    return Story(clock=clock, process=process, accounts=accounts, organisations=organisations)


def plan_calendar(story: Story) -> None:
    """Each consultation is prepared, announced, opened, extended, closed: as far as it has come."""
    themes = {theme.number: theme for theme in story.process.themes.all()}
    created = story.clock.at(content.concertation()["process"]["created_on"])
    for item in content.concertation()["consultations"]:
        extensions = item.get("extensions", [])
        first_closing = extensions[0]["from_closes_in"] if extensions else item["closes_in"]
        opens_at = story.clock.opening(item["opens_in"])
        asked = {
            "slug": item["slug"],
            "theme": themes[item["theme"]],
            "title": item["title"],
            "presentation": item["presentation"].strip(),
            "questions": "\n".join(item["questions"]),
            "has_diagnoses": "diagnosis" in item["natures"],
            "opens_at": opens_at,
            "closes_at": story.clock.closing(first_closing),
            "is_under_crpa": item["declared_under_crpa"],
        }
        consultation = add_consultation(story.process, asked, actor=ORGANISER, now=created)
        story.consultations[item["slug"]] = consultation
        if item["state"] == Consultation.State.DRAFT:
            continue
        announced = story.clock.at(item["opens_in"] - ANNOUNCED_BEFORE)
        story.then(announced, partial(_announce, consultation))
        if opens_at <= story.clock.now:
            story.then(opens_at, partial(_open, consultation))
        for extension in extensions:
            closes_at = story.clock.closing(extension["to_closes_in"])
            extend = partial(_extend, consultation, closes_at, extension["reason"])
            story.then(story.clock.at(extension["decided_on"]), extend)
        if item["closes_in"] < 0:
            story.then(story.clock.closing(item["closes_in"]), partial(_close, story, item["slug"]))


def _announce(consultation: Consultation, now: datetime) -> None:
    announce_consultation(consultation, actor=ORGANISER, now=now)


def _open(consultation: Consultation, now: datetime) -> None:
    open_consultation(consultation, now=now)


def _extend(consultation: Consultation, closes_at: datetime, reason: str, now: datetime) -> None:
    extend_consultation(consultation, closes_at=closes_at, reason=reason, actor=ORGANISER, now=now)


def _close(story: Story, slug: str, now: datetime) -> None:
    write_votes(story, slug)
    story.consultations[slug] = close_consultation(story.consultations[slug], now=now)


def plan_progress(story: Story) -> None:
    for item in content.concertation()["progress_updates"]:
        story.then(story.clock.at(item["on_day"]), partial(_tell_progress, story, item))


def _tell_progress(story: Story, item: Item, now: datetime) -> None:
    body = content.with_numbers(item["body"], story.number_of)
    publish_progress(story.process, title=item["title"], body=body, role=Role(item["role"]), number=1, now=now)
