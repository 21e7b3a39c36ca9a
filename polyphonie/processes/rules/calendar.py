"""What may happen to a consultation, and when? Announced, opened, extended, answered: each rule gives its reason."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.core.printing import day, last_minute
from polyphonie.processes.models import Consultation
from polyphonie.processes.rules.method import CRPA_DAYS, MethodItem, last_day, method_refusal, open_days, question_item

State = Consultation.State


def opening_instant(opens_on: date, hour: time = time.min) -> datetime:
    """The first instant of this day in the clock of the installation (Europe/Paris), or this hour of it."""
    return datetime.combine(opens_on, hour, tzinfo=timezone.get_default_timezone())


def closing_instant(closes_on: date) -> datetime:
    """The first refused instant when this day is the last: the midnight that ends it, printed 23:59."""
    return opening_instant(closes_on + timedelta(days=1))


def state_at(consultation: Consultation, now: datetime) -> State:
    """The state that decides what is allowed at this instant: a closing hour that has struck closes, recorded or not."""
    if consultation.state == State.OPEN and consultation.closes_at is not None and now >= consultation.closes_at:
        return State.CLOSED
    return State(consultation.state)


def participation_refusal(consultation: Consultation, *, now: datetime) -> str | None:
    """Whether one may contribute, argue, add a source or vote at this instant: only between opening and closing."""
    state = state_at(consultation, now)
    if state == State.OPEN:
        return None
    if state == State.CLOSED:
        if consultation.closes_at is None:
            return _("This consultation is closed: everything stays readable.")
        return _("This consultation closed on %(moment)s: everything stays readable.") % {
            "moment": last_minute(consultation.closes_at)
        }
    if state == State.ANNOUNCED and consultation.opens_at is not None and now < consultation.opens_at:
        return _("This consultation opens on %(day)s.") % {"day": day(consultation.opens_at)}
    return _("This consultation is not open yet.")


def announce_refusal(consultation: Consultation, *, now: datetime) -> str | None:
    """Whether the rules of a draft may be announced: a question, two dates to come, and the fifteen days of the law
    where it is declared under it."""
    if consultation.state != State.DRAFT:
        return _("This consultation has already been announced.")
    question = question_item(consultation)
    if not question.is_kept:
        return question.words
    return dates_refusal(consultation.opens_at, consultation.closes_at, is_under_crpa=consultation.is_under_crpa, now=now)


def dates_refusal(opens_at: datetime | None, closes_at: datetime | None, *, is_under_crpa: bool, now: datetime) -> str | None:
    """Whether these two dates can be those of a consultation that has not opened."""
    if opens_at is None or closes_at is None:
        return _("Give the day it opens and the day it closes.")
    if opens_at >= closes_at:
        return _("It must close after it opens.")
    if closes_at <= now:
        return _("Its closing day is past: choose a later one.")
    if is_under_crpa and open_days(max(opens_at, now), closes_at) < CRPA_DAYS:
        return _("Declared under article L132-1 of the code of relations, it must stay open fifteen days at least.")
    return None


def open_refusal(consultation: Consultation, *, method: Iterable[MethodItem], now: datetime) -> str | None:
    """Whether it may open at this instant: announced, its hour come, its method complete."""
    if consultation.state != State.ANNOUNCED:
        return _("Only an announced consultation can open.")
    if consultation.opens_at is None or now < consultation.opens_at:
        return _("Its opening day has not come.")
    if consultation.closes_at is None or now >= consultation.closes_at:
        return _("Its closing day is past.")
    if consultation.is_under_crpa and open_days(now, consultation.closes_at) < CRPA_DAYS:
        return _("Fewer than fifteen days are left before it closes: move the closing day later first.")
    return method_refusal(method)


def extend_refusal(consultation: Consultation, *, closes_at: datetime, reason: str, now: datetime) -> str | None:
    """Whether it may close later: later only, with a reason, and before it has closed."""
    if consultation.state not in (State.ANNOUNCED, State.OPEN) or consultation.closes_at is None:
        return _("Only an announced or open consultation can be extended.")
    if now >= consultation.closes_at:
        return _("It has already closed: a consultation never reopens.")
    if closes_at <= consultation.closes_at:
        return _("A closing day can only be moved later.")
    if not reason.strip():
        return _("Say why: the reason is published beside the new day.")
    return None


def reschedule_refusal(consultation: Consultation) -> str | None:
    """Whether its two dates may still be chosen: until it opens; afterwards it can only be extended."""
    if consultation.state in (State.DRAFT, State.ANNOUNCED):
        return None
    return _("Once open, a consultation keeps its dates: its closing day can only be moved later, by an extension.")


def passes_deadline(closes_at: datetime | None, deadline_on: date | None) -> bool:
    """Whether the last day falls after the deadline of the referral."""
    return closes_at is not None and deadline_on is not None and last_day(closes_at) > deadline_on


def derogation_refusal(closes_at: datetime | None, deadline_on: date | None, *, reason: str) -> str | None:
    """Whether a closing past the deadline of the referral is explained: it is allowed, never in silence."""
    if not passes_deadline(closes_at, deadline_on) or reason.strip():
        return None
    assert deadline_on is not None
    return _("The referral asks for an end by %(day)s: say why you go past it, the reason is published.") % {
        "day": day(deadline_on)
    }
