"""What does the author of a hidden text read? The ground, the facts, and that the number stays."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.contributions.models import Contribution
from polyphonie.core.addresses import contribution_address
from polyphonie.moderation.models import Ground
from polyphonie.notifications.actions import tell
from polyphonie.notifications.models import Topic


def tell_hidden(contribution: Contribution, *, ground: Ground, facts: str, now: datetime) -> None:
    """Tell the author at once; a text without an account has nobody to tell."""
    author = contribution.author
    if author is None:
        return
    process, number = contribution.process.slug, contribution.number
    with translation.override(author.language):
        line = _("Your text #%(number)s was hidden. Ground: %(ground)s. Facts: %(facts)s. Its number stays, with a notice.") % {
            "number": number,
            "ground": ground.label,
            "facts": facts.rstrip("."),
        }
        if contribution.process.appeal_body:
            line += " " + _("You can contest this before: %(appeal_body)s.") % {
                "appeal_body": contribution.process.appeal_body.rstrip(".")
            }
    tell(
        author,
        Topic.MY_TEXTS,
        key=f"hidden/{process}/{number}/{now.isoformat()}",
        line=line,
        address=contribution_address(process, number),
        now=now,
        is_due_to_them=True,
    )
