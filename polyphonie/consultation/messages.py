"""What do we tell people about what they and others write? One line each, in the language of whoever reads it."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.addresses import contribution_address
from polyphonie.core.printing import last_minute
from polyphonie.notifications.actions import follow, tell
from polyphonie.notifications.models import Topic
from polyphonie.notifications.queries import consultation_subject, contribution_quote


def tell_published(contribution: Contribution, account: Account, *, now: datetime) -> None:
    """The author's text is online; whoever wrote what it answers hears of it in the digest of the day. Publishing follows the
    consultation; voting never does."""
    process, number = contribution.process.slug, contribution.number
    follow(account, consultation_subject(process, contribution.consultation.slug))
    with translation.override(account.language):
        line = _("Your text #%(number)s is online: %(title)s") % {"number": number, "title": _called(contribution)}
    _tell(account, Topic.MY_TEXTS, contribution, "published", line, now)
    about = contribution.about
    if about is None or about.author is None or about.author_id == account.pk:
        return
    with translation.override(about.author.language):
        line = _answered(contribution, about)
    _tell(about.author, Topic.REACTIONS, contribution, "answered", line, now)


def tell_submitted(contribution: Contribution, account: Account, *, now: datetime) -> None:
    """The author's text is received: a moderator reads it before it appears, at the latest at the hour that is said."""
    process, number = contribution.process.slug, contribution.number
    follow(account, consultation_subject(process, contribution.consultation.slug))
    until = contribution.consultation.review_until
    with translation.override(account.language):
        line = _("Your text #%(number)s is received. A moderator reads it before it appears, by %(moment)s at the latest.") % {
            "number": number,
            "moment": "" if until is None else last_minute(until),
        }
    _tell(account, Topic.MY_TEXTS, contribution, "submitted", line, now)


def _tell(account: Account, topic: Topic, contribution: Contribution, what: str, line: str, now: datetime) -> None:
    process, number = contribution.process.slug, contribution.number
    tell(
        account,
        topic,
        key=f"{what}/{process}/{number}",
        line=line,
        address=contribution_address(process, number),
        quotes=contribution_quote(process, number),
        now=now,
    )


def _called(contribution: Contribution) -> str:
    return contribution.title or contribution.body[:80]


def _answered(contribution: Contribution, about: Contribution) -> str:
    facts = {"author": contribution.author_name, "number": about.number, "answer": contribution.number}
    if contribution.kind == Kind.ARGUMENT:
        if contribution.side == "for":
            return _("%(author)s gave an argument for your text #%(number)s: #%(answer)s") % facts
        return _("%(author)s gave an argument against your text #%(number)s: #%(answer)s") % facts
    if contribution.kind == Kind.SOURCE:
        return _("%(author)s brought a source to your text #%(number)s: #%(answer)s") % facts
    return _("%(author)s completed your proposal #%(number)s: #%(answer)s") % facts
