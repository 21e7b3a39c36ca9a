"""What does loading the demonstration do? It lives the concertation through once, from its letter to now, at each act's instant.

Every act is the product's own verb, called in the order of time inside one transaction: an interrupted loading leaves nothing,
and loading what is there already does nothing.
"""

from collections.abc import Callable
from datetime import datetime

from django.db.models import F

from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.core.writing import writing_at
from polyphonie.notifications.actions import hand_digest_over
from polyphonie.notifications.queries import accounts_to_tell
from polyphonie.outbox.models import Mail
from polyphonie.portal.demonstration import archive, content
from polyphonie.portal.demonstration.clock import Clock
from polyphonie.portal.demonstration.drafting import plan_draft
from polyphonie.portal.demonstration.frame import begin, plan_calendar, plan_progress
from polyphonie.portal.demonstration.moderating import plan_cases, plan_reading, plan_reasons
from polyphonie.portal.demonstration.story import Story
from polyphonie.portal.demonstration.synthesising import plan_synthesis
from polyphonie.portal.demonstration.visiting import plan_visits, write_votes
from polyphonie.portal.demonstration.voicing import plan_seeding, plan_texts
from polyphonie.processes.models import Consultation, Process

MOST_DIGESTS = 1_000

Progress = Callable[[int, int], None]


def load(now: datetime, *, has_synthesis: bool = True, progress: Progress | None = None) -> bool:
    """Load the demonstration, with its syntheses or before them, and beside it the archive of « Ambition numérique »; False when
    they are there already."""
    slug = content.concertation()["process"]["slug"]
    if Process.objects.filter(slug=slug).exists():
        return False
    with writing_at(now):
        story = begin(Clock(now))
        plan_calendar(story)
        plan_seeding(story)
        plan_texts(story)
        plan_reasons(story)
        plan_cases(story, content.concertation()["cases"])
        plan_visits(story)
        if has_synthesis:
            plan_draft(story)
            plan_synthesis(story)
            plan_cases(story, content.published_synthesis()["cases"])
        plan_reading(story)
        plan_progress(story)
        plan_digests(story)
        _live(story, progress)
        archive.load_archive(now=now)
    return True


def _live(story: Story, progress: Progress | None) -> None:
    """Let everything happen, in the order of time."""
    for done, (instant, act) in enumerate(sorted(story.acts, key=lambda planned: planned[0]), start=1):
        act(instant)
        if progress is not None and done % 50 == 0:
            progress(done, len(story.acts))
    Mail.objects.filter(sent_at=None).update(sent_at=F("queued_at"))
    for slug in list(story.unwritten):
        write_votes(story, slug)
    for consultation in story.process.consultations.exclude(state=Consultation.State.DRAFT):
        draw_lists(consultation, now=min(consultation.closes_at or story.clock.now, story.clock.now))


def plan_digests(story: Story) -> None:
    """Each morning, the digests of the day before; what happened since the last one waits for the loop's next turn."""
    first = int(content.concertation()["process"]["created_on"])
    for day in range(first, 1):
        morning = story.clock.morning(day)
        if morning <= story.clock.now:
            story.then(morning, _hand_digests_over)


def _hand_digests_over(now: datetime) -> None:
    for account in accounts_to_tell(0, MOST_DIGESTS):
        hand_digest_over(account, now=now)
