"""Which name stands beside a comment? Its author's at publication, until they leave, or until moderation hides it."""

from polyphonie.annotations.actions.announcing import announce_change, announce_loss
from polyphonie.annotations.actions.traces import record_decision, record_erasure
from polyphonie.annotations.models import Annotation
from polyphonie.core.writing import assert_writing


def forget_author(annotation: Annotation) -> None:
    """Its author closed their account: the name goes with its salt, and what waits to quote it; the text can still be opened.

    An organisation's name stays on what was said for it.
    """
    assert_writing()
    if annotation.speaks_for_id is not None:
        return
    if annotation.author_salt is not None:
        record_erasure(annotation, "name")
    annotation.author_name = annotation.hidden_author_name = ""
    annotation.author_salt = None
    annotation.save(update_fields=["author_name", "hidden_author_name", "author_salt"])
    announce_loss(annotation, is_own=True)


def hide_author_name(annotation: Annotation, *, ground: str, actor: str) -> None:
    """Print « nom masqué » beside a comment: the name of its author, or of who they spoke for, was hidden. Kept apart."""
    assert_writing()
    if not annotation.author_name:
        return
    annotation.hidden_author_name, annotation.author_name = annotation.author_name, ""
    annotation.save(update_fields=["author_name", "hidden_author_name"])
    record_decision(annotation, "name_hidden", actor=actor, ground=ground)
    announce_loss(annotation)


def restore_author_name(annotation: Annotation, *, actor: str) -> None:
    """Print again the name that was hidden."""
    assert_writing()
    if not annotation.hidden_author_name:
        return
    annotation.author_name, annotation.hidden_author_name = annotation.hidden_author_name, ""
    annotation.save(update_fields=["author_name", "hidden_author_name"])
    record_decision(annotation, "name_restored", actor=actor)
    announce_change(annotation)
