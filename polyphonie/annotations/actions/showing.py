"""Is a comment shown? It is taken back by its author, hidden with a ground, shown again, removed for good."""

from datetime import datetime

from polyphonie.accounts.models import Account
from polyphonie.annotations import search
from polyphonie.annotations.actions.announcing import announce_change, announce_loss
from polyphonie.annotations.actions.traces import record_decision, record_erasure
from polyphonie.annotations.models import Annotation
from polyphonie.annotations.rules import hide_refusal, remove_refusal, restore_refusal, withdraw_refusal
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing

Status = Annotation.Status


def withdraw_annotation(annotation: Annotation, *, author: Account, now: datetime) -> Annotation:
    """Its author takes it back, at any time: its number and the replies to it stay, its words go. Raises Refused."""
    assert_writing()
    ensure(withdraw_refusal(annotation, author))
    _destroy(annotation, ground="author")
    return _set_status(annotation, Status.WITHDRAWN, ground="author", now=now)


def hide(annotation: Annotation, *, ground: str, actor: str, now: datetime) -> Annotation:
    """Hide it with a ground: its address stays and says so. Asked by moderation, never by a flag. Raises Refused."""
    assert_writing()
    ensure(hide_refusal(annotation, ground=ground))
    record_decision(annotation, "hidden", actor=actor, ground=ground)
    return _set_status(annotation, Status.HIDDEN, ground=ground, now=now)


def restore(annotation: Annotation, *, actor: str, now: datetime) -> Annotation:
    """Show what was hidden. Raises Refused."""
    assert_writing()
    ensure(restore_refusal(annotation))
    record_decision(annotation, "restored", actor=actor)
    return _set_status(annotation, Status.PUBLISHED, ground="", now=now)


def remove(annotation: Annotation, *, ground: str, actor: str, now: datetime) -> Annotation:
    """Destroy its text for good, once its author was heard: its place keeps a notice with the ground. Raises Refused."""
    assert_writing()
    ensure(remove_refusal(annotation, ground=ground))
    record_decision(annotation, "removed", actor=actor, ground=ground)
    _destroy(annotation, ground=ground)
    return _set_status(annotation, Status.REMOVED, ground=ground, now=now)


def forget_words(annotation: Annotation) -> None:
    """Destroy the words of a hidden comment that nobody can ask to see again; its address keeps the ground and the day."""
    assert_writing()
    assert annotation.status == Status.HIDDEN
    _destroy(annotation, ground="retention")
    announce_loss(annotation, is_own=True)


def _set_status(annotation: Annotation, status: Annotation.Status, *, ground: str, now: datetime) -> Annotation:
    annotation.status, annotation.status_ground, annotation.status_since = status, ground, now
    annotation.save(update_fields=["status", "status_ground", "status_since"])
    search.index_comment(annotation)
    if annotation.is_visible:
        announce_change(annotation)
    else:
        announce_loss(annotation, is_own=status == Status.WITHDRAWN)
    return annotation


def _destroy(annotation: Annotation, *, ground: str) -> None:
    record_erasure(annotation, ground)
    annotation.title = annotation.body = annotation.author_name = annotation.hidden_author_name = ""
    annotation.salt = annotation.author_salt = None
    annotation.save(update_fields=["title", "body", "author_name", "hidden_author_name", "salt", "author_salt"])
