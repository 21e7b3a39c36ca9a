"""What do pages ask of processes? Who holds which role today, which processes are shown."""

from django.db.models import Q
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.processes.models import Role, RoleAssignment


def roles_held(account: Account, process: str) -> frozenset[Role]:
    """The roles this account holds today in the process of this slug."""
    today = timezone.localdate()
    held = RoleAssignment.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today), account=account, process__slug=process, from_on__lte=today
    ).values_list("role", flat=True)
    return frozenset(Role(role) for role in held)
