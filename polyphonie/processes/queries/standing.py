"""Where does a concertation stand? Its state, summed up from its consultations and the clock, and its steps in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.core.printing import day, last_minute
from polyphonie.processes.models import Consultation, Process, Referral
from polyphonie.processes.rules.calendar import state_at
from polyphonie.processes.stave import Step, feedback_days_late, late_in_words, steps

State = Consultation.State


class Standing(Enum):
    """The state of a whole concertation: a summary, never what permits (each consultation's own state does)."""

    PREPARATION = "preparation"
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSING = "closing"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True)
class Milestone:
    """A date to come, for the organiser's dashboard and the process page."""

    on: datetime
    words: str
    consultation: Consultation | None = None
    is_opening: bool = False

    @property
    def when(self) -> str:
        """The day it opens; the last minute at which it is still open."""
        return day(self.on) if self.is_opening else last_minute(self.on)

    @property
    def is_public(self) -> bool:
        return self.consultation is None or self.consultation.state != State.DRAFT


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
    """The steps of a concertation, as every page shows them; a level it does not have is not shown."""
    now = now or timezone.now()
    return steps(
        process,
        referral=referral_of(process),
        consultations=list(process.consultations.all()),
        now=now,
        today=timezone.localdate(now),
    )


def referral_of(process: Process) -> Referral | None:
    """The letter that asks for the concertation, if there is one."""
    return Referral.objects.filter(process=process).first()


def feedback_in_words(process: Process, *, today: date) -> str:
    """The promised answer: its day, « en retard de 12 jours », or the day it was given."""
    if process.feedback_given_on is not None:
        return _("answer given on %(day)s") % {"day": day(process.feedback_given_on)}
    if process.feedback_due_on is None:
        return ""
    late = feedback_days_late(process, today=today)
    if not late:
        return _("answer promised by %(day)s") % {"day": day(process.feedback_due_on)}
    return _("answer promised by %(day)s, %(late)s") % {"day": day(process.feedback_due_on), "late": late_in_words(late)}


def milestones(process: Process, *, now: datetime | None = None) -> list[Milestone]:
    """The next dates, in order: openings and closings to come, of drafts too (organisers alone see the list)."""
    now = now or timezone.now()
    coming: list[Milestone] = []
    for item in process.consultations.all():
        if item.opens_at is not None and item.opens_at > now and item.state in (State.DRAFT, State.ANNOUNCED):
            coming.append(Milestone(item.opens_at, _("“%(title)s” opens") % {"title": item.title}, item, is_opening=True))
        if item.closes_at is not None and item.closes_at > now and item.state != State.CLOSED:
            coming.append(Milestone(item.closes_at, _("“%(title)s” closes") % {"title": item.title}, item))
    return sorted(coming, key=lambda milestone: (milestone.on, milestone.words))


def _dates(consultations: Sequence[Consultation], field: str, state: State, now: datetime) -> list[datetime]:
    values = [getattr(item, field) for item in consultations if state_at(item, now) == state]
    return [value for value in values if value is not None] or [now]


def _last_closing(consultations: Sequence[Consultation]) -> datetime:
    return max(item.closes_at for item in consultations if item.closes_at is not None and item.state != State.DRAFT)
