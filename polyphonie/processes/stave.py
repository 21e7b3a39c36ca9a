"""Where does a concertation stand? Its steps in order, each done, under way or ahead, with the date that matters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.core import printing
from polyphonie.processes.models import Consultation, Process, Referral
from polyphonie.processes.rules.calendar import state_at

DONE, NOW, AHEAD = "done", "now", "ahead"


@dataclass(frozen=True)
class Step:
    """One step: its name, a date in words, and `done`, `now` or `ahead`."""

    title: str
    detail: str
    state: str


def steps(
    process: Process, *, referral: Referral | None, consultations: Sequence[Consultation], now: datetime, today: date
) -> list[Step]:
    """The steps of this process; a level it does not have is not shown, and an archive has none."""
    if process.is_archive:
        return []
    contributing = _contributing(consultations, now=now)
    found = [contributing]
    if referral is not None and referral.kind != Referral.Kind.OWN_INITIATIVE:
        received = printing.day(referral.received_on) if referral.received_on else ""
        found.insert(0, Step(_("Referral"), received, DONE))
    is_over = contributing.state == DONE
    is_answered = process.feedback_given_on is not None
    if process.synthesis_planned or process.syntheses:
        found.append(_synthesis(consultations, is_begun=is_over, is_answered=is_answered))
    if referral is not None and referral.kind != Referral.Kind.OWN_INITIATIVE:
        found.append(Step(_("Recommendations"), "", _state(is_begun=is_over, is_done=is_answered)))
    if process.feedback_due_on or is_answered:
        found.append(_feedback(process, today=today, is_begun=is_over))
    return _one_under_way(found)


def feedback_days_late(process: Process, *, today: date) -> int:
    """By how many days the promised feedback is late: 0 when it is not, or was given."""
    if process.feedback_due_on is None or process.feedback_given_on is not None:
        return 0
    return max(0, (today - process.feedback_due_on).days)


def is_open(consultation: Consultation, *, now: datetime) -> bool:
    """Whether one may contribute at this instant: it has opened, and `closes_at` is the first instant refused."""
    return not consultation.is_imported and state_at(consultation, now) == Consultation.State.OPEN


def is_over(consultation: Consultation, *, now: datetime) -> bool:
    """Whether its closing instant has come."""
    if consultation.is_imported or consultation.state == Consultation.State.CLOSED:
        return True
    return consultation.state != Consultation.State.DRAFT and consultation.closes_at is not None and now >= consultation.closes_at


def _contributing(consultations: Sequence[Consultation], *, now: datetime) -> Step:
    title = _("Contributions")
    shown = [consultation for consultation in consultations if consultation.state != Consultation.State.DRAFT]
    if any(is_open(consultation, now=now) for consultation in shown):
        ahead = [consultation for consultation in shown if not is_over(consultation, now=now)]
        closings = [consultation.closes_at for consultation in ahead if consultation.closes_at]
        return Step(
            title, _("until %(day)s") % {"day": printing.day(printing.last_open_day(max(closings)))} if closings else "", NOW
        )
    if shown and all(is_over(consultation, now=now) for consultation in shown):
        ends = [consultation.closes_at for consultation in shown if consultation.closes_at]
        return Step(
            title, _("closed on %(day)s") % {"day": printing.day(printing.last_open_day(max(ends)))} if ends else "", DONE
        )
    openings = [consultation.opens_at for consultation in shown if consultation.opens_at and consultation.opens_at > now]
    return Step(title, _("from %(day)s") % {"day": printing.day(min(openings))} if openings else "", AHEAD)


def _synthesis(consultations: Sequence[Consultation], *, is_begun: bool, is_answered: bool) -> Step:
    """Done when each consultation that is shown has its synthesis published."""
    shown = [consultation for consultation in consultations if consultation.state != Consultation.State.DRAFT]
    published = sum(bool(consultation.synthesis_version) for consultation in shown)
    detail = ngettext("%(count)s published", "%(count)s published", published) % {"count": published} if published else ""
    return Step(_("Synthesis"), detail, _state(is_begun=is_begun, is_done=is_answered or published == len(shown) > 0))


def _feedback(process: Process, *, today: date, is_begun: bool) -> Step:
    if process.feedback_given_on:
        return Step(_("The answer"), printing.day(process.feedback_given_on), DONE)
    late = feedback_days_late(process, today=today)
    assert process.feedback_due_on is not None
    promised = _("promised for %(day)s") % {"day": printing.day(process.feedback_due_on)}
    return Step(
        _("The answer"), promised + (f", {late_in_words(late)}" if late else ""), _state(is_begun=is_begun, is_done=False)
    )


def late_in_words(days: int) -> str:
    """« en retard de 12 jours »."""
    return ngettext("%(count)s day late", "%(count)s days late", days) % {"count": printing.number(days)}


def _state(*, is_begun: bool, is_done: bool) -> str:
    if is_done:
        return DONE
    return NOW if is_begun else AHEAD


def _one_under_way(found: list[Step]) -> list[Step]:
    """The first step under way is the one; those after it are still ahead."""
    seen = False
    kept = []
    for step in found:
        kept.append(Step(step.title, step.detail, AHEAD) if seen and step.state == NOW else step)
        seen = seen or step.state == NOW
    return kept
