"""What does moderation do in the demonstration? A few cases, each at its point of the procedure, by the product's own verbs."""

from datetime import datetime, timedelta
from functools import partial

from polyphonie.contributions.models import Contribution
from polyphonie.moderation import actions
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.models import Act, Appeal, Case, Ground
from polyphonie.moderation.queries import to_read
from polyphonie.portal.demonstration import content
from polyphonie.portal.demonstration.content import Item
from polyphonie.portal.demonstration.story import Story
from polyphonie.processes.models import Role, RoleAssignment

READ_UNTIL = timedelta(days=2)


def plan_cases(story: Story) -> None:
    """Each case as far as it has come: flags, the notice to the author, the decision, the appeal; and the texts read by then."""
    for item in content.concertation()["cases"]:
        story.then(story.clock.at(item["flagged_on"]), partial(_flag, story, item))
        if "notice_on" in item:
            story.then(story.clock.at(item["notice_on"]), partial(_give_notice, story, item))
        if "reply_on" in item:
            story.then(story.clock.at(item["reply_on"]), partial(_reply, story, item))
        if "decided_on" in item:
            story.then(story.clock.at(item["decided_on"]), partial(_decide, story, item))
        if "appeal_on" in item:
            story.then(story.clock.at(item["appeal_on"]), partial(_contest, story, item))
    story.then(story.clock.at(-1.0), partial(_read, story))


def _flag(story: Story, item: Item, now: datetime) -> None:
    for words in item["words"]:
        text = story.voices[item["text"]]
        actions.flag(story.process, contribution=text, ground=item["ground"], words=words, now=now)


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
    for rank, text in enumerate(to_read(story.process).filter(published_at__lt=now - READ_UNTIL)):
        actions.mark_read(text, by=moderators[rank % 2], now=now)


def _case(story: Story, item: Item) -> Case:
    text: Contribution = story.voices[item["text"]]
    read = Case.objects.select_related("process__log", "contribution__consultation__process", "contribution__author")
    return read.filter(contribution=text).latest("pk")


def _moderator(story: Story, number: int) -> RoleAssignment:
    return story.process.roles.get(role=Role.MODERATOR, number=number)
