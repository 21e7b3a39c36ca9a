"""Where does a process stand, and what can one do now? Its consultations by theme, its progress points, its figures in short."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.accounts.models import Account
from polyphonie.contributions.queries import imported_votes
from polyphonie.core import printing
from polyphonie.processes import stave
from polyphonie.processes.models import Consultation, Process, ProgressUpdate, Referral, Theme
from polyphonie.processes.queries import roles_held

UPDATES_IN_SHORT = 3
FIGURES_IN_SHORT = 7


def listed_processes() -> list[Process]:
    """The processes of this installation that the public sees, the newest first."""
    return list(Process.objects.filter(is_listed=True).order_by("-created_on", "slug"))


@dataclass(frozen=True)
class Listed:
    """A process in the list of the first page: what one can do there today, in a sentence."""

    process: Process
    sentence: str
    is_open: bool


def where_they_stand(processes: list[Process], *, now: datetime) -> list[Listed]:
    """These processes with their sentence; those where one can take part today come first. One query."""
    prefetch_related_objects(processes, "consultations")
    listed = [_listed(process, now=now) for process in processes]
    return sorted(listed, key=lambda one: not one.is_open)


def _listed(process: Process, *, now: datetime) -> Listed:
    rows = [row_of(consultation, now=now) for consultation in announced_consultations(process)]
    running = [row for row in rows if row.state == "open"]
    if len(running) == 1:
        return Listed(process, running[0].sentence, is_open=True)
    if running:
        count = ngettext("%(count)s consultation is open", "%(count)s consultations are open", len(running))
        return Listed(process, count % {"count": len(running)}, is_open=True)
    ahead = [row.sentence for row in rows if row.state == "ahead"]
    if ahead:
        return Listed(process, ahead[0], is_open=False)
    if process.is_archive or all(row.consultation.is_imported for row in rows):
        return Listed(process, _("Took place on another site, can be read here"), is_open=False)
    return Listed(process, _("Closed, everything can be read"), is_open=False)


def shown_process(slug: str, account: Account | None = None, *, with_consultations: bool = True) -> Process | None:
    """The process of this slug if this reader may see it: everyone once announced, those who hold a role in it before."""
    processes = Process.objects.select_related("referral")
    if with_consultations:
        consultations = Consultation.objects.select_related("theme").order_by("theme__number", "rank", "pk")
        processes = processes.prefetch_related(Prefetch("consultations", queryset=consultations))
    process = processes.filter(slug=slug).first()
    if process is None or process.is_listed:
        return process
    return process if account is not None and roles_held(account, slug) else None


def referral_of(process: Process) -> Referral | None:
    """Its referral, already read with it."""
    return getattr(process, "referral", None)


@dataclass(frozen=True)
class Row:
    """One consultation in the table of a process: its state as a word and as a sentence."""

    consultation: Consultation
    state: str
    sentence: str


@dataclass(frozen=True)
class Group:
    """The consultations of one theme, or of none."""

    theme: Theme | None
    rows: list[Row]


def announced_consultations(process: Process) -> list[Consultation]:
    """The consultations that the public sees, in their order."""
    return [consultation for consultation in process.consultations.all() if consultation.state != Consultation.State.DRAFT]


def row_of(consultation: Consultation, *, now: datetime) -> Row:
    """A consultation with its state now: open, ahead or closed."""
    if stave.is_open(consultation, now=now):
        assert consultation.closes_at is not None
        return Row(consultation, "open", _("Open until %(moment)s") % {"moment": printing.last_minute(consultation.closes_at)})
    if consultation.process.is_archive:
        return Row(consultation, "closed", _period(consultation))
    if consultation.is_imported:
        return Row(consultation, "closed", _("Took place on another site, can be read here"))
    if stave.is_over(consultation, now=now):
        closed = printing.day(printing.last_open_day(consultation.closes_at)) if consultation.closes_at else ""
        return Row(
            consultation, "closed", _("Closed on %(day)s, everything can be read") % {"day": closed} if closed else _("Closed")
        )
    opens = printing.day(consultation.opens_at) if consultation.opens_at else ""
    return Row(consultation, "ahead", _("Opens on %(day)s") % {"day": opens} if opens else _("To come"))


def _period(consultation: Consultation) -> str:
    """From which day to which day it was open, as far as it is known."""
    if consultation.opens_at is None or consultation.closes_at is None:
        return _("not stated")
    return _("From %(opening)s to %(closing)s") % {
        "opening": printing.day(consultation.opens_at),
        "closing": printing.day(printing.last_open_day(consultation.closes_at)),
    }


def stated_facts(process: Process) -> list[tuple[str, str]]:
    """What an archive says of its method, line by line; an empty text is one that no public document gives."""
    return [
        (_("Body in charge"), process.organiser),
        (_("Who decides"), process.who_decides),
        (_("What will be done with the answers"), process.what_becomes),
        (_("Licence of the texts"), process.licence),
        (_("The charter"), process.charter),
        (_("Legal basis for personal data"), process.legal_basis),
        (_("Appeal body"), process.appeal_body),
    ]


def groups_of(process: Process, *, now: datetime, with_drafts: bool = False) -> list[Group]:
    """The consultations under their themes; those without a theme come last. Drafts are for the organisers' preview alone."""
    groups: dict[int | None, Group] = {}
    for consultation in process.consultations.all() if with_drafts else announced_consultations(process):
        group = groups.setdefault(consultation.theme_id, Group(consultation.theme, []))
        group.rows.append(row_of(consultation, now=now))
    return sorted(groups.values(), key=lambda group: (group.theme is None, group.theme.number if group.theme else 0))


def stave_of(process: Process, consultations: list[Consultation] | None = None, *, now: datetime) -> list[stave.Step]:
    """The steps of this process, or as one of its consultations lives them."""
    return stave.steps(
        process,
        referral=referral_of(process),
        consultations=announced_consultations(process) if consultations is None else consultations,
        now=now,
        today=timezone.localdate(now),
    )


def latest_updates(process: Process) -> list[ProgressUpdate]:
    return list(process.progress_updates.all()[:UPDATES_IN_SHORT])


@dataclass(frozen=True)
class Promise:
    """The day feedback is promised for, and how late it is."""

    due_on: date | None
    given_on: date | None
    days_late: int

    @property
    def late_words(self) -> str:
        return stave.late_in_words(self.days_late) if self.days_late else ""


def promise_of(process: Process, *, now: datetime) -> Promise:
    late = stave.feedback_days_late(process, today=timezone.localdate(now))
    return Promise(process.feedback_due_on, process.feedback_given_on, late)


@dataclass(frozen=True)
class Totals:
    """What the consultations of a process hold together."""

    proposals: int
    texts: int
    votes: int
    imported_votes: int


def totals_of(process: Process) -> Totals:
    """The sums of the counters of its consultations; votes taken over are counted apart."""
    consultations = announced_consultations(process)
    return Totals(
        imported_votes=imported_votes(consultations),
        proposals=sum(consultation.proposals for consultation in consultations),
        texts=sum(consultation.texts for consultation in consultations),
        votes=sum(consultation.votes for consultation in consultations),
    )
