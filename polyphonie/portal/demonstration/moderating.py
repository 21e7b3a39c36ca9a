"""What does moderation do in the demonstration? A few cases, each at its point of the procedure, by the product's own verbs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from polyphonie.annotations.models import Annotation
from polyphonie.contributions.models import Contribution
from polyphonie.moderation import actions
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.actions.tying import Tie, tie_reasons
from polyphonie.moderation.kinds import on
from polyphonie.moderation.models import Act, Appeal, Case, Ground
from polyphonie.moderation.queries import to_read
from polyphonie.portal.demonstration import content
from polyphonie.portal.demonstration.content import Item
from polyphonie.portal.demonstration.story import ORGANISER, Story
from polyphonie.processes.models import Role, RoleAssignment

READ_UNTIL = timedelta(days=2)


def plan_reasons(story: Story) -> None:
    """The organisers tie grounds to the articles of their charter."""
    asked = {Ground(item["ground"]): Tie(item["article"], item["sentence"]) for item in content.concertation()["reasons"]}
    (on_day,) = {item["on_day"] for item in content.concertation()["reasons"]}
    story.then(story.clock.at(on_day), partial(_tie, story, asked))


def _tie(story: Story, asked: dict[Ground, Tie], now: datetime) -> None:
    tie_reasons(story.process, asked, actor=ORGANISER, now=now)


def plan_cases(story: Story, cases: Sequence[Item]) -> None:
    """Each case as far as it has come: flags, the notice to the author, the decision, the appeal."""
    for item in cases:
        story.then(story.clock.at(item["flagged_on"]), partial(_flag, story, item))
        if "notice_on" in item:
            story.then(story.clock.at(item["notice_on"]), partial(_give_notice, story, item))
        if "reply_on" in item:
            story.then(story.clock.at(item["reply_on"]), partial(_reply, story, item))
        if "decided_on" in item:
            story.then(story.clock.at(item["decided_on"]), partial(_decide, story, item))
        if "appeal_on" in item:
            story.then(story.clock.at(item["appeal_on"]), partial(_contest, story, item))


def plan_reading(story: Story) -> None:
    """The texts that moderators have read by now."""
    story.then(story.clock.at(-1.0), partial(_read, story))


def _text(story: Story, item: Item) -> Contribution | Annotation:
    """What a case is about: a contribution, or a comment on the synthesis."""
    return story.comments[item["text"]] if item["text"] in story.comments else story.voices[item["text"]]


def _flag(story: Story, item: Item, now: datetime) -> None:
    for words in item["words"]:
        actions.flag(story.process, **on(_text(story, item)), ground=item["ground"], words=words, now=now)


def _give_notice(story: Story, item: Item, now: datetime) -> None:
    ground = Ground(item["ground"])
    actions.give_notice(_case(story, item), ground=ground, facts=item["facts"], by=_moderator(story, 1), now=now)


def _reply(story: Story, item: Item, now: datetime) -> None:
    case = _case(story, item)
    (author,) = case.authors
    actions.reply(case, item["reply"], account=author, now=now)


def _decide(story: Story, item: Item, now: datetime) -> None:
    act = Act(item["decision"])
    measure = Measure(act, "" if act == Act.KEPT else item["ground"])
    actions.decide(_case(story, item), measure, facts=item["facts"], by=_moderator(story, item["moderator"]), now=now)


def _contest(story: Story, item: Item, now: datetime) -> None:
    decision = _case(story, item).decisions.latest("pk")
    actions.lodge_appeal(decision, item["appeal"], party=Appeal.Party.AUTHOR, is_party=True, now=now)


def _read(story: Story, now: datetime) -> None:
    """Moderators have read what is older than two days, one text each in turn."""
    moderators = [_moderator(story, 1), _moderator(story, 2)]
    old = [text for text in to_read(story.process) if text.published_at < now - READ_UNTIL]
    for rank, text in enumerate(old):
        actions.mark_read(text, by=moderators[rank % 2], now=now)


def _case(story: Story, item: Item) -> Case:
    read = Case.objects.select_related(
        "process__log", "contribution__consultation__process", "contribution__author", "annotation__document__process__log",
        "annotation__author", "annotation__discussion",
    )  # fmt: skip
    return read.filter(**on(_text(story, item))).latest("pk")


def _moderator(story: Story, number: int) -> RoleAssignment:
    return story.process.roles.get(role=Role.MODERATOR, number=number)
