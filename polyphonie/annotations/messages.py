"""Who is told of a discussion? Those who take part in it, of each reply; its author, of the answer: in the digest of the day."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.annotations.models import Annotation, DocumentVersion
from polyphonie.annotations.places import places_of
from polyphonie.annotations.queries import take_part_in
from polyphonie.notifications.actions import tell
from polyphonie.notifications.models import Topic


def address_of(annotation: Annotation) -> str:
    """The permanent address of the discussion it belongs to."""
    return places_of(annotation.document).discussion(annotation.opening.number)


def tell_reply(reply: Annotation, *, now: datetime) -> None:
    """Tell once everyone who wrote in the discussion, but its author."""
    discussion = reply.opening
    for account in take_part_in(discussion):
        if account.pk == reply.author_id:
            continue
        with translation.override(account.language):
            line = _("%(author)s replied in discussion no. %(number)s on « %(text)s »") % {
                "author": reply.author_name,
                "number": discussion.number,
                "text": reply.document.title,
            }
        key, quotes = f"annotation/{reply.pk}", f"annotation/{reply.pk}"
        tell(account, Topic.REACTIONS, key=key, line=line, address=address_of(reply), now=now, quotes=quotes)


def tell_answer(discussion: Annotation, *, now: datetime) -> None:
    """Tell its author what the rapporteurs answered; a changed answer is told again."""
    account = discussion.author
    if account is None:
        return
    with translation.override(account.language):
        line = _answer_line(discussion)
    key = f"answer/{discussion.pk}/{discussion.answer}/{now.isoformat()}"
    quotes = f"annotation/{discussion.pk}"
    tell(account, Topic.REACTIONS, key=key, line=line, address=address_of(discussion), now=now, quotes=quotes)


def tell_version(discussion: Annotation, version: DocumentVersion, *, is_integrated: bool, now: datetime) -> None:
    """Tell its author that a new version integrates their comment; or else, that its passage is not there any more."""
    account = discussion.author
    if account is None:
        return
    facts = {"number": discussion.number, "text": version.document.title, "version": version.number}
    with translation.override(account.language):
        if is_integrated:
            line = _("Version %(version)s of « %(text)s » appeared: it integrates your comment no. %(number)s") % facts
        else:
            line = _("Version %(version)s of « %(text)s » appeared, without the passage of your comment no. %(number)s") % facts
    key, quotes = f"annotation/{discussion.pk}/in/{version.pk}", f"annotation/{discussion.pk}"
    tell(account, Topic.REACTIONS, key=key, line=line, address=address_of(discussion), now=now, quotes=quotes)


def _answer_line(discussion: Annotation) -> str:
    facts = {"number": discussion.number, "text": discussion.document.title}
    if discussion.answer == Annotation.Answer.INTEGRATED:
        return _("The rapporteurs integrate your comment no. %(number)s on « %(text)s »") % facts
    if discussion.answer == Annotation.Answer.NOTED:
        return _("The rapporteurs note your comment no. %(number)s on « %(text)s »") % facts
    return _("The rapporteurs decline your comment no. %(number)s on « %(text)s », and say why") % facts
