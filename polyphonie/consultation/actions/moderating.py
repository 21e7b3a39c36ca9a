"""What can moderation do to a text and to the votes on it at once? Mask a passage, call a change typographic, move it, review it.

Each is called alone with the consultation, `writing(lock=consultation)`, so that no vote is under way; `move` takes its locks
itself.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from polyphonie.accounts.models import Account
from polyphonie.consultation.actions.drawing import enter_draw
from polyphonie.consultation.actions.revising import carry_over_votes
from polyphonie.consultation.messages import tell_published
from polyphonie.consultation.models import Vote
from polyphonie.consultation.rules import move_refusal, typographic_refusal, unmask_refusal
from polyphonie.contributions import actions as voices
from polyphonie.contributions.actions import new_revision
from polyphonie.contributions.actions.announcing import announce_loss
from polyphonie.contributions.actions.counting import count_in_consultation
from polyphonie.contributions.actions.traces import erase_revisions, record_decision
from polyphonie.contributions.masking import Taken, given_back, holds, mask_words, masked, text_of
from polyphonie.contributions.models import UNDRAWN, Contribution, Revision, Status
from polyphonie.contributions.rules import mask_refusal
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing, hold
from polyphonie.processes.models import Consultation

HOLDS_ITS_TEXT = (Status.PUBLISHED, Status.HIDDEN)


def mask_passage(
    contribution: Contribution, *, passages: Sequence[str], ground: str, actor: str, now: datetime, reason: str = ""
) -> Revision:
    """Replace these passages everywhere in a text by « [passage masqué : …] » and keep its votes. Raises Refused.

    A new revision, `masked`, says what is left; the register says that it is the same text (`same_text`), and every earlier
    revision that holds one of the passages, however typed, loses its words and its salts. `reason` is what the mask says
    (« donnée personnelle » without one), `ground` the coded one. Called in `writing(lock=consultation)`, not shared.
    """
    assert_writing()
    contribution = _as_it_stands(contribution)
    present = text_of(contribution)
    passages = [passage for passage in passages if passage.strip()]
    is_found = bool(passages) and all(holds(present, [passage]) for passage in passages)
    ensure(mask_refusal(contribution, ground=ground, is_found=is_found))
    earlier = [revision for revision in contribution.revisions.all() if holds(text_of(revision), passages)]
    record_decision(contribution, "masked", actor=actor, ground=ground)
    revision = new_revision(
        contribution, masked(present, passages, words=mask_words(reason)), reason=Revision.Reason.MASKED, now=now
    )
    assert revision is not None
    carry_over_votes(contribution, actor=actor, now=now)
    erase_revisions(contribution, earlier, ground=ground)
    announce_loss(contribution)
    return revision


def unmask(contribution: Contribution, passages: Sequence[Taken], *, actor: str, now: datetime) -> list[Taken]:
    """Give back what a mask took, each passage where its mask still stands, by a new revision that keeps the votes; those whose
    place is not found any more. Raises Refused when none is.

    The revisions that lost their words stay without them. Called in `writing(lock=consultation)`, not shared.
    """
    assert_writing()
    contribution = _as_it_stands(contribution)
    words, lost = given_back(text_of(contribution), passages)
    ensure(unmask_refusal(contribution, is_found=len(lost) < len(passages)))
    record_decision(contribution, "unmasked", actor=actor)
    revision = new_revision(contribution, words, reason=Revision.Reason.UNMASKED, now=now)
    assert revision is not None
    carry_over_votes(contribution, actor=actor, now=now)
    return lost


def declare_typographic(contribution: Contribution, *, moderator: Account, actor: str, now: datetime) -> Revision:
    """Say that the last change by its author left the meaning as it was: earlier votes count again. Raises Refused.

    Logged (`same_text`); both texts and their difference stay readable. Called in `writing(lock=consultation)`, not shared.
    """
    assert_writing()
    contribution = _as_it_stands(contribution)
    later = contribution.revisions.get(number=contribution.revision)
    earlier = contribution.revisions.filter(number=contribution.revision - 1).first()
    ensure(typographic_refusal(contribution, earlier, later, moderator=moderator))
    later.reason = Revision.Reason.TYPOGRAPHIC
    later.save(update_fields=["reason"])
    carry_over_votes(contribution, actor=actor, now=now)
    return later


def move(contribution: Contribution, *, to: Consultation, actor: str, now: datetime) -> Contribution:
    """Move a proposal and all that answers it to another consultation of its process, numbers kept, before any vote.

    Each text that still has its words takes a new revision whose `rev` leaf names the new consultation. It holds both
    consultations alone: call it first in a `writing()` that asked for no lock.
    """
    assert_writing()
    for held in sorted({contribution.consultation_id, to.pk}):
        hold(Consultation(pk=held))
    contribution = _as_it_stands(contribution)
    to = Consultation.objects.select_related("process__log").get(pk=to.pk)
    texts = [contribution, *_answers_below(contribution)]
    has_votes = Vote.objects.filter(contribution__in=[text.pk for text in texts]).exists()
    ensure(move_refusal(contribution, to=to, has_votes=has_votes, now=now))
    for text in texts:
        _move_one(text, to, actor=actor, now=now)
    return contribution


def publish_submitted(contribution: Contribution, *, actor: str, now: datetime) -> Contribution:
    """Show a text that waited for its review, under its number and the time of its submission. Raises Refused."""
    assert_writing()
    published = enter_draw(voices.publish_submitted(contribution, actor=actor, now=now))
    if published.author is not None and published.author.closed_on is None:
        tell_published(published, published.author, now=now)
    return published


def refuse_submitted(contribution: Contribution, *, ground: str, actor: str, now: datetime) -> Contribution:
    """Do not publish a text that waited: a decision with a ground, which its author can contest. Raises Refused."""
    return voices.refuse_submitted(contribution, ground=ground, actor=actor, now=now)


def _as_it_stands(contribution: Contribution) -> Contribution:
    """Read it again now that the lock is held: it may have changed since the page was shown."""
    read = Contribution.objects.select_related("process__log", "consultation", "about", "author")
    return read.get(pk=contribution.pk)


def _answers_below(contribution: Contribution) -> Iterator[Contribution]:
    """All that answers a text, and what answers that, nearest first."""
    answers = Contribution.objects.select_related("process__log", "consultation", "about", "author").filter(about=contribution)
    for answer in answers.order_by("number"):
        yield answer
        yield from _answers_below(answer)


def _move_one(text: Contribution, to: Consultation, *, actor: str, now: datetime) -> None:
    left = text.consultation
    if text.is_visible:
        count_in_consultation(text, -1)
    text.consultation, text.order_draw = to, UNDRAWN
    text.nature = text.nature if to.has_diagnoses else ""
    text.save(update_fields=["consultation", "order_draw", "nature"])
    text.revisions.filter(stood_in="").update(stood_in=left.slug)
    if text.is_visible:
        count_in_consultation(text, 1)
    if text.status in HOLDS_ITS_TEXT:
        record_decision(text, "moved", actor=actor, to=to.slug)
        new_revision(text, text_of(text), reason=Revision.Reason.MOVED, now=now)
    enter_draw(text)
