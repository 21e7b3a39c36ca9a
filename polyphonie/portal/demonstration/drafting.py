"""What does the rapporteur of the demonstration find at the desk? A synthesis begun: texts sorted, statements that cite them."""

from datetime import datetime
from functools import partial

from polyphonie.portal.demonstration import content
from polyphonie.portal.demonstration.content import Item
from polyphonie.portal.demonstration.story import Story
from polyphonie.processes.actions import actor_name
from polyphonie.processes.models import Role
from polyphonie.synthesis.actions.reading import sort_text
from polyphonie.synthesis.actions.topics import add_topic
from polyphonie.synthesis.actions.writing import NEW, Place, new_key, save_statement, synthesis_of
from polyphonie.synthesis.checks.resolving import numbers_in, resolve
from polyphonie.synthesis.models import Statement, Synthesis, Topic
from polyphonie.synthesis.queries.quoting import citables


def plan_draft(story: Story) -> None:
    """The rapporteur sorts some texts and writes a few statements, on a day of the last week."""
    story.then(story.clock.at(content.begun_synthesis()["on_day"]), partial(_write, story))


def _write(story: Story, now: datetime) -> None:
    consultation = story.consultations[content.begun_synthesis()["consultation"]]
    role = story.process.roles.filter(role=Role.RAPPORTEUR).earliest("number")
    actor = actor_name(role.role, role.number)
    synthesis = synthesis_of(consultation)
    topics = []
    for row in content.begun_synthesis()["topics"]:
        topic = add_topic(synthesis, row["label"], actor=actor)
        topics.append(topic)
        for key in row["sorted"]:
            text = story.voices[key]
            text.refresh_from_db()
            sort_text(synthesis, text, topic=topic, actor=actor, now=now)
    for row in content.begun_synthesis()["statements"]:
        state(story, synthesis, topics, row, actor=actor, now=now)


def state(story: Story, synthesis: Synthesis, topics: list[Topic], row: Item, *, actor: str, now: datetime) -> Statement:
    """A statement of the file, written at the desk; its numbers are those that the texts were given."""
    text = content.with_numbers(row["text"], story.number_of)
    return save_statement(
        synthesis,
        new_key(),
        place=Place(topics[row["topic"]], row["column"], row.get("position", "")),
        resolution=resolve(text, citables(synthesis.consultation, numbers_in(text))),
        is_linking=False,
        edition=NEW,
        actor=actor,
        now=now,
    )
