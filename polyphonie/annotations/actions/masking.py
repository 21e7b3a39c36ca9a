"""How is a passage masked inside a comment, and given back? A comment has no versions: its words change, under a new leaf.

The leaf that opened the words before is declared erased: the register says that a passage went, on which ground, and never which.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from polyphonie.annotations import search
from polyphonie.annotations.actions.announcing import announce_change, announce_loss
from polyphonie.annotations.actions.traces import record_annotation, record_decision, record_erasure
from polyphonie.annotations.models import Annotation
from polyphonie.annotations.rules import TITLE_LENGTH, mask_refusal, unmask_refusal
from polyphonie.contributions.actions import Text
from polyphonie.contributions.masking import Taken, given_back, holds, mask_words, masked, text_of
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing


def mask_passage(annotation: Annotation, passage: str, *, ground: str, actor: str, now: datetime, reason: str = "") -> Annotation:
    """Replace a passage everywhere in a comment by « [passage masqué : …] ». Raises Refused.

    `reason` is what the mask says (« donnée personnelle » without one), `ground` the coded one.
    """
    assert_writing()
    present = text_of(annotation)
    ensure(mask_refusal(annotation, ground=ground, is_found=bool(passage.strip()) and holds(present, [passage])))
    record_decision(annotation, "masked", actor=actor, ground=ground)
    annotation.masked_on = timezone.localdate(now)
    _rewrite(annotation, masked(present, [passage], words=mask_words(reason)), ground=ground)
    announce_loss(annotation)
    return annotation


def unmask(annotation: Annotation, passages: Sequence[Taken], *, actor: str) -> list[Taken]:
    """Give back what a mask took, each passage in its place; those that find none any more. Raises Refused when none does."""
    assert_writing()
    words, lost = given_back(text_of(annotation), passages)
    ensure(unmask_refusal(annotation, is_found=len(lost) < len(passages)))
    record_decision(annotation, "unmasked", actor=actor)
    annotation.masked_on = annotation.masked_on if lost else None
    _rewrite(annotation, words, ground="unmasked")
    announce_change(annotation)
    return lost


def _rewrite(annotation: Annotation, words: Text, *, ground: str) -> None:
    """Print other words, under a new leaf; a name that was erased stays so."""
    is_nameless = annotation.author_salt is None
    record_erasure(annotation, ground)
    annotation.title, annotation.body = words.title[:TITLE_LENGTH], words.body
    record_annotation(annotation, annotation.anchors.filter(version=annotation.written_on_id).first())
    if is_nameless:
        record_erasure(annotation, "name")
        annotation.author_salt = None
    annotation.save(update_fields=["title", "body", "masked_on", "salt", "author_salt", "leaf_hash"])
    search.index_comment(annotation)
