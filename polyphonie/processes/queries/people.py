"""Who holds which role, and for how long? By role and number; and who may start a concertation here."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.core.addresses import appeals_address, moderation_address, organisation_address, process_address, writing_address
from polyphonie.processes.models import CreationRight, Process, Referral, Role, RoleAssignment


def standing(on: date) -> Q:
    """Roles held on this day: `until_on` is the first day they no longer are."""
    return Q(from_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gt=on))


def roles_held(account: Account, process: str, on: date | None = None) -> frozenset[Role]:
    """The roles this account holds today (or on this day) in the process of this slug."""
    held = RoleAssignment.objects.filter(standing(on or timezone.localdate()), account=account, process__slug=process)
    return frozenset(Role(role) for role in held.values_list("role", flat=True))


def standing_roles(process: Process, on: date | None = None) -> QuerySet[RoleAssignment]:
    return process.roles.filter(standing(on or timezone.localdate())).order_by("role", "number")


def acting_as(account: Account, process: Process, *roles: Role, on: date | None = None) -> RoleAssignment | None:
    """The role under which this account acts here, the first of `roles` it holds: it signs by role and number."""
    held = {item.role: item for item in standing_roles(process, on).filter(account=account)}
    return next((held[role] for role in roles if role in held), None)


def count_moderators(process: Process, on: date | None = None) -> int:
    """How many people, not accounts twice, may moderate on this day."""
    return standing_roles(process, on).filter(role=Role.MODERATOR).values("account").distinct().count()


def count_judges(process: Process, on: date | None = None) -> int:
    """How many people took up the appeal role by their invitation and can act: they have set up their second factor.

    In a demonstration one enters by one click, without any.
    """
    held = standing_roles(process, on).filter(role=Role.APPEAL, account__closed_on=None, account__suspended_on=None)
    if not process.is_demonstration:
        held = held.filter(account__has_second_factor=True)
    return held.values("account").distinct().count()


def may_create(account: Account) -> bool:
    """Whether an administrator let this account start concertations."""
    return CreationRight.objects.filter(account=account).exists()


def deadline_of(process: Process) -> date | None:
    """The day by which the referral asks for an end, if it does."""
    return Referral.objects.filter(process=process).values_list("deadline_on", flat=True).first()


def processes_to_copy(account: Account) -> QuerySet[Process]:
    """The concertations this account may start another from: those that are public, and those it organises."""
    own = RoleAssignment.objects.filter(standing(timezone.localdate()), account=account, role=Role.ORGANISER)
    return Process.objects.filter(Q(is_listed=True) | Q(pk__in=own.values("process"))).order_by("title", "slug")


def has_leave_to_start(account: Account) -> bool:
    """Whether this account may start a concertation here."""
    return account.is_administrator or may_create(account)


def without_organiser() -> QuerySet[Process]:
    """The concertations that nobody organises: what was taken over from another site, or left by its last organiser."""
    organised = RoleAssignment.objects.filter(standing(timezone.localdate()), role=Role.ORGANISER)
    return (
        Process.objects.filter(copied_from="", is_archive=False)
        .exclude(pk__in=organised.values("process"))
        .order_by("title", "slug")
    )


def duties_of(account: Account) -> list[RoleAssignment]:
    """The roles this account holds today, in every process, each with the address where it is exercised."""
    held = RoleAssignment.objects.filter(standing(timezone.localdate()), account=account).select_related("process")
    duties = list(held.order_by("process__title", "role", "number"))
    for duty in duties:
        duty.address = _WORKPLACES.get(Role(duty.role), process_address)(duty.process.slug)  # type: ignore[attr-defined]  # for the template alone
    return duties


_WORKPLACES = {
    Role.ORGANISER: organisation_address,
    Role.MODERATOR: moderation_address,
    Role.RAPPORTEUR: writing_address,
    Role.APPEAL: appeals_address,
    Role.AUTHORITY: lambda process: f"{organisation_address(process)}points/",
}
