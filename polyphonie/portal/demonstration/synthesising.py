"""What became of the first consultation of the demonstration? A synthesis published, discussed, answered, published again."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from polyphonie.annotations import actions as annotating
from polyphonie.annotations.actions.commenting import Words
from polyphonie.annotations.models import Annotation
from polyphonie.contributions.models import Contribution, Status
from polyphonie.portal.demonstration import content
from polyphonie.portal.demonstration.content import Item
from polyphonie.portal.demonstration.drafting import state
from polyphonie.portal.demonstration.story import Story
from polyphonie.processes.actions import actor_name
from polyphonie.processes.models import Role
from polyphonie.synthesis.actions.doubts import explain_omissions, settle_doubts, take_reason_back
from polyphonie.synthesis.actions.measuring import note_measure
from polyphonie.synthesis.actions.publishing import publish_version
from polyphonie.synthesis.actions.reading import sort_text
from polyphonie.synthesis.actions.reviewing import review
from polyphonie.synthesis.actions.topics import add_topic, set_frame
from polyphonie.synthesis.actions.writing import Place, save_statement, synthesis_of
from polyphonie.synthesis.checks.resolving import numbers_in, resolve
from polyphonie.synthesis.content import columns_of
from polyphonie.synthesis.models import Measure, Statement, Synthesis, Topic
from polyphonie.synthesis.queries.doubts import unsettled
from polyphonie.synthesis.queries.measuring import near_duplicates, texts_compared
from polyphonie.synthesis.queries.quoting import citables
from polyphonie.synthesis.rules import CHECKLIST


class Telling:
    """The synthesis as it is told: its statements and discussions by the names that the file gives them."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.told = content.published_synthesis()
        self.statements: dict[str, Statement] = {}

    @property
    def discussions(self) -> dict[str, Annotation]:
        return self.story.comments

    @property
    def synthesis(self) -> Synthesis:
        consultation = self.story.consultations[self.told["consultation"]]
        return Synthesis.objects.select_related("consultation__process__log", "document").get(consultation=consultation)

    @property
    def rapporteur(self) -> str:
        role = self.story.process.roles.filter(role=Role.RAPPORTEUR).earliest("number")
        return actor_name(role.role, role.number)


def plan_synthesis(story: Story) -> None:
    """Each act on its day: written, read by a second person, published, discussed, answered, published again."""
    telling, told, clock = Telling(story), content.published_synthesis(), story.clock
    story.then(clock.at(told["written_on"]), partial(_write, telling))
    story.then(clock.at(told["reviewed_on"]), partial(_review, telling, told["remarks"]["favourable"]))
    story.then(clock.at(told["published_on"]), partial(_publish, telling))
    for row in told["discussions"]:
        story.then(clock.at(row["on_day"]), partial(_comment, telling, row))
        for answer in row.get("replies", ()):
            story.then(clock.at(answer["on_day"]), partial(_reply, telling, row["name"], answer))
        if "answered_on" in row:
            story.then(clock.at(row["answered_on"]), partial(_answer, telling, row))
    second = told["second"]
    story.then(clock.at(second["written_on"]), partial(_write_again, telling))
    story.then(clock.at(second["reviewed_on"]), partial(_review, telling, second["remarks"]))
    story.then(clock.at(second["published_on"]), partial(_publish_again, telling))


def _write(telling: Telling, now: datetime) -> None:
    story, told = telling.story, telling.told
    synthesis = synthesis_of(story.consultations[told["consultation"]])
    introduction = told["introduction"]
    set_frame(
        synthesis, introduction=introduction, columns=columns_of(synthesis), edition=synthesis.edition, actor=telling.rapporteur
    )
    topics = [add_topic(synthesis, row["label"], actor=telling.rapporteur) for row in told["topics"]]
    for row in told["statements"]:
        telling.statements[row["name"]] = state(story, synthesis, topics, row, actor=telling.rapporteur, now=now)
    _read_all(telling, now)
    for row in told["omitted"]:
        texts = [story.voices[key] for key in row["texts"]]
        explain_omissions(synthesis, texts, fate=row["fate"], reason=row["reason"], actor=telling.rapporteur, now=now)
    _settle(telling, now)


def _read_all(telling: Telling, now: datetime) -> None:
    """Every contribution is read, and sorted under the topic of the first sentence that cites it or what it is about."""
    synthesis = telling.synthesis
    topics: dict[int, Topic | None] = {}
    for statement in synthesis.statements.select_related("topic").prefetch_related("citations").order_by("rank", "pk"):
        for citation in statement.citations.all():
            topics.setdefault(citation.contribution_id, statement.topic)
    shown = Contribution.objects.filter(consultation=synthesis.consultation, status=Status.PUBLISHED)
    for text in shown.order_by("number"):
        topic = topics.get(text.pk) or topics.get(text.about_id or 0)
        sort_text(synthesis, text, topic=topic, actor=telling.rapporteur, now=now)


