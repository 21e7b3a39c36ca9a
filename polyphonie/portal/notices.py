"""What stands at the address of a text that is not shown any more? Since when, by whom in role, on which ground; never a name."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.contributions.models import Contribution, Status
from polyphonie.moderation.models import Ground

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
    if contribution.status_ground == HIDDEN_AT_SOURCE:
        words = _("This text was taken over without being shown.")
    return Notice(_("Text hidden"), words, ground, since, can_be_appealed=contribution.status_ground != HIDDEN_AT_SOURCE)
