"""What is mine? The texts I wrote with what became of them, the consultations I follow; my votes are recomputed apart."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from polyphonie.accounts.models import ADMINISTRATOR, Account, StaffAccess
from polyphonie.accounts.queries import accesses_to
from polyphonie.annotations.models import Annotation
from polyphonie.annotations.places import places_of
from polyphonie.annotations.queries import of_author
from polyphonie.contributions.models import Contribution
from polyphonie.core import addresses
from polyphonie.core.paging import Shown, part_of
from polyphonie.notifications.queries import consultation_subject, subjects_followed
from polyphonie.processes.models import Consultation, Process, Role

PER_PAGE = 30


def contributions_of(account: Account, page: int) -> Shown[Contribution]:
    """The texts this account wrote, whatever became of them, last first."""
    mine = Contribution.objects.filter(author=account).select_related("process", "consultation", "speaks_for")
    return part_of(mine.order_by("-published_at", "-pk"), page=page, most=PER_PAGE)


def comments_of(account: Account) -> list[tuple[Annotation, str]]:
    """What this account said of syntheses, last first, each with its address; the whole is in the archive."""
    return [(one, places_of(one.document).discussion(one.number)) for one in of_author(account.pk)[:PER_PAGE]]


def processes_written_in(account: Account) -> list[Process]:
    """The concertations whose public files hold a text of this account."""
    texts = Contribution.objects.filter(author=account).values("process")
    comments = Annotation.objects.filter(author=account).values("document__process")
    return list(Process.objects.filter(Q(pk__in=texts) | Q(pk__in=comments)).order_by("pk"))


@dataclass(frozen=True)
class Followed:
    """A consultation that one follows."""

    subject: str
    title: str
    address: str


def consultations_followed(account: Account) -> list[Followed]:
    """The consultations this account follows, by process and rank, in two queries."""
    wanted = Q(pk__in=[])
    subjects = set(subjects_followed(account))
    for subject in sorted(subjects):
        kind, _slash, rest = subject.partition("/")
        process, _slash, slug = rest.partition("/")
        if kind == "consultation":
            wanted |= Q(process__slug=process, slug=slug)
    found = Consultation.objects.filter(wanted).select_related("process").order_by("process__slug", "rank", "pk")
    return [
        Followed(
            consultation_subject(one.process.slug, one.slug),
            one.title,
            addresses.consultation_address(one.process.slug, one.slug),
        )
        for one in found
    ]


@dataclass(frozen=True)
class Access:
    """One time, to the day, that staff saw something of mine: who by role, where, what and why."""

    note: StaffAccess
    by: str
    where: str


def accesses(account: Account) -> list[Access]:
    """Who among the staff saw what I have not made public, last first."""
    noted = accesses_to(account)
    titles = dict(Process.objects.filter(slug__in={one.process for one in noted}).values_list("slug", "title"))
    return [Access(one, staff_in_words(one.by), titles.get(one.process, one.process)) for one in noted]


def staff_in_words(actor: str) -> str:
    """« Moderator no. 2 » for `moderator/2`; the administrator of the installation has no number."""
    role, _slash, number = actor.partition("/")
    if actor == ADMINISTRATOR:
        return _("The administrator of the site")
    return _("%(role)s no. %(number)s") % {"role": dict(Role.choices).get(role, role), "number": number}
