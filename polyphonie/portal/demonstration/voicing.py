"""How do people speak in the demonstration? Each text, revision and answer of the content, at its instant."""

from datetime import datetime
from functools import partial

from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.seeding import seed_proposals
from polyphonie.consultation.seeding import SeededRow
from polyphonie.contributions import actions as voices
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Kind, Origin
from polyphonie.portal.demonstration import ballots, content
from polyphonie.portal.demonstration.content import Item
from polyphonie.portal.demonstration.story import ORGANISER, Story

SEEDED_BEFORE = 2.0
"""What was already in the public debate is entered this many days before the opening."""


def plan_texts(story: Story) -> None:
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


def plan_seeding(story: Story) -> None:
    """What was already in the public debate is entered on the eve of each opening."""
    for calendar in content.concertation()["consultations"]:
        found = [item for item in content.texts(calendar["slug"]).get("proposals", []) if item["origin"] == Origin.PUBLIC_DEBATE]
        if found:
            story.then(story.clock.at(calendar["opens_in"] - SEEDED_BEFORE), partial(_seed, story, calendar["slug"], found))


def _seed(story: Story, slug: str, items: list[Item], now: datetime) -> None:
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


def _propose(story: Story, slug: str, item: Item, now: datetime) -> None:
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


def _revise(story: Story, item: Item, revision: Item, now: datetime) -> None:
    speaking.revise(story.voices[item["key"]], _text(story, revision), account=story.accounts[item["author"]], now=now)


def _argue(story: Story, item: Item, now: datetime) -> None:
    about = story.voices[item["about"]]
    argument = speaking.argue(about, _text(story, item), side=item["side"], now=now, **story.speaker(item))
    if "key" in item:
        story.voices[item["key"]] = argument


def _add_source(story: Story, item: Item, now: datetime) -> None:
    speaking.add_source(story.voices[item["about"]], _text(story, item), now=now, **story.speaker(item))


def _complete(story: Story, item: Item, key: str, now: datetime) -> None:
    about = story.voices[item["about"]]
    story.voices[key] = speaking.complete(about, _text(story, item), now=now, **story.speaker(item))


def _accept(story: Story, about: str, key: str, now: datetime) -> None:
    author = story.voices[about].author
    assert author is not None
    speaking.accept_completion(story.voices[key], account=author, now=now)


def _text(story: Story, item: Item) -> Text:
    body = content.with_numbers(item["body"], story.number_of)
    return Text(title=item.get("title", ""), body=body, url=item.get("url", ""), category=item.get("category", ""))
