"""What can happen to a role? It is offered by mail, taken up, granted, ended; and someone is let start concertations."""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.processes.actions.traces import record_act
from polyphonie.processes.messages import queue_invitation
from polyphonie.processes.models import ActKind, CreationRight, Invitation, Process, Role, RoleAssignment
from polyphonie.processes.queries.people import roles_held, standing, standing_roles
from polyphonie.processes.rules.people import (
    accept_refusal,
    end_role_refusal,
    grant_refusal,
    invite_refusal,
    period_refusal,
    withdraw_refusal,
)

INVITATION_DAYS = 14
TOKEN_BYTES = 24


def grant_role(
    process: Process,
    account: Account,
    role: Role,
    *,
    now: datetime,
    actor: str,
    body: str = "",
    until_on: date | None = None,
) -> RoleAssignment:
    """Charge someone with a role from today; whoever holds one signs in with a second factor."""
    assert_writing()
    today = timezone.localdate(now)
    ensure(grant_refusal(account, role=role, held=roles_held(account, process.slug, on=today)))
    ensure(period_refusal(today, until_on))
    last = process.roles.filter(role=role).order_by("-number").values_list("number", flat=True).first() or 0
    assignment = RoleAssignment.objects.create(
        process=process, account=account, role=role, number=last + 1, body=body, from_on=today, until_on=until_on
    )
    if not account.needs_second_factor:
        account.needs_second_factor = True
        account.save(update_fields=["needs_second_factor"])
    record_act(process, ActKind.ROLE_TAKEN, actor=actor, now=now, facts=role_facts(assignment))
    return assignment


def end_role(assignment: RoleAssignment, *, actor: str, now: datetime) -> RoleAssignment:
    """End a role at once; its number is never given to another."""
    assert_writing()
    today = timezone.localdate(now)
    organisers = standing_roles(assignment.process, on=today).filter(role=Role.ORGANISER).count()
    ensure(end_role_refusal(assignment, organisers=organisers, today=today))
    assignment.until_on = today
    assignment.save(update_fields=["until_on"])
    record_act(assignment.process, ActKind.ROLE_ENDED, actor=actor, now=now, facts=role_facts(assignment))
    return assignment


def invite(
    process: Process, *, email: str, role: Role, actor: str, now: datetime, body: str = "", until_on: date | None = None
) -> Invitation:
    """Offer a role by mail. The token is in the mail only; the same offer still waiting is replaced."""
    assert_writing()
    ensure(period_refusal(timezone.localdate(now), until_on))
    Invitation.objects.filter(process=process, email__iexact=email, role=role, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=now
    )
    ensure(invite_refusal(waiting=process.invitations.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now).count()))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        process=process,
        email=email,
        role=role,
        body=body,
        until_on=until_on,
        token_hash=token_hash(token),
        invited_by=actor,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    queue_invitation(invitation, token, now=now)
    record_act(process, ActKind.INVITED, actor=actor, now=now, facts={"role": str(role), "body": body})
    return invitation


def accept_invitation(invitation: Invitation, account: Account, *, now: datetime) -> RoleAssignment:
    """Take up the role that was offered to this person's address; an invitation serves once."""
    assert_writing()
    ensure(accept_refusal(invitation, account, now=now))
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    return grant_role(
        invitation.process,
        account,
        Role(invitation.role),
        actor=invitation.invited_by,
        body=invitation.body,
        until_on=invitation.until_on,
        now=now,
    )


def withdraw_invitation(invitation: Invitation, *, now: datetime) -> Invitation:
    """Take an offer back before it is accepted."""
    assert_writing()
    ensure(withdraw_refusal(invitation))
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    return invitation


def forget_addresses(*, now: datetime) -> int:
    """Erase the mail addresses of offers that are over: accepted, withdrawn or expired; how many."""
    assert_writing()
    over = Invitation.objects.exclude(email="").filter(
        Q(accepted_at__isnull=False) | Q(withdrawn_at__isnull=False) | Q(expires_at__lt=now)
    )
    return over.update(email="")


def allow_creation(account: Account, *, body: str, now: datetime) -> CreationRight:
    """Let someone start concertations on this installation in the name of a body."""
    assert_writing()
    right, _created = CreationRight.objects.update_or_create(
        account=account, defaults={"body": body, "granted_on": timezone.localdate(now)}
    )
    if not account.needs_second_factor:
        account.needs_second_factor = True
        account.save(update_fields=["needs_second_factor"])
    return right


def end_creation(right: CreationRight) -> None:
    """Take that right back; the concertations already started keep their organisers."""
    assert_writing()
    right.delete()


def leave_duties(account: Account, *, now: datetime) -> None:
    """End the roles of a person who closes their account, each by its own verb, and forget where offers were sent to them.
    Raises Refused for the last organiser of a concertation."""
    assert_writing()
    today = timezone.localdate(now)
    roles = RoleAssignment.objects.filter(standing(today), account=account)
    held = list(roles.order_by("pk").values_list("pk", flat=True))
    for assignment in roles.filter(pk__in=held).select_related("process").order_by("pk") if held else []:
        end_role(assignment, actor=f"{assignment.role}/{assignment.number}", now=now)
    CreationRight.objects.filter(account=account).delete()
    offered = Invitation.objects.filter(email__iexact=account.email or "")
    waits = Q(accepted_at=None, withdrawn_at=None)
    offered.update(email="", withdrawn_at=Case(When(waits, then=Value(now)), default=F("withdrawn_at")))


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def role_facts(assignment: RoleAssignment) -> dict[str, object]:
    """A role as the journal tells it: by role and number, and the body that lends the person; no name."""
    return {
        "role": assignment.role,
        "number": assignment.number,
        "body": assignment.body,
        "from": assignment.from_on,
        "until": "" if assignment.until_on is None else assignment.until_on,
    }
