"""What is left of a person who closes their account? A row without name, address or secret, so that numbers keep meaning."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from polyphonie.accounts.actions.people import first_sign_in_purpose
from polyphonie.accounts.actions.restricting import keep_suspension
from polyphonie.accounts.models import (
    Account,
    Consent,
    Membership,
    RecoveryCode,
    SecurityEvent,
    SignInCode,
    StaffAccess,
    VerificationRequest,
)
from polyphonie.accounts.rules import closing_refusal
from polyphonie.accounts.secrets import address_mark
from polyphonie.accounts.voter_secret import destroy_voter_secret
from polyphonie.core.refusal import ensure
from polyphonie.core.serving.generation import let_go
from polyphonie.core.storage.deleting import delete_together
from polyphonie.core.writing import assert_writing
from polyphonie.outbox.actions import forget_address


def close_account(account: Account, *, now: datetime) -> Account:
    """Destroy all that names a person or opens their account; the row stays, nameless. Raises Refused.

    What other packages hold of them goes first: `portal.actions.close_account_of` calls each. Sessions open nothing from now on.
    """
    assert_writing()
    others = Account.objects.filter(is_administrator=True, closed_on=None).exclude(pk=account.pk)
    ensure(closing_refusal(account, is_last_administrator=account.is_administrator and not others.exists()))
    keep_suspension(account, now=now)
    destroy_voter_secret(account)
    address = account.email or ""
    forget_address(address)
    delete_together(
        SignInCode.objects.filter(Q(address_key=address_mark(address)) | Q(purpose=first_sign_in_purpose(account))),
        VerificationRequest.objects.filter(requested_by=account, state=VerificationRequest.State.WAITING),
        *(kept.objects.filter(account=account) for kept in (Membership, RecoveryCode, SecurityEvent, Consent, StaffAccess)),
    )
    account.email = account.last_seen_on = account.warned_on = account.wrapped_totp = account.spent_totp = None
    account.display_name = account.category = account.territory = ""
    account.hidden_name = account.hidden_key = account.name_ground = ""
    account.name_hidden_on = account.suspended_on = account.off_the_map_on = None
    account.display_key, account.slug = f"@{account.pk}", f"_{account.pk}"  # forms that no name can take
    account.is_listed = account.is_administrator = account.needs_second_factor = account.has_second_factor = False
    account.language = "fr"
    account.closed_on = timezone.localdate(now)
    account.set_unusable_password()
    account.save()
    let_go()
    return account
