"""What does loading the demonstration do? It lives the concertation through once, from its letter to now, at each act's instant.

Every act is the product's own verb, called in the order of time inside one transaction: an interrupted loading leaves nothing,
and loading what is there already does nothing.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypedDict

from polyphonie.accounts.models import Account, Organisation
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.consultation.actions.seeding import seed_proposals
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.consultation.rules import seal_refusal
from polyphonie.consultation.seeding import SeededRow
from polyphonie.contributions import actions as voices
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution, Kind, Origin
from polyphonie.core.writing import writing_at
from polyphonie.moderation.actions import hide_text
from polyphonie.moderation.models import Ground
from polyphonie.portal.demonstration import archive, ballots, casting, content, crowd
from polyphonie.portal.demonstration.clock import Clock
from polyphonie.portal.demonstration.content import Item
from polyphonie.processes.actions import (
    announce_consultation,
    create_process,
    extend_consultation,
    grant_role,
    open_consultation,
)
from polyphonie.processes.actions.frame import add_consultation, add_theme, record_referral
from polyphonie.processes.actions.progress import publish_progress
from polyphonie.processes.models import Consultation, Process, Role

ORGANISER = "organiser/1"
MODERATOR = "moderator/1"
ANNOUNCED_BEFORE = 12.0
"""A consultation is announced this many days before it opens."""

SEEDED_BEFORE = 2.0
"""What was already in the public debate is entered this many days before the opening."""

SEALED_AFTER = timedelta(seconds=40)
"""A batch is sealed by the next turn of the loop after the vote that completes it."""

Progress = Callable[[int, int], None]


class _Speaker(TypedDict):
    account: Account
    speaks_for: Organisation | None


@dataclass
class _Story:
    """What has happened so far, and what is still to happen."""

    clock: Clock
    process: Process
    accounts: dict[str, Account]
    organisations: dict[str, Organisation]
    consultations: dict[str, Consultation] = field(default_factory=dict)
    voices: dict[str, Contribution] = field(default_factory=dict)
    seqs: dict[tuple[str, str], int] = field(default_factory=dict)
    unwritten: dict[str, list[casting.FirstVote]] = field(default_factory=dict)
    acted: dict[str, set[str]] = field(default_factory=dict)
    sealed_at: dict[str, datetime] = field(default_factory=dict)
    acts: list[tuple[datetime, Callable[[datetime], object]]] = field(default_factory=list)

    def then(self, instant: datetime, act: Callable[[datetime], object]) -> None:
        """Plan an act; those of one instant happen in the order in which they were planned."""
        self.acts.append((instant, act))

    def number_of(self, key: str) -> int:
        return self.voices[key].number

    def speaker(self, item: Item) -> _Speaker:
        """Whose voice this is: a person, or the organisation they speak for."""
        organisation = self.organisations[item["speaks_for"]] if "speaks_for" in item else None
        return {"account": self.accounts[item["author"]], "speaks_for": organisation}


def load(now: datetime, *, progress: Progress | None = None) -> bool:
    """Load the demonstration and, beside it, the archive of « Ambition numérique »; False when they are there already."""
    slug = content.concertation()["process"]["slug"]
    if Process.objects.filter(slug=slug).exists():
        return False
    with writing_at(now):
        story = _begin(Clock(now))
        _plan_calendar(story)
        _plan_seeding(story)
        _plan_texts(story)
        _plan_visits(story)
        _plan_progress(story)
        _live(story, progress)
        archive.load_archive(now=now)
    return True


def _live(story: _Story, progress: Progress | None) -> None:
    """Let everything happen, in the order of time."""
    for done, (instant, act) in enumerate(sorted(story.acts, key=lambda planned: planned[0]), start=1):
        act(instant)
        if progress is not None and done % 50 == 0:
            progress(done, len(story.acts))
    for slug in list(story.unwritten):
        _write_votes(story, slug)
    for consultation in story.process.consultations.exclude(state=Consultation.State.DRAFT):
        draw_lists(consultation, now=min(consultation.closes_at or story.clock.now, story.clock.now))


def _begin(clock: Clock) -> _Story:
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
    accounts = crowd.open_accounts(clock)
    administrator = None
    for member, account in crowd.open_staff(clock, day):
        if member["role"]:
            grant_role(process, account, Role(member["role"]), actor=ORGANISER, body=member["body"], now=now)
        else:
            administrator = account
    assert administrator is not None
    organisations = crowd.found_organisations(accounts, decided_by=administrator, clock=clock)
    return _Story(clock=clock, process=process, accounts=accounts, organisations=organisations)


def _plan_calendar(story: _Story) -> None:
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


def _close(story: _Story, slug: str, now: datetime) -> None:
    _write_votes(story, slug)
    story.consultations[slug] = close_consultation(story.consultations[slug], now=now)


def _plan_texts(story: _Story) -> None:
    """Each text and revision, at its instant."""
    completions = 0
    closings = {item["slug"]: min(item["closes_in"], 0.0) for item in content.concertation()["consultations"]}
    for slug, kind, item in content.every_text():
        at = story.clock.at(item["on_day"])
        if kind == "proposals" and item["origin"] != Origin.PUBLIC_DEBATE:
            story.then(at, partial(_propose, story, slug, item))
        if kind == "proposals":
            for revision in item.get("revisions", []):
                story.then(story.clock.at(revision["on_day"]), partial(_revise, story, item, revision))
        elif kind == "arguments":
            story.then(at, partial(_argue, story, item))
        elif kind == "sources":
            story.then(at, partial(_add_source, story, item))
        else:
            completions += 1
            key = ballots.completion_key(completions)
            story.then(at, partial(_complete, story, item, key))
            if item["accepted"]:
                later = (item["on_day"] + closings[slug]) / 2
                story.then(story.clock.at(later), partial(_accept, story, item["about"], key))


def _plan_seeding(story: _Story) -> None:
    """What was already in the public debate is entered on the eve of each opening."""
    for calendar in content.concertation()["consultations"]:
        found = [item for item in content.texts(calendar["slug"]).get("proposals", []) if item["origin"] == Origin.PUBLIC_DEBATE]
        if found:
            story.then(story.clock.at(calendar["opens_in"] - SEEDED_BEFORE), partial(_seed, story, calendar["slug"], found))


def _seed(story: _Story, slug: str, items: list[Item], now: datetime) -> None:
    consultation = story.consultations[slug]
    rows = [
        SeededRow(
            line=line,
            title=item["title"],
            body=content.with_numbers(item["body"], story.number_of),
            source=item["origin_source"],
            nature=item["nature"] if consultation.has_diagnoses else "",
        )
        for line, item in enumerate(items, start=1)
    ]
    name = story.organisations[items[0]["speaks_for"]].name
    seeded = seed_proposals(consultation, rows, name=name, actor=ORGANISER, now=now)
    story.voices.update({item["key"]: voice for item, voice in zip(items, seeded, strict=True)})


def _propose(story: _Story, slug: str, item: Item, now: datetime) -> None:
    consultation = story.consultations[slug]
    nature = item["nature"] if consultation.has_diagnoses else ""
    speaker = story.speaker(item)
    if item["origin"] == Origin.WEB:
        voice = speaking.propose(consultation, _text(story, item), nature=nature, now=now, **speaker)
    else:
        voice = voices.publish(
            consultation,
            Kind.PROPOSAL,
            _text(story, item),
            author=story.accounts[item["author"]],
            speaks_for=story.organisations.get(item.get("speaks_for", "")),
            nature=nature,
            origin=Origin(item["origin"]),
            now=now,
        )
    story.voices[item["key"]] = voice


def _revise(story: _Story, item: Item, revision: Item, now: datetime) -> None:
    speaking.revise(story.voices[item["key"]], _text(story, revision), account=story.accounts[item["author"]], now=now)


def _argue(story: _Story, item: Item, now: datetime) -> None:
    about = story.voices[item["about"]]
    argument = speaking.argue(about, _text(story, item), side=item["side"], now=now, **story.speaker(item))
    if "hidden" in item:
        hidden = item["hidden"]
        at = now + timedelta(hours=hidden["after_hours"])
        hide_text(argument, ground=Ground(hidden["ground"]), facts=hidden["facts"], actor=MODERATOR, now=at)


def _add_source(story: _Story, item: Item, now: datetime) -> None:
    speaking.add_source(story.voices[item["about"]], _text(story, item), now=now, **story.speaker(item))


def _complete(story: _Story, item: Item, key: str, now: datetime) -> None:
    about = story.voices[item["about"]]
    story.voices[key] = speaking.complete(about, _text(story, item), now=now, **story.speaker(item))


def _accept(story: _Story, about: str, key: str, now: datetime) -> None:
    author = story.voices[about].author
    assert author is not None
    speaking.accept_completion(story.voices[key], account=author, now=now)


def _text(story: _Story, item: Item) -> Text:
    body = content.with_numbers(item["body"], story.number_of)
    return Text(title=item.get("title", ""), body=body, url=item.get("url", ""), category=item.get("category", ""))


def _plan_visits(story: _Story) -> None:
    """Each vote at its instant; a batch is sealed when those who acted since the last one are enough."""
    for visit in ballots.visits():
        for ballot in visit.ballots:
            story.then(story.clock.at(ballot.day), partial(_vote, story, ballot))
        after = story.clock.at(visit.ballots[-1].day) + SEALED_AFTER
        if after <= story.clock.now:
            story.then(after, partial(_seal, story, visit.consultation))


def _vote(story: _Story, ballot: ballots.Ballot, now: datetime) -> None:
    text, account = story.voices[ballot.text], story.accounts[ballot.person]
    slug, act = text.consultation.slug, (ballot.person, ballot.text)
    seq = story.seqs.get(act, 0)
    if seq:
        _write_votes(story, slug)
        nonce = os.urandom(casting.NONCE_BYTES)
        cast_vote(text, account=account, position=ballot.position, nonce=nonce, after=seq, revision=text.revision, now=now)
    else:
        vote = casting.FirstVote.cast(text, account=account, position=ballot.position, now=now)
        story.unwritten.setdefault(slug, []).append(vote)
    story.seqs[act] = seq + 1
    story.acted.setdefault(slug, set()).add(ballot.person)


def _write_votes(story: _Story, slug: str) -> None:
    casting.write_first_votes(story.unwritten.pop(slug, []))


def _seal(story: _Story, slug: str, now: datetime) -> None:
    consultation, acted = story.consultations[slug], story.acted.setdefault(slug, set())
    last = story.sealed_at.get(slug)
    if seal_refusal(consultation, waiting_voters=len(acted), last_sealed_at=last, now=now) is None:
        _write_votes(story, slug)
        seal_batch(consultation, now=now)
        story.sealed_at[slug] = now
        acted.clear()


def _plan_progress(story: _Story) -> None:
    for item in content.concertation()["progress_updates"]:
        story.then(story.clock.at(item["on_day"]), partial(_tell_progress, story, item))


def _tell_progress(story: _Story, item: Item, now: datetime) -> None:
    body = content.with_numbers(item["body"], story.number_of)
    publish_progress(story.process, title=item["title"], body=body, role=Role(item["role"]), number=1, now=now)
