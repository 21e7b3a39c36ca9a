"""What happened, and what is to come, in order? Every dated fact of a process, from the letter to the promised answer."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.core import addresses, printing
from polyphonie.portal.queries.processes import announced_consultations, referral_of
from polyphonie.processes.models import Consultation, Extension, Milestone, Process, ProgressUpdate
from polyphonie.synthesis.queries.published import Listed, published_syntheses


@dataclass(frozen=True)
class Happening:
    """One dated fact: what, when, where it can be read."""

    on: date
    title: str
    words: str = ""
    address: str = ""
    when: str = ""

    @property
    def when_words(self) -> str:
        """The day, or what is known of it."""
        return self.when or printing.day(self.on)


def happenings(process: Process) -> list[Happening]:
    """Every dated fact of the process, the oldest first (its consultations come with it; two queries)."""
    milestones = [_of_a_milestone(milestone) for milestone in process.milestones.all()]
    if process.is_archive:
        return milestones
    found = [*milestones, *_of_the_letter(process), *_of_the_promise(process)]
    consultations = announced_consultations(process)
    for consultation in consultations:
        found += _of_a_consultation(process, consultation)
    for extension in Extension.objects.filter(consultation__in=consultations).select_related("consultation"):
        found.append(_of_an_extension(process, extension))
    for listed in published_syntheses(process) if process.syntheses else []:
        found.append(_of_a_synthesis(process, listed))
    found += [_of_an_update(process, update) for update in process.progress_updates.all()]
    return sorted(found, key=lambda happening: (happening.on, happening.title))


def _of_a_milestone(milestone: Milestone) -> Happening:
    return Happening(milestone.from_on, milestone.title, when=_milestone_when(milestone))


def _milestone_when(milestone: Milestone) -> str:
    """« du 12 novembre 2014 au 16 novembre 2014 », « février 2015 », « vers juin 2015 »."""
    if milestone.precision == Milestone.Precision.DAY:
        if milestone.until_on is None:
            return printing.day(milestone.from_on)
        return _("from %(first)s to %(last)s") % {
            "first": printing.day(milestone.from_on),
            "last": printing.day(milestone.until_on),
        }
    first = printing.month(milestone.from_on)
    if milestone.precision == Milestone.Precision.ABOUT:
        return _("about %(month)s") % {"month": first}
    return first if milestone.until_on is None else f"{first} – {printing.month(milestone.until_on)}"


def _local_day(value: datetime) -> date:
    return timezone.localtime(value).date()


def _of_the_letter(process: Process) -> list[Happening]:
    referral = referral_of(process)
    if referral is None:
        return []
    home = addresses.process_address(process.slug)
    found = []
    if referral.received_on:
        found.append(Happening(referral.received_on, str(referral.get_kind_display()), referral.issuer, home))
    if referral.deadline_on:
        found.append(Happening(referral.deadline_on, _("Deadline given by the referral"), "", home))
    return found


def _of_the_promise(process: Process) -> list[Happening]:
    if process.feedback_given_on or process.feedback_due_on is None:
        return []
    return [
        Happening(process.feedback_due_on, _("Promised answer to the contributors"), "", addresses.progress_address(process.slug))
    ]


def _of_a_consultation(process: Process, consultation: Consultation) -> list[Happening]:
    address = addresses.consultation_address(process.slug, consultation.slug)
    found = []
    if consultation.opens_at:
        found.append(Happening(_local_day(consultation.opens_at), _("Opening of a consultation"), consultation.title, address))
    if consultation.closes_at:
        closing = printing.last_open_day(consultation.closes_at)
        found.append(Happening(closing, _("Last day of a consultation"), consultation.title, address))
    return found


def _of_an_extension(process: Process, extension: Extension) -> Happening:
    words = _("%(title)s: until %(day)s. %(reason)s") % {
        "title": extension.consultation.title,
        "day": printing.day(printing.last_open_day(extension.closes_at)),
        "reason": extension.reason,
    }
    address = addresses.consultation_address(process.slug, extension.consultation.slug)
    return Happening(_local_day(extension.decided_at), _("A consultation is extended"), words, address)


def _of_a_synthesis(process: Process, listed: Listed) -> Happening:
    address = addresses.synthesis_address(process.slug, listed.consultation.slug)
    title = _("Synthesis, version %(number)s") % {"number": listed.number}
    return Happening(_local_day(listed.published_at), title, listed.consultation.title, address)


def _of_an_update(process: Process, update: ProgressUpdate) -> Happening:
    title = _("Answer to the contributors") if update.is_feedback else _("Progress point")
    address = f"{addresses.progress_address(process.slug)}#point-{update.pk}"
    return Happening(_local_day(update.published_at), title, update.title, address)
