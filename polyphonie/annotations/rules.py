"""Who may comment on what, and when? Which answer can be given? Each rule says no with a sentence."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account, Organisation
from polyphonie.annotations.anchoring import Passage
from polyphonie.annotations.models import Annotation, Document
from polyphonie.consultation.rules import name_shown_refusal, person_refusal
from polyphonie.core.plaintext import holds_forbidden
from polyphonie.core.printing import last_minute

TITLE_LENGTH = 200
BODY_LENGTH = 3_000
REASON_LENGTH = 3_000
KEY_LENGTH = 40
Status, Answer = Annotation.Status, Annotation.Answer


def comments_refusal(document: Document, *, now: datetime) -> str | None:
    """Whether the text may be commented on at this instant: `closes_at` is the first refused one."""
    if document.process.copied_from:
        return _("This text is a copy, rebuilt from what was published: it can be read, and is not commented on here.")
    if document.opens_at is None or document.closes_at is None:
        return _("This text is not open to comments.")
    if now >= document.closes_at:
        return _("Comments closed on %(moment)s. Everything stays readable.") % {"moment": last_minute(document.closes_at)}
    if now < document.opens_at:
        return _("Comments open on %(moment)s.") % {"moment": last_minute(document.opens_at)}
    return None


def annotate_refusal(document: Document, *, account: Account | None, now: datetime) -> str | None:
    """Whether this account may comment on this text at this instant."""
    return comments_refusal(document, now=now) or person_refusal(account) or name_shown_refusal(account)


def version_refusal(*, is_last: bool) -> str | None:
    """Whether one comments on this version: the last one only."""
    if not is_last:
        return _("A newer version of this text was published meanwhile: look for your passage in it, then comment on it.")
    return None


def passage_refusal(passage: Passage | None) -> str | None:
    """Whether there is something at the place that was chosen."""
    if passage is None or (not passage.is_whole_block and not passage.exact.strip()):
        return _("This passage is not in the text: select it again, or comment on the whole paragraph.")
    return None


def copied_refusal(found: int) -> str | None:
    """Whether words copied from a paragraph say which passage is meant: they stand there, once."""
    if not found:
        return _("These words are not in the paragraph: copy them as they stand, or leave this empty.")
    if found > 1:
        return _("These words stand %(count)s times in the paragraph: copy a few more, before or after.") % {"count": found}
    return None


def words_refusal(*, title: str, body: str, asks_title: bool) -> str | None:
    """Whether a comment has what it needs, within its lengths (characters)."""
    if asks_title and not title:
        return _("Give your comment a title.")
    if not body:
        return _("Write your comment.")
    if len(title) > TITLE_LENGTH:
        return _("The title is too long: %(count)s characters, at most %(most)s.") % {"count": len(title), "most": TITLE_LENGTH}
    if len(body) > BODY_LENGTH:
        return _("The comment is too long: %(count)s characters, at most %(most)s.") % {"count": len(body), "most": BODY_LENGTH}
    return None


def speaker_refusal(speaks_for: Organisation | None, *, is_member: bool) -> str | None:
    """Whether this person speaks for this organisation."""
    if speaks_for is not None and not is_member:
        return _("You do not belong to this organisation: comment in your own name.")
    return None


def reply_refusal(discussion: Annotation) -> str | None:
    """Whether one may reply in this discussion: it is shown, and not a reply itself."""
    if not discussion.is_discussion:
        return _("One replies to a discussion as a whole.")
    if not discussion.is_visible:
        return _("This comment is not shown any more: nobody can reply to it.")
    return None


def withdraw_refusal(annotation: Annotation, account: Account | None) -> str | None:
    """Whether this account may take it back: its author may, at any time, while it is shown."""
    if account is None or annotation.author_id is None or annotation.author_id != account.pk:
        return _("Only its author can take this comment back.")
    if not annotation.is_visible:
        return _("This comment is not shown any more.")
    return None


def answer_refusal(discussion: Annotation, *, answer: str, reason: str) -> str | None:
    """Whether this answer can be given: to a discussion that is shown, until the text is final; with its reason if declined."""
    if not discussion.is_discussion:
        return _("The answer is given to the discussion as a whole.")
    if not discussion.is_visible:
        return _("This comment is not shown any more: there is nothing to answer.")
    if discussion.document.final_at is not None:
        return _("This text is final: its answers do not change any more.")
    if answer not in Answer.values:
        return _("Say whether the comment is integrated, noted or declined.")
    if answer == Answer.DECLINED and not reason:
        return _("Say why it is declined: everyone will read it.")
    if len(reason) > REASON_LENGTH:
        return _("The reason is too long: at most %(most)s characters.") % {"most": REASON_LENGTH}
    return None


def overtaken_refusal(*, seen: str, standing: str) -> str | None:
    """Whether an answer replaces the one that was seen; another may have been given meanwhile."""
    if seen != standing:
        return _("Someone answered this discussion meanwhile: read their answer, and change it only if it has to be.")
    return None


def hide_refusal(annotation: Annotation, *, ground: str) -> str | None:
    """Whether it can be hidden, and with which ground."""
    if not annotation.is_visible:
        return _("This text is not shown any more.")
    return ground_refusal(ground)


def remove_refusal(annotation: Annotation, *, ground: str) -> str | None:
    """Whether its text can be destroyed by a decision: it is shown, or hidden already."""
    if annotation.status not in (Status.PUBLISHED, Status.HIDDEN):
        return _("This text is already gone.")
    return ground_refusal(ground)


def ground_refusal(ground: str) -> str | None:
    if not ground:
        return _("Say on which ground: nothing is hidden without one.")
    return None


def restore_refusal(annotation: Annotation) -> str | None:
    if annotation.status != Status.HIDDEN:
        return _("Only a hidden text can be restored.")
    if not annotation.body:
        return _("The words of this text were destroyed since: there is nothing left to show.")
    return None


def mask_refusal(annotation: Annotation, *, ground: str, is_found: bool) -> str | None:
    """Whether a passage can be masked in it: the words are there, shown or hidden for now."""
    if annotation.status not in (Status.PUBLISHED, Status.HIDDEN):
        return _("This text is not shown any more: it cannot be changed.")
    if not is_found:
        return _("This passage is not in the text: copy it as it stands.")
    return ground_refusal(ground)


def unmask_refusal(annotation: Annotation, *, is_found: bool) -> str | None:
    """Whether a masked passage can be given back: its mask is still there."""
    if annotation.status not in (Status.PUBLISHED, Status.HIDDEN) or not is_found:
        return _("This text is not shown any more: it cannot be changed.")
    return None


def open_refusal(document: Document, *, is_published: bool, closes_at: datetime, now: datetime) -> str | None:
    """Whether comments may open until this instant."""
    if not is_published:
        return _("Publish the text first: only what is published can be commented on.")
    if document.opens_at is not None:
        return _("Comments are open already, or were: extend them.")
    if document.final_at is not None:
        return _("This text is final: it is not commented on any more.")
    if closes_at <= now:
        return _("Comments close in the future: choose a later day.")
    return None


def extend_refusal(document: Document, *, closes_at: datetime, reason: str, now: datetime) -> str | None:
    """Whether comments may stay open longer, or open again: never shorter, and with a reason."""
    if document.closes_at is None:
        return _("Comments are not open yet.")
    if document.final_at is not None:
        return _("This text is final: it is not commented on any more.")
    if closes_at <= max(document.closes_at, now):
        return _("Comments are extended, never shortened: choose a later day.")
    if not reason.strip():
        return _("Say why: the reason is published.")
    return None


def publish_refusal(document: Document, blocks: Sequence[Mapping[str, str]]) -> str | None:
    """Whether these blocks are a version of the text: keys of its own, words without characters that deceive the eye."""
    if document.final_at is not None:
        return _("This text is final: no other version can be published.")
    keys = [block["key"] for block in blocks]
    if not blocks or len(set(keys)) != len(keys) or not all(0 < len(key) <= KEY_LENGTH for key in keys):
        return _("A version is made of paragraphs, each under a key of its own.")
    if any(holds_forbidden(block["text"]) for block in blocks):
        return _("The text holds invisible characters that change the direction or the look of a text: take them out.")
    return None
