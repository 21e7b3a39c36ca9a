"""What may moderation restrict? A public name, of a person or of an organisation, hidden or shown again; the right to speak."""

from datetime import datetime, timedelta

from django.utils import timezone

from polyphonie.accounts.actions.people import free_slug
from polyphonie.accounts.models import Account, Organisation, SuspendedAddress, folded
from polyphonie.accounts.rules import (
    hide_name_refusal,
    hide_organisation_refusal,
    reinstatement_refusal,
    restore_name_refusal,
    restore_organisation_refusal,
    suspension_refusal,
)
from polyphonie.accounts.secrets import address_mark
from polyphonie.core.refusal import ensure
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing

SUSPENSION_KEPT = timedelta(days=730)
"""How long the mark of a suspended address outlives its account."""

NAME_FIELDS = ["display_name", "display_key", "slug", "name_hidden_on", "name_ground", "hidden_name", "hidden_key", "is_listed"]
ORGANISATION_FIELDS = ["name", "name_key", "slug", "name_hidden_on", "name_ground", "hidden_name", "hidden_key"]


def hide_name(account: Account, *, ground: str, now: datetime) -> Account:
    """Hide a person's public name: « nom masqué » wherever it stood, its address gone, until they choose another. Raises Refused.

    The texts signed with it are told apart: `contributions.actions.hide_author_name`.
    """
    assert_writing()
    ensure(hide_name_refusal(account, ground=ground))
    account.hidden_name, account.hidden_key = account.display_name, account.display_key
    account.name_hidden_on, account.name_ground = timezone.localdate(now), ground
    account.display_name, account.slug = "", f"_{account.pk}"  # a form that no name can take
    account.is_listed = False
    account.save(update_fields=NAME_FIELDS)
    let_go()
    return account


def restore_name(account: Account, *, now: datetime) -> Account:
    """Show a hidden name again, unless the person chose another meanwhile: then it is only free to be taken. Raises Refused."""
    assert_writing()
    ensure(restore_name_refusal(account))
    if account.has_hidden_name:
        account.display_name, account.display_key = account.hidden_name, account.hidden_key
        account.slug = free_slug(Account, account.display_name)
    account.name_hidden_on, account.name_ground, account.hidden_name, account.hidden_key = None, "", "", ""
    account.save(update_fields=NAME_FIELDS)
    return account


def hide_organisation_name(organisation: Organisation, *, ground: str, now: datetime) -> Organisation:
    """Hide an organisation's name: « nom masqué » wherever it stood, until its members choose another. Raises Refused.

    The texts signed with it are told apart: `contributions.actions.hide_author_name`.
    """
    assert_writing()
    ensure(hide_organisation_refusal(organisation, ground=ground))
    organisation.hidden_name, organisation.hidden_key = organisation.name, organisation.name_key
    organisation.name_hidden_on, organisation.name_ground = timezone.localdate(now), ground
    organisation.name, organisation.slug = "", f"_{organisation.pk}"  # a form that no name can take
    organisation.save(update_fields=ORGANISATION_FIELDS)
    let_go()
    return organisation


def restore_organisation_name(organisation: Organisation, *, now: datetime) -> Organisation:
    """Show a hidden name again, unless its members chose another meanwhile: then it is only free to be taken. Raises Refused."""
    assert_writing()
    ensure(restore_organisation_refusal(organisation))
    if organisation.has_hidden_name:
        organisation.name, organisation.name_key = organisation.hidden_name, organisation.hidden_key
        organisation.slug = free_slug(Organisation, organisation.name)
    organisation.name_hidden_on, organisation.name_ground = None, ""
    organisation.hidden_name = organisation.hidden_key = ""
    organisation.save(update_fields=ORGANISATION_FIELDS)
    return organisation


def suspend(account: Account, *, now: datetime) -> Account:
    """Suspend an account: it reads, and neither speaks nor votes; what it said and its votes stay. Raises Refused."""
    assert_writing()
    ensure(suspension_refusal(account))
    account.suspended_on = timezone.localdate(now)
    account.save(update_fields=["suspended_on"])
    return account


def reinstate(account: Account) -> Account:
    """Give a suspended account its rights back. Raises Refused."""
    assert_writing()
    ensure(reinstatement_refusal(account))
    account.suspended_on = None
    account.save(update_fields=["suspended_on"])
    SuspendedAddress.objects.filter(mark=address_mark(folded(account.email or ""))).delete()
    return account


def keep_suspension(account: Account, *, now: datetime) -> None:
    """Its owner closes a suspended account: keep a mark of the address, under which the suspension comes back with them."""
    assert_writing()
    if account.suspended_on is None or not account.email:
        return
    SuspendedAddress.objects.update_or_create(
        mark=address_mark(folded(account.email)),
        defaults={"suspended_on": account.suspended_on, "until_on": timezone.localdate(now) + SUSPENSION_KEPT},
    )


def forget_suspended_addresses(*, now: datetime) -> int:
    """Destroy the marks whose day has come; how many."""
    assert_writing()
    return SuspendedAddress.objects.filter(until_on__lte=timezone.localdate(now)).delete()[0]
