"""Who may speak and vote here, and when? Each rule answers with a reason, or with nothing when it allows."""

from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.core.printing import last_minute
from polyphonie.processes.models import Consultation


def is_open_refusal(consultation: Consultation, *, now: datetime) -> str | None:
    """Whether the consultation takes part at this instant: `closes_at` is the first refused one."""
    if consultation.is_imported:
        return _("This consultation was taken over from another site: it can be read, and is closed.")
    if consultation.opens_at is None or consultation.closes_at is None or consultation.state == Consultation.State.DRAFT:
        return _("This consultation is being prepared.")
    if now >= consultation.closes_at or consultation.state == Consultation.State.CLOSED:
        return _("This consultation closed on %(moment)s. Everything stays readable.") % {
            "moment": last_minute(consultation.closes_at)
        }
    if now < consultation.opens_at:
        return _("This consultation opens on %(moment)s.") % {"moment": last_minute(consultation.opens_at)}
    if consultation.state != Consultation.State.OPEN:
        return _("This consultation is not open yet.")
    return None


def person_refusal(account: Account | None) -> str | None:
    """Whether this account can act at all."""
    if account is None or account.confirmed_on is None:
        return _("Sign in first: your mail address must have answered a code.")
    if account.closed_on is not None:
        return _("This account is closed.")
    if account.suspended_on is not None:
        return _("This account is suspended: it can read, and write to the moderators.")
    return None


def speak_refusal(consultation: Consultation, *, account: Account | None, now: datetime) -> str | None:
    """Whether this account may publish a text in this consultation at this instant."""
    return is_open_refusal(consultation, now=now) or person_refusal(account)
