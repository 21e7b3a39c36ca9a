"""Where does a concertation stand? Its state, summed up from its consultations and the clock, and the five steps in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.core.printing import day, last_minute
from polyphonie.processes.models import Consultation, Process, Referral
from polyphonie.processes.rules.calendar import state_at

State = Consultation.State


class Standing(Enum):
    """The state of a whole concertation: a summary, never what permits (each consultation's own state does)."""

    PREPARATION = "preparation"
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSING = "closing"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True)
class Step:
    """One of the five steps: its name, a date or a word beside it, `done`, `now` or `ahead`."""

    title: str
    detail: str
    state: str


@dataclass(frozen=True)
class Milestone:
    """A date to come, for the organiser's dashboard and the process page."""

    on: datetime
    words: str
    consultation: Consultation | None = None


def standing(process: Process, *, now: datetime | None = None) -> Standing:
    """The summary of a process: open as long as one of its consultations is."""
    return standing_of(list(process.consultations.all()), process.feedback_given_on, now or timezone.now())


def standing_of(consultations: Sequence[Consultation], feedback_given_on: date | None, now: datetime) -> Standing:
    states = {state_at(item, now) for item in consultations} - {State.DRAFT}
    if State.OPEN in states:
        return Standing.OPEN
    if State.ANNOUNCED in states:
        return Standing.OPEN if State.CLOSED in states else Standing.ANNOUNCED
    if State.CLOSED in states:
        return Standing.FOLLOW_UP if feedback_given_on else Standing.CLOSING
    return Standing.PREPARATION


def standing_in_words(process: Process, *, now: datetime | None = None) -> str:
    """« En préparation », « Ouverte jusqu'au 3 février 2015 à 23 h 59 » …"""
    now = now or timezone.now()
    consultations = list(process.consultations.all())
    match standing_of(consultations, process.feedback_given_on, now):
        case Standing.PREPARATION:
            return _("In preparation: only organisers see it")
        case Standing.ANNOUNCED:
            return _("Announced, opens on %(day)s") % {"day": day(min(_dates(consultations, "opens_at", State.ANNOUNCED, now)))}
        case Standing.OPEN:
            return _("Open until %(moment)s") % {"moment": last_minute(_last_closing(consultations))}
        case Standing.CLOSING:
            return feedback_in_words(process, today=timezone.localdate(now)) or _("Closed, waiting for the answer")
        case Standing.FOLLOW_UP:
            return _("Closed; the answer was given on %(day)s") % {"day": day(process.feedback_given_on or now)}


def stave(process: Process, *, now: datetime | None = None) -> list[Step]:
    """The five steps of a concertation, as every page shows them."""
    now = now or timezone.now()
    consultations = list(process.consultations.all())
    stands = standing_of(consultations, process.feedback_given_on, now)
    rank = {
        Standing.PREPARATION: 0,
        Standing.ANNOUNCED: 0,
        Standing.OPEN: 1,
        Standing.CLOSING: 2,
        Standing.FOLLOW_UP: 4,
    }[stands]
    details = (
        _referral_detail(process),
        _contributions_detail(consultations, stands, now),
        "",
        "",
        feedback_in_words(process, today=timezone.localdate(now)),
    )
    return [
        Step(title, detail, "done" if place < rank else "now" if place == rank else "ahead")
        for place, (title, detail) in enumerate(zip(_titles(process), details, strict=True))
    ]


def _titles(process: Process) -> tuple[str, ...]:
    referral = referral_of(process)
    first = _("Referral") if referral and referral.kind != Referral.Kind.OWN_INITIATIVE else _("Preparation")
    return (first, _("Contributions"), _("Synthesis"), _("Recommendations"), _("Follow-up"))


def referral_of(process: Process) -> Referral | None:
    """The letter that asks for the concertation, if there is one."""
    return Referral.objects.filter(process=process).first()


def _referral_detail(process: Process) -> str:
    referral = referral_of(process)
    if referral is not None and referral.received_on is not None:
        return day(referral.received_on)
    return process.initiative


def _contributions_detail(consultations: Sequence[Consultation], stands: Standing, now: datetime) -> str:
    if stands == Standing.OPEN:
        return _("until %(day)s") % {"day": last_minute(_last_closing(consultations))}
    if stands == Standing.ANNOUNCED:
        return _("from %(day)s") % {"day": day(min(_dates(consultations, "opens_at", State.ANNOUNCED, now)))}
    if stands in (Standing.CLOSING, Standing.FOLLOW_UP):
        return _("until %(day)s") % {"day": last_minute(_last_closing(consultations))}
    return ""


def feedback_in_words(process: Process, *, today: date) -> str:
    """The promised answer: its day, « en retard de 12 jours », or the day it was given."""
    if process.feedback_given_on is not None:
        return _("answer given on %(day)s") % {"day": day(process.feedback_given_on)}
    if process.feedback_due_on is None:
        return ""
    late = days_late(process, today=today)
    if not late:
        return _("answer promised by %(day)s") % {"day": day(process.feedback_due_on)}
    words = ngettext("%(count)s day late", "%(count)s days late", late) % {"count": late}
    return _("answer promised by %(day)s, %(late)s") % {"day": day(process.feedback_due_on), "late": words}


def days_late(process: Process, *, today: date) -> int:
    """How many days the promised answer is late; 0 when it is not."""
    if process.feedback_given_on is not None or process.feedback_due_on is None:
        return 0
    return max(0, (today - process.feedback_due_on).days)


def milestones(process: Process, *, now: datetime | None = None) -> list[Milestone]:
    """The next dates, in order: openings and closings to come, of drafts too (organisers alone see the list)."""
    now = now or timezone.now()
    coming: list[Milestone] = []
    for item in process.consultations.all():
        if item.opens_at is not None and item.opens_at > now and item.state in (State.DRAFT, State.ANNOUNCED):
            coming.append(Milestone(item.opens_at, _("“%(title)s” opens") % {"title": item.title}, item))
        if item.closes_at is not None and item.closes_at > now and item.state != State.CLOSED:
            coming.append(Milestone(item.closes_at, _("“%(title)s” closes") % {"title": item.title}, item))
    return sorted(coming, key=lambda milestone: (milestone.on, milestone.words))


def _dates(consultations: Sequence[Consultation], field: str, state: State, now: datetime) -> list[datetime]:
    values = [getattr(item, field) for item in consultations if state_at(item, now) == state]
    return [value for value in values if value is not None] or [now]


def _last_closing(consultations: Sequence[Consultation]) -> datetime:
    return max(item.closes_at for item in consultations if item.closes_at is not None and item.state != State.DRAFT)
