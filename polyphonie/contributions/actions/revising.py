"""How does a text change? By its author, or by a moderator who masks, corrects or moves: each time a new public revision."""

from datetime import datetime

from polyphonie.accounts.models import Account
from polyphonie.contributions import search
from polyphonie.contributions.actions.announcing import announce_change
from polyphonie.contributions.actions.publishing import Text
from polyphonie.contributions.actions.traces import record_revision
from polyphonie.contributions.models import NOT_RANKED, Contribution, Kind, Revision
from polyphonie.contributions.rules import author_refusal, change_refusal, text_refusal
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing


def revise(contribution: Contribution, text: Text, *, author: Account, now: datetime) -> Revision | None:
    """A new public revision by its author; None when nothing changed. Its count of votes starts anew if others had voted."""
    assert_writing()
    ensure(author_refusal(contribution, author))
    ensure(change_refusal(contribution))
    text = text.cleaned()
    ensure(text_refusal(Kind(contribution.kind), title=text.title, body=text.body, url=text.url))
    return new_revision(contribution, text, reason=Revision.Reason.AUTHOR, now=now)


def new_revision(contribution: Contribution, text: Text, *, reason: Revision.Reason, now: datetime) -> Revision | None:
    """Write the next revision and its `rev` leaf; None when nothing changed. Callers asked their own rule."""
    assert_writing()
    if reason != Revision.Reason.MOVED and text == _present(contribution):
        return None
    previous = contribution.revisions.get(number=contribution.revision)
    contribution.title, contribution.body = text.title, text.body
    contribution.url, contribution.category = text.url, text.category
    contribution.revision += 1
    contribution.save(update_fields=["title", "body", "url", "category", "revision"])
    if reason == Revision.Reason.AUTHOR:
        _start_new_count(contribution)
    revision = record_revision(
        contribution,
        Revision(number=contribution.revision, reason=reason),
        at=now,
        previous=bytes(previous.leaf_hash),
    )
    search.index(contribution)
    announce_change(contribution)
    return revision


def _present(contribution: Contribution) -> Text:
    return Text(title=contribution.title, body=contribution.body, url=contribution.url, category=contribution.category)


def _start_new_count(contribution: Contribution) -> None:
    """Nobody has voted on the new text; the earlier count stays with its revision, never added."""
    contribution.agree = contribution.mixed = contribution.disagree = 0
    contribution.order_voters = contribution.order_supported = 0
    contribution.order_divisive = NOT_RANKED
    contribution.save(update_fields=["agree", "mixed", "disagree", "order_voters", "order_supported", "order_divisive"])
