"""Who takes part, for all to see? Organisations that published, people who agreed to be listed; never who voted."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from polyphonie.accounts.models import Account, Category, Organisation
from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.paging import part_of
from polyphonie.processes.models import Process

PER_PAGE = 60
TEXTS_PER_PAGE = 20


@dataclass(frozen=True)
class Participant:
    """A name on the page of participants, with how many texts it published."""

    slug: str
    name: str
    kind: str
    is_verified: bool
    texts: int


@dataclass(frozen=True)
class Profile:
    """One participant's page: who it is, and its texts in this process."""

    slug: str
    name: str
    kind_label: str
    is_verified: bool
    texts: list[Contribution]
    total: int
    page: int
    pages: int


def _published(process: Process) -> QuerySet[Contribution]:
    return Contribution.objects.filter(process=process, status=Status.PUBLISHED)


def organisations(process: Process) -> list[Participant]:
    """The organisations that published in this process, by name."""
    rows = (
        _published(process)
        .filter(speaks_for__isnull=False, speaks_for__name_hidden_on__isnull=True)
        .values("speaks_for__slug", "speaks_for__name", "speaks_for__kind", "speaks_for__verified_on")
        .annotate(texts=Count("pk"))
        .order_by("speaks_for__slug")
    )
    return [
        Participant(
            row["speaks_for__slug"],
            row["speaks_for__name"],
            row["speaks_for__kind"],
            row["speaks_for__verified_on"] is not None,
            row["texts"],
        )
        for row in rows
    ]


def people(process: Process, *, page: int) -> tuple[list[Participant], int]:
    """One page of the people who published here in their own name and agreed to be listed, and how many pages there are."""
    rows = (
        _published(process)
        .filter(speaks_for__isnull=True, author__is_listed=True, author__closed_on__isnull=True)
        .values("author__slug", "author__display_name")
        .annotate(texts=Count("pk"))
        .order_by("author__slug")
    )
    shown = part_of(rows, page=page, most=PER_PAGE)
    listed = [Participant(row["author__slug"], row["author__display_name"], "citizen", False, row["texts"]) for row in shown.rows]
    return listed, shown.pages


def profile(process: Process, slug: str, *, page: int) -> Profile | None:
    """The public page of an organisation, or of a person who agreed to be listed, that published in this process."""
    organisation = Organisation.objects.filter(slug=slug, name_hidden_on__isnull=True).first()
    if organisation is not None:
        return _profile(organisation, _published(process).filter(speaks_for=organisation), page)
    account = Account.objects.filter(slug=slug, is_listed=True, closed_on__isnull=True).first()
    if account is None:
        return None
    return _profile(account, _published(process).filter(author=account, speaks_for__isnull=True), page)


def _profile(who: Organisation | Account, texts: QuerySet[Contribution], page: int) -> Profile | None:
    shown = part_of(texts.order_by("-number").values_list("pk", flat=True), page=page, most=TEXTS_PER_PAGE)
    if not shown.total:
        return None
    rows = Contribution.objects.select_related("author", "speaks_for", "about").order_by("pk").in_bulk(shown.rows)
    return Profile(
        slug=who.slug,
        name=str(who),
        kind_label=str(who.get_kind_display()) if isinstance(who, Organisation) else str(Category.CITIZEN.label),
        is_verified=isinstance(who, Organisation) and who.verified_on is not None,
        texts=[rows[key] for key in shown.rows],
        total=shown.total,
        page=shown.page,
        pages=shown.pages,
    )


def is_taken_over(process: Process) -> bool:
    """Whether everything in it took place elsewhere."""
    return process.consultations.exists() and not process.consultations.filter(is_imported=False).exists()
