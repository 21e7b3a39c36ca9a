"""How does someone leave for good? Each stage lets go of what it holds of them, in one transaction, the account last."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.utils.translation import gettext as _

from polyphonie.accounts import closings
from polyphonie.accounts.actions import close_account
from polyphonie.accounts.models import Account
from polyphonie.annotations.actions import forget_author as forget_commenter
from polyphonie.annotations.actions import withdraw_annotation
from polyphonie.annotations.models import Annotation
from polyphonie.annotations.rules import withdraw_refusal as annotation_withdraw_refusal
from polyphonie.consultation.actions.leaving import leave_votes
from polyphonie.contributions.actions import forget_author, withdraw
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.rules import withdraw_refusal
from polyphonie.core.refusal import Refused
from polyphonie.core.storage.prepared import Prepared
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.keys import KeyMissing
from polyphonie.notifications.actions import forget_person
from polyphonie.portal.actions.bringing import forget_taken_texts
from polyphonie.processes.actions.people import leave_duties

_texts = Prepared(
    lambda author: (
        Contribution.objects.filter(author_id=author, speaks_for=None)
        .select_related("process__log", "consultation", "about")
        .order_by("pk")
    )
)
_comments = Prepared(
    lambda author: (
        Annotation.objects.filter(author_id=author, speaks_for=None)
        .select_related("document__process__log", "discussion")
        .order_by("pk")
    )
)


@dataclass(frozen=True)
class Closing:
    """What closing an account did: how many texts went, how many stay without a name, how many votes are withdrawn."""

    removed: int
    kept: int
    withdrawn_votes: int


def close_account_of(account: Account, *, removes_texts: bool, withdraws_votes: bool, now: datetime) -> Closing:
    """Close an account with the two choices of its owner. Raises Refused: last organiser or administrator, voter key missing.

    It takes its own locks: call it first in a `writing()` that asked for none. Texts written for an organisation stay under its
    name; texts that moderation hid stay hidden, without a name.
    """
    assert_writing()
    closing = closings.closing_of(account, removes_texts=removes_texts, withdraws_votes=withdraws_votes, now=now)
    withdrawn = _leave_votes(account, withdraws_votes, now)
    removed = kept = 0
    for text in _texts(author=account.pk):
        if removes_texts and withdraw_refusal(text) is None:
            withdraw(text, author=account, now=now)
            removed += 1
        else:
            forget_author(text)
            kept += 1
    for comment in _comments(author=account.pk):
        if removes_texts and annotation_withdraw_refusal(comment, account) is None:
            withdraw_annotation(comment, author=account, now=now)
            removed += 1
        else:
            forget_commenter(comment)
            kept += 1
    leave_duties(account, now=now)
    forget_person(account)
    forget_taken_texts(account)
    close_account(account, now=now)
    transaction.on_commit(lambda: closings.note(closing), robust=True)
    return Closing(removed, kept, withdrawn)


def _leave_votes(account: Account, withdraws_votes: bool, now: datetime) -> int:
    """Withdraw the votes or leave them, and keep the address from voting again where it did."""
    if account.wrapped_secret is None:
        return 0
    try:
        return leave_votes(account, withdraws=withdraws_votes, now=now)
    except KeyMissing as missing:
        raise Refused(
            _(
                "The key that ties your votes to you is missing from this site: your account cannot be closed as promised. "
                "The operator must restore it."
            ),
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        ) from missing
