"""Is a voice shown? It is taken back by its author, hidden with a ground, shown again, removed for good."""

from collections.abc import Sequence
from datetime import datetime

from polyphonie.accounts.models import Account
from polyphonie.contributions import search
from polyphonie.contributions.actions.announcing import announce_change, announce_loss
from polyphonie.contributions.actions.counting import count_text
from polyphonie.contributions.actions.traces import erase_revisions, record_decision, record_revision
from polyphonie.contributions.models import Contribution, Revision, Status
from polyphonie.contributions.rules import (
    author_refusal,
    change_refusal,
    hide_refusal,
    remove_refusal,
    restore_refusal,
    withdraw_refusal,
)
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing

WORDS = ("title", "body", "url", "category", "author_name", "hidden_author_name")


def withdraw(contribution: Contribution, *, author: Account, now: datetime) -> Contribution:
    """Its author takes it back: the number stays, the text goes and its leaf is declared erased."""
    assert_writing()
    ensure(author_refusal(contribution, author))
    ensure(withdraw_refusal(contribution))
    if contribution.status == Status.SUBMITTED:
        record_revision(contribution, Revision(number=1), at=contribution.published_at, previous=None)
    _empty(contribution, ground="author")
    return set_status(contribution, Status.WITHDRAWN, ground="author", now=now, also=WORDS)


def hide(contribution: Contribution, *, ground: str, actor: str, now: datetime) -> Contribution:
    """Hide it with a ground: its address stays and says so. Asked by moderation, never by a flag."""
    assert_writing()
    ensure(hide_refusal(contribution, ground=ground))
    record_decision(contribution, "hidden", actor=actor, ground=ground)
    return set_status(contribution, Status.HIDDEN, ground=ground, now=now)


def restore(contribution: Contribution, *, actor: str, now: datetime) -> Contribution:
    """Show what was hidden, or refused before publication."""
    assert_writing()
    ensure(restore_refusal(contribution))
    record_decision(contribution, "restored", actor=actor)
    return set_status(contribution, Status.PUBLISHED, ground="", now=now)


def remove(contribution: Contribution, *, ground: str, actor: str, now: datetime) -> Contribution:
    """Destroy its text for good, once its author was heard: its address keeps a notice with the ground and the day."""
    assert_writing()
    ensure(remove_refusal(contribution, ground=ground))
    record_decision(contribution, "removed", actor=actor, ground=ground)
    _empty(contribution, ground=ground)
    return set_status(contribution, Status.REMOVED, ground=ground, now=now, also=WORDS)


def forget_words(contribution: Contribution) -> Contribution:
    """Destroy the words of a hidden text that nobody can ask to see again; its address keeps the ground and the day."""
    assert_writing()
    assert contribution.status == Status.HIDDEN
    _empty(contribution, ground="retention")
    contribution.save(update_fields=WORDS)
    announce_loss(contribution, is_own=True)
    return contribution


def accept_completion(completion: Contribution, *, author: Account, on: datetime) -> Contribution:
    """The author of a proposal says that a completion belongs to it."""
    assert_writing()
    assert completion.about is not None
    ensure(author_refusal(completion.about, author))
    ensure(change_refusal(completion))
    completion.accepted_on = on.date()
    completion.save(update_fields=["accepted_on"])
    return completion


def set_status(
    contribution: Contribution, status: Status, *, ground: str, now: datetime, also: Sequence[str] = ()
) -> Contribution:
    """Change what is shown of a text: counters, index and what waits to quote it follow. Callers asked their own rule; `also`
    names what else they changed."""
    assert_writing()
    was_visible = contribution.is_visible
    contribution.status = status
    contribution.status_ground = ground
    contribution.status_since = now
    contribution.save(update_fields=["status", "status_ground", "status_since", *also])
    if was_visible != contribution.is_visible:
        count_text(contribution, 1 if contribution.is_visible else -1)
    search.index(contribution)
    if contribution.is_visible:
        announce_change(contribution)
    else:
        announce_loss(contribution, is_own=status == Status.WITHDRAWN)
    return contribution


def _empty(contribution: Contribution, *, ground: str) -> None:
    """Destroy its words; its caller saves them."""
    erase_revisions(contribution, contribution.revisions.order_by("number"), ground=ground)
    contribution.title = contribution.body = contribution.url = contribution.category = ""
    contribution.author_name = contribution.hidden_author_name = ""
