"""What lets an account vote without its votes naming it? A random secret, wrapped by the voter key, created once.

Everything that ties a vote to its account passes through these 32 bytes: destroyed, its votes belong to nobody. The wrapping
(AES-256-GCM) is bound to the account, so that a wrapped secret moved to another row opens nothing there.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account, folded
from polyphonie.core.writing import assert_writing
from polyphonie.ledger import keys
from polyphonie.ledger.canonical import canonical, keyed

SECRET_BYTES = 32
NONCE_BYTES = 12


def create_voter_secret(account: Account) -> None:
    """Give a newly confirmed account its secret; one that has had one keeps it. Raises KeyMissing."""
    assert_writing()
    if account.wrapped_secret is not None:
        return
    wrapped = a_wrapped_secret(account)
    written = Account.objects.filter(pk=account.pk, wrapped_secret__isnull=True).update(wrapped_secret=wrapped)
    if written:
        account.wrapped_secret = wrapped
    else:
        account.refresh_from_db(fields=["wrapped_secret"])


def a_wrapped_secret(account: Account) -> bytes:
    """A new secret for this account, wrapped; nothing is written. Raises KeyMissing."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(keys.key(keys.VOTER)).encrypt(nonce, os.urandom(SECRET_BYTES), _binding(account))


def voter_secret(account: Account) -> bytes:
    """The 32 bytes of this account. Raises KeyMissing without the very key that wrapped them: nothing is regenerated."""
    if account.wrapped_secret is None:
        raise keys.KeyMissing(_("This account has no voting secret: it is not confirmed, or it has been closed."))
    wrapped = bytes(account.wrapped_secret)
    try:
        return AESGCM(keys.key(keys.VOTER)).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _binding(account))
    except InvalidTag as error:
        raise keys.KeyMissing(_("The voter key of this site does not open this account's voting secret.")) from error


def destroy_voter_secret(account: Account) -> None:
    """Cut for good the tie between an account and its votes."""
    assert_writing()
    Account.objects.filter(pk=account.pk).update(wrapped_secret=None)
    account.wrapped_secret = None


def mail_mark(account: Account) -> bytes:
    """What a mail address becomes under the voter key, kept (keyed once more for each consultation) when its account closes."""
    return keyed(keys.key(keys.VOTER), "mail/v1", folded(account.email or ""))


def _binding(account: Account) -> bytes:
    return canonical(["voter secret/v1", account.pk])