def _settle(telling: Telling, now: datetime) -> None:
    """The rapporteur looked at each mark again, kind by kind."""
    marks = unsettled(telling.synthesis)
    for check in sorted({mark.check for mark in marks}):
        alike = [mark for mark in marks if mark.check == check]
        reason = telling.told["settled"][check]
        settle_doubts(telling.synthesis, alike, reason=reason, actor=telling.rapporteur, now=now)


def _review(telling: Telling, remarks: str, now: datetime) -> None:
    reader = telling.story.process.roles.get(role=Role.MODERATOR, number=telling.told["reader"])
    answers = dict.fromkeys(CHECKLIST, True)
    review(telling.synthesis, reader=reader, answers=answers, is_favourable=True, remarks=remarks, now=now)


def _compare(synthesis: Synthesis, now: datetime) -> None:
    """What the background job finds: which proposals nearly say the same."""
    found = near_duplicates(synthesis.consultation)
    note_measure(synthesis, Measure.Kind.NEARNESS, basis=texts_compared(synthesis.consultation), result=found, read_at=now)


def _publish(telling: Telling, now: datetime) -> None:
    _compare(telling.synthesis, now)
    closes_at = telling.story.clock.closing(telling.told["comments_close_in"])
    publish_version(telling.synthesis, closes_at=closes_at, actor=telling.rapporteur, now=now)


def _comment(telling: Telling, row: Item, now: datetime) -> None:
    document = telling.synthesis.document
    assert document is not None
    version = document.versions.latest("number")
    key = telling.statements[row["statement"]].key
    (text,) = (block["text"] for block in version.blocks if block["key"] == key)
    start = text.index(row["passage"]) if row["passage"] else 0
    telling.discussions[row["name"]] = annotating.annotate(
        version,
        block=key,
        start=start,
        end=start + len(row["passage"]),
        words=Words(title=row["title"], body=row["body"]),
        author=telling.story.accounts[row["author"]],
        now=now,
    )


def _reply(telling: Telling, name: str, answer: Item, now: datetime) -> None:
    discussion = telling.discussions[name]
    annotating.reply(discussion, words=Words(body=answer["body"]), author=telling.story.accounts[answer["author"]], now=now)


def _answer(telling: Telling, row: Item, now: datetime) -> None:
    annotating.answer_discussion(
        telling.discussions[row["name"]],
        row["answer"],
        reason=row["reason"],
        actor=telling.rapporteur,
        now=now,
        consultation=telling.synthesis.consultation,
    )


def _write_again(telling: Telling, now: datetime) -> None:
    synthesis = telling.synthesis
    topics = list(synthesis.topics.order_by("rank", "pk"))
    for row in telling.told["second"]["statements"]:
        if row["name"] in telling.statements:
            _rewrite(telling, synthesis, row, now)
        else:
            telling.statements[row["name"]] = state(telling.story, synthesis, topics, row, actor=telling.rapporteur, now=now)
    for key in _cited_now(telling):
        take_reason_back(synthesis, telling.story.voices[key])
    _settle(telling, now)


def _rewrite(telling: Telling, synthesis: Synthesis, row: Item, now: datetime) -> None:
    standing = synthesis.statements.select_related("topic").get(key=telling.statements[row["name"]].key)
    text = content.with_numbers(row["text"], telling.story.number_of)
    save_statement(
        synthesis,
        standing.key,
        place=Place(standing.topic, standing.column, standing.position),
        resolution=resolve(text, citables(synthesis.consultation, numbers_in(text))),
        is_linking=False,
        edition=standing.edition,
        actor=telling.rapporteur,
        now=now,
    )


def _cited_now(telling: Telling) -> Iterable[str]:
    """What was left out with a reason and is cited in the second version."""
    written = " ".join(row["text"] for row in telling.told["second"]["statements"])
    return [key for row in telling.told["omitted"] for key in row["texts"] if f"{{p:{key}}}" in written]


def _publish_again(telling: Telling, now: datetime) -> None:
    because = {
        telling.statements[row["name"]].key: [telling.discussions[name].number for name in row["because"]]
        for row in telling.told["second"]["statements"]
    }
    publish_version(telling.synthesis, closes_at=None, because=because, actor=telling.rapporteur, now=now)
