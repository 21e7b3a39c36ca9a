"""What is mine? The texts I wrote with what became of them, the consultations I follow; my votes are recomputed apart."""

from dataclasses import dataclass

from django.db.models import Q

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution
from polyphonie.core import addresses
from polyphonie.notifications.queries import consultation_subject, subjects_followed
from polyphonie.processes.models import Consultation

PER_PAGE = 30


@dataclass(frozen=True)
class Page:
    """A page of one's contributions."""

    contributions: list[Contribution]
    number: int
    count: int
    total: int


def contributions_of(account: Account, page: int) -> Page:
    """The texts this account wrote, whatever became of them, last first."""
    mine = Contribution.objects.filter(author=account)
    total = mine.count()
    count = max(1, -(-total // PER_PAGE))
    number = min(max(page, 1), count)
    shown = mine.select_related("process", "consultation", "speaks_for").order_by("-published_at", "-pk")
    return Page(list(shown[(number - 1) * PER_PAGE : number * PER_PAGE]), number, count, total)


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
        kind, _, rest = subject.partition("/")
        process, _, slug = rest.partition("/")
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
