"""What can an organisation do? Be declared by one of its members, welcome others, ask that its identity be checked."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.accounts import messages
from polyphonie.accounts.actions.codes import draw_link, use_link
from polyphonie.accounts.actions.people import free_slug
from polyphonie.accounts.models import Account, Membership, Organisation, VerificationRequest, name_key
from polyphonie.accounts.queries import free_names_like, is_member, is_name_taken, last_request
from polyphonie.accounts.rules import (
    INVITATION_DAYS,
    leaving_refusal,
    name_refusal,
    rename_refusal,
    speaking_refusal,
    verification_decision_refusal,
    verification_request_refusal,
)
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing
from polyphonie.outbox.actions import queue_mail

LONGEST_ORGANISATION_NAME = 120


def declare_organisation(account: Account, *, name: str, kind: str, now: datetime) -> Organisation:
    """Declare an organisation, of which one becomes the first member. Raises Refused."""
    assert_writing()
    name = " ".join(name.split())
    ensure(name_refusal(name, is_taken=False, longest=LONGEST_ORGANISATION_NAME))
    is_taken = is_name_taken(name)
    ensure(name_refusal(name, is_taken=is_taken, suggestions=free_names_like(name) if is_taken else (), longest=120))
    today = timezone.localdate(now)
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(
                name=name, name_key=name_key(name), slug=free_slug(Organisation, name), kind=kind, created_on=today
            )
    except IntegrityError as error:
        raise Refused(_("Someone already uses this name: choose another one.")) from error
    join(organisation, account, now=now)
    return organisation


def rename(organisation: Organisation, *, name: str, by: Account) -> Organisation:
    """Give another name to an organisation whose name moderation hid; it is verified anew. Raises Refused."""
    assert_writing()
    ensure(rename_refusal(organisation, is_member=is_member(by, organisation)))
    name = " ".join(name.split())
    is_taken = is_name_taken(name)
    suggestions = free_names_like(name) if is_taken else ()
    ensure(name_refusal(name, is_taken=is_taken, suggestions=suggestions, longest=LONGEST_ORGANISATION_NAME))
    organisation.name, organisation.name_key = name, name_key(name)
    organisation.slug = free_slug(Organisation, name)
    organisation.name_hidden_on = organisation.verified_on = None
    try:
        with transaction.atomic():
            organisation.save(update_fields=["name", "name_key", "slug", "name_hidden_on", "verified_on"])
    except IntegrityError as error:
        raise Refused(_("Someone already uses this name: choose another one.")) from error
    return organisation


def join(organisation: Organisation, account: Account, *, now: datetime) -> None:
    """Make this person a member; once is enough."""
    assert_writing()
    Membership.objects.bulk_create(
        [Membership(account=account, organisation=organisation, since_on=timezone.localdate(now))], ignore_conflicts=True
    )


def invite(organisation: Organisation, *, by: Account, now: datetime) -> str:
    """Draw the token of an invitation that a member hands to one person; it serves once within seven days."""
    assert_writing()
    ensure(speaking_refusal(is_member=is_member(by, organisation)))
    return draw_link(invitation_purpose(organisation), hours=24 * INVITATION_DAYS, now=now)


def invitation_purpose(organisation: Organisation) -> str:
    """What binds an invitation to its organisation."""
    return f"join/{organisation.pk}"


def accept_invitation(organisation: Organisation, account: Account, *, token: str, now: datetime) -> None:
    """Join with an invitation. Raises Refused when it no longer serves."""
    assert_writing()
    if is_member(account, organisation):
        return
    if not use_link(invitation_purpose(organisation), token, now=now):
        raise Refused(_("This invitation has expired or was already used. Ask a member for a new one."))
    join(organisation, account, now=now)


def leave(organisation: Organisation, account: Account) -> None:
    """Stop speaking for an organisation; what was said in its name stays its own. Raises Refused."""
    assert_writing()
    ensure(leaving_refusal(is_member=is_member(account, organisation)))
    Membership.objects.filter(account=account, organisation=organisation).delete()


def request_verification(organisation: Organisation, *, by: Account, evidence: str, now: datetime) -> VerificationRequest:
    """Ask that staff check who the organisation is. Raises Refused."""
    assert_writing()
    last = last_request(organisation)
    is_waiting = last is not None and last.state == VerificationRequest.State.WAITING
    ensure(
        verification_request_refusal(
            is_member=is_member(by, organisation),
            is_verified=organisation.verified_on is not None,
            is_waiting=is_waiting,
            evidence=evidence,
        )
    )
    return VerificationRequest.objects.create(
        organisation=organisation, requested_by=by, evidence=cleaned(evidence), requested_on=timezone.localdate(now)
    )


def decide_verification(
    request: VerificationRequest, *, is_accepted: bool, reason: str, by: Account, role: str, now: datetime
) -> VerificationRequest:
    """Say whether the organisation is who it says; its evidence is destroyed at once and its member is told why.

    `role` is the decider's public name (« organiser 2 », « administrator »). Raises Refused.
    """
    assert_writing()
    request = VerificationRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    organisation = request.organisation
    ensure(
        verification_decision_refusal(
            is_decided=request.state != VerificationRequest.State.WAITING,
            is_member=is_member(by, organisation),
            is_accepted=is_accepted,
            reason=reason,
        )
    )
    today = timezone.localdate(now)
    request.state = VerificationRequest.State.ACCEPTED if is_accepted else VerificationRequest.State.REFUSED
    request.evidence, request.reason, request.decided_on, request.decided_by_role = "", reason.strip(), today, role
    request.save()
    if is_accepted:
        organisation.verified_on = today
        organisation.save(update_fields=["verified_on"])
    asker = request.requested_by
    if asker.email:
        subject, body = messages.verification_mail(
            organisation.name, is_accepted=is_accepted, reason=request.reason, language=asker.language
        )
        queue_mail(f"verification/{request.pk}", asker.email, subject, body, now=now)
    return request
