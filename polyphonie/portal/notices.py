"""What stands at the address of a text that is not shown any more? Since when, by whom in role, on which ground; never a name."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.printing import day, last_minute
from polyphonie.moderation.models import Case, Decision, Ground
from polyphonie.moderation.queries import urgent_on

HIDDEN_AT_SOURCE = "hidden_at_source"


@dataclass(frozen=True)
class Notice:
    """The sentence that replaces a text, its ground in words, the day."""

    title: str
    sentence: str
    ground: str
    since: datetime | None
    can_be_appealed: bool


def ground_in_words(ground: str) -> str:
    """The public words of a ground; empty when there is none."""
    if ground == HIDDEN_AT_SOURCE:
        return _("it was already hidden on the site it comes from")
    return str(Ground(ground).label) if ground in Ground.values else ground


def urgently(urgent: Decision, now: datetime) -> str:
    """What is said of a text that was hidden before its author was heard: who looks at it next, and whether they are late."""
    hidden = _("Moderation hid this text urgently, before hearing its author, who was told why and can contest it at once.")
    if urgent.confirmed_at is not None:
        words = _("Someone else looked at it on %(day)s and let it stand: its author is heard, then a moderator decides.") % {
            "day": day(urgent.confirmed_at)
        }
        return f"{hidden} {words}"
    assert urgent.confirm_before is not None
    until = {"moment": last_minute(urgent.confirm_before)}
    if now >= urgent.confirm_before:
        words = _("A second person had to decide before %(moment)s: this decision is late.") % until
    elif Ground(urgent.ground).is_unlawful:
        words = _("A second person decides before %(moment)s.") % until
    else:
        words = _("A second person decides before %(moment)s, or the text is shown again by itself.") % until
    return f"{hidden} {words}"


def notice_of(contribution: Contribution) -> Notice:
    """The notice of a contribution that is hidden, withdrawn, removed or erased."""
    ground = ground_in_words(contribution.status_ground)
    since = contribution.status_since
    if contribution.status == Status.WITHDRAWN:
        words = _("Its author took this text back. Its number stays, and names nothing else.")
        return Notice(_("Text withdrawn by its author"), words, "", since, can_be_appealed=False)
    if contribution.status == Status.ERASED:
        words = _("The account that wrote this text asked for its data to be erased. Its number stays, and names nothing else.")
        return Notice(_("Text erased"), words, "", since, can_be_appealed=False)
    if contribution.status == Status.REMOVED:
        words = _("Moderation removed this text after hearing its author.")
        return Notice(_("Text removed"), words, ground, since, can_be_appealed=True)
    words = _("Moderation hid this text. Its author was told why, and can contest the decision.")
    urgent = urgent_on(Case(contribution=contribution))
    if urgent is not None and urgent.ended_at is None:
        words = urgently(urgent, timezone.now())
    if contribution.status_ground == HIDDEN_AT_SOURCE:
        words = _("This text was taken over without being shown.")
    return Notice(_("Text hidden"), words, ground, since, can_be_appealed=contribution.status_ground != HIDDEN_AT_SOURCE)
