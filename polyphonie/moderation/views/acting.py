"""Who acts on a page of moderation? The one signed in, under the role they hold here."""

from django.http import HttpRequest

from polyphonie.accounts.models import Account
from polyphonie.core.refusal import Refused
from polyphonie.processes.models import Process, Role, RoleAssignment
from polyphonie.processes.queries.people import acting_as


def moderator_of(request: HttpRequest, process: Process) -> RoleAssignment:
    """The role of moderator of who is signed in; the table of accesses let nobody else come."""
    return acting_under(request, process, Role.MODERATOR)


def acting_under(request: HttpRequest, process: Process, *roles: Role) -> RoleAssignment:
    assert isinstance(request.user, Account)
    role = acting_as(request.user, process, *roles)
    if role is None:
        raise Refused("…")
    return role
