"""Later work of the house: a change of its rules is announced, unused accounts are told, then closed; old reports go."""

import logging
from datetime import date, timedelta

from django.utils import timezone

from polyphonie.accounts.actions import warn_idle
from polyphonie.accounts.models import Account
from polyphonie.accounts.rules import IDLE_DAYS, IDLE_WARNING_DAYS, idle_closing_refusal, idle_warning_refusal
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.opendata.publishing import note_erasure
from polyphonie.portal import actions
from polyphonie.portal.actions import close_account_of
from polyphonie.portal.documents import addresses_of_changes, changes_to_announce
from polyphonie.portal.queries.announcing import accounts_to_tell
from polyphonie.portal.queries.idle import last_use, running_since, unused_accounts
from polyphonie.portal.queries.my_space import processes_written_in

logger = logging.getLogger(__name__)
AT_ONCE = 100


def warn_idle_accounts() -> int:
    """Tell the owners of unused accounts, once; how many were told."""
    today, days = timezone.localdate(), IDLE_DAYS - IDLE_WARNING_DAYS
    since = running_since(today, days=days)
    told = 0
    for found in unused_accounts(today, days=days).filter(warned_on=None)[:AT_ONCE]:
        with writing(lock=found) as now:
            account = _still_unused(found)
            if account is not None and not idle_warning_refusal(
                used_on=last_use(found), running_since=since, warned_on=account.warned_on, today=today
            ):
                warn_idle(account, now=now)
                told += 1
    return told


def close_idle_accounts() -> int:
    """Close the accounts whose owners were told and did not come; texts stay under « compte fermé », votes stay counted."""
    today = timezone.localdate()
    since = running_since(today, days=IDLE_DAYS)
    warned = unused_accounts(today, days=IDLE_DAYS).filter(warned_on__lte=today - timedelta(days=IDLE_WARNING_DAYS))
    return sum(_close(found, since, today) for found in warned[:AT_ONCE])


def _close(found: Account, since: date | None, today: date) -> bool:
    """Close this one as its owner would; one that cannot be does not stop the others."""
    touched = processes_written_in(found)
    try:
        with writing() as now:
            account = _still_unused(found)
            if account is None or idle_closing_refusal(
                used_on=last_use(found), running_since=since, warned_on=account.warned_on, today=today
            ):
                return False
            close_account_of(account, removes_texts=False, withdraws_votes=False, now=now)
    except Refused as refused:
        logger.warning("an unused account stays open: %s", refused.reason)
        return False
    for process in touched:
        note_erasure(process)
    return True


def _still_unused(found: Account) -> Account | None:
    """The account as it stands now, unless its owner came or closed it meanwhile."""
    return Account.objects.filter(pk=found.pk, last_seen_on=found.last_seen_on, closed_on=None).first()


def announce_changes() -> int:
    """Tell everyone with an account what changes in the terms or in the privacy notice; how many were told."""
    told = 0
    for since in changes_to_announce(timezone.localdate()):
        changes = addresses_of_changes(since)
        for account in accounts_to_tell(since)[:AT_ONCE]:
            with writing(lock=account) as now:
                found = accounts_to_tell(since).filter(pk=account.pk).first()
                told += found is not None and actions.announce_change(found, since, changes, now=now)
    return told


def forget_problems() -> int:
    """Destroy reports of problems that are over."""
    with writing() as now:
        return actions.forget_problems(now=now)


TASKS = [announce_changes, warn_idle_accounts, close_idle_accounts, forget_problems]
"""What `tick` runs, in this order."""
