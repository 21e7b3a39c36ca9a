"""How are the secrets of an account kept? Keyed marks for what is compared, AES-GCM for what must be read again."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from polyphonie.ledger.canonical import keyed
from polyphonie.ledger.keys import key

KEY = "accounts"
NONCE_BYTES = 12


def address_mark(address: str) -> str:
    """The keyed mark of a folded mail address: it finds the codes sent there and tells no address."""
    return keyed(key(KEY), "address/v1", address).hex()


def code_mark(address: str, purpose: str, code: str) -> str:
    """The keyed mark of a code bound to an address and a purpose."""
    return keyed(key(KEY), "code/v1", address, purpose, code).hex()


def token_mark(purpose: str, token: str) -> str:
    """The keyed mark of the secret part of a link, bound to its purpose."""
    return keyed(key(KEY), "token/v1", purpose, token).hex()


def recovery_mark(account: int, code: str) -> str:
    """The keyed mark of a recovery code of this account."""
    return keyed(key(KEY), "recovery/v1", account, code).hex()


def spent_mark(account: int, step: int) -> bytes:
    """The keyed mark of a time step whose code was used: 16 bytes that tell no date."""
    return keyed(key(KEY), "totp/v1", account, step)[:16]


def wrapped(secret: str, account: int) -> bytes:
    """A secret under the accounts key, bound to its account."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key(KEY)).encrypt(nonce, secret.encode(), _label(account))


def unwrapped(raw: bytes | memoryview, account: int) -> str:
    """The secret again; raises ValueError when it was wrapped for another account or under another key."""
    sealed = bytes(raw)
    try:
        return AESGCM(key(KEY)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _label(account)).decode()
    except InvalidTag as error:
        raise ValueError("this secret was not wrapped here for this account") from error


def _label(account: int) -> bytes:
    return f"polyphonie account {account}".encode()
