"""For how long is each thing kept, and which job ends it? The periods are those that the jobs read; the notice prints them."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from polyphonie.accounts.actions.people import PROOFS_KEPT
from polyphonie.accounts.actions.restricting import SUSPENSION_KEPT
from polyphonie.accounts.rules import ACCESSES_KEPT_DAYS, IDLE_DAYS, IDLE_WARNING_DAYS, UNCONFIRMED_DAYS
from polyphonie.moderation.rules import FILES_KEPT
from polyphonie.notifications.actions import TOLD_KEPT
from polyphonie.outbox.actions import KEYS_KEPT
from polyphonie.portal.rules import BACKUP_DAYS, PROBLEM_DAYS

DAYS_A_MONTH = 30


@dataclass(frozen=True)
class Term:
    """A period, and the job of the schedule that destroys what is past it."""

    period: timedelta
    job: str


TERMS = {
    "codes": Term(PROOFS_KEPT, "accounts.forget_proofs"),
    "sessions": Term(timedelta(seconds=settings.SESSION_COOKIE_AGE), "accounts.forget_sessions"),
    "unconfirmed": Term(timedelta(days=UNCONFIRMED_DAYS), "accounts.forget_unconfirmed_accounts"),
    "idle": Term(timedelta(days=IDLE_DAYS), "portal.close_idle_accounts"),
    "warning": Term(timedelta(days=IDLE_WARNING_DAYS), "portal.warn_idle_accounts"),
    "accesses": Term(timedelta(days=ACCESSES_KEPT_DAYS), "accounts.forget_old_accesses"),
    "suspensions": Term(SUSPENSION_KEPT, "accounts.forget_suspensions"),
    "told": Term(TOLD_KEPT, "notifications.forget_what_was_told"),
    "mail_keys": Term(KEYS_KEPT, "outbox.forget_left"),
    "moderation": Term(FILES_KEPT, "moderation.forget_files"),
    "problems": Term(timedelta(days=PROBLEM_DAYS), "portal.forget_problems"),
}
"""Everything that time alone destroys. What an act destroys (a decision, a close, a closing) is destroyed in that very act."""


def figures() -> dict[str, int]:
    """Each period in days, and in months under `<name>_months`, for sentences."""
    days = {name: term.period.days for name, term in TERMS.items()} | {"backups": BACKUP_DAYS}
    return days | {f"{name}_months": round(count / DAYS_A_MONTH) for name, count in days.items()}
