"""What does a moderator look at? The latest texts, the hidden ones, and what was decided on one."""

from polyphonie.contributions.models import Contribution, Status
from polyphonie.moderation.models import Decision
from polyphonie.processes.models import Process

PAGE = 30


def latest_texts(process: Process) -> list[Contribution]:
    """The last published texts, the newest first."""
    published = Contribution.objects.filter(process=process, status=Status.PUBLISHED, consultation__is_imported=False)
    return list(published.select_related("consultation", "about").order_by("-number")[:PAGE])


def hidden_texts(process: Process) -> list[Contribution]:
    """The texts hidden by a decision, the newest decision first."""
    hidden = Contribution.objects.filter(process=process, status=Status.HIDDEN)
    return list(hidden.select_related("consultation").order_by("-status_since", "-number")[:PAGE])


def decisions_on(contribution: Contribution) -> list[Decision]:
    return list(Decision.objects.filter(contribution=contribution))
