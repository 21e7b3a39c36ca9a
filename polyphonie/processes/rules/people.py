"""Who may be charged with what? Starting a concertation, offering a role, taking it up, ending it."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polyphonie.accounts.models import Account, folded
from polyphonie.processes.models import Invitation, Role, RoleAssignment

MOST_WAITING = 30

DUTIES = {
    Role.ORGANISER: gettext_lazy("You prepare the concertation, open it, give news of it, and charge others with roles."),
    Role.MODERATOR: gettext_lazy("You read what is reported and decide, with a written reason, what stays shown."),
    Role.RAPPORTEUR: gettext_lazy(
        "You read what was said and write the synthesis: each sentence cites what it rests on, and a second person reads it "
        "before it is published."
    ),
    Role.APPEAL: gettext_lazy("You judge the appeals against the decisions of moderation."),
    Role.AUTHORITY: gettext_lazy(
        "You say, for whoever decides, how far the work is, and may be the second reader of a synthesis."
    ),
}
"""What each role is asked to do, in a sentence to the person to whom it is offered."""


def create_refusal(account: Account, *, has_right: bool) -> str | None:
    """Whether this person may start a concertation here: administrators, and those they let."""
    if account.is_administrator or has_right:
        return None
    return _("Only an administrator of this site, or someone they have allowed, can start a concertation.")


def grant_refusal(account: Account, *, role: Role, held: frozenset[Role]) -> str | None:
    """Whether this person may hold one more role here; `held` are those of today."""
    if account.closed_on is not None or account.suspended_on is not None or account.confirmed_on is None:
        return _("This account cannot hold a role: it is not confirmed, or it is suspended or closed.")
    if role in held:
        return _("This person already holds this role.")
    return None


def end_role_refusal(assignment: RoleAssignment, *, organisers: int, today: date) -> str | None:
    """Whether a role may end: never that of the last organiser (`organisers` counts those of today)."""
    if assignment.until_on is not None and assignment.until_on <= today:
        return _("This role has already ended.")
    if assignment.role == Role.ORGANISER and organisers <= 1:
        return _("A concertation keeps at least one organiser: name another one first.")
    return None


def invite_refusal(*, waiting: int) -> str | None:
    """Whether one more role may be offered by mail: a number of offers wait at most, so that nobody is flooded."""
    if waiting >= MOST_WAITING:
        return _("%(count)s invitations are already waiting: withdraw some first.") % {"count": waiting}
    return None


def period_refusal(from_on: date, until_on: date | None) -> str | None:
    if until_on is not None and until_on <= from_on:
        return _("The last day of a role comes after its first.")
    return None


def accept_refusal(invitation: Invitation, account: Account, *, now: datetime) -> str | None:
    """Whether this person may accept: the offer stands, and it was made to their address."""
    if invitation.accepted_at is not None:
        return _("This invitation has already been used.")
    if invitation.withdrawn_at is not None:
        return _("This invitation was withdrawn.")
    if now >= invitation.expires_at:
        return _("This invitation has expired: ask the organiser for a new one.")
    if folded(account.email or "") != folded(invitation.email):
        return _("This invitation was sent to another address: sign in with the address that received it.")
    return None


def withdraw_refusal(invitation: Invitation) -> str | None:
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        return _("This invitation is no longer waiting.")
    return None
