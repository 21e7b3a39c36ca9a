"""Where are the keys, and is each the one this installation was set up with?"""

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from polyphonie.ledger.models import KeyFingerprint

VOTER = "voter"


class KeyMissing(Exception):
    """The key file is absent or is not the one this installation was set up with: what it guards stops."""


def key_path(name: str) -> Path:
    return Path(settings.POLYPHONIE_KEYS) / f"{name}.key"


def key(name: str) -> bytes:
    """The 32-byte key of this name; made once, at first need, when the database has never known one. Raises KeyMissing."""
    return _key(name, str(settings.POLYPHONIE_KEYS))


@lru_cache(maxsize=16)
def _key(name: str, folder: str) -> bytes:
    path = key_path(name)
    known = KeyFingerprint.objects.filter(name=name).first()
    if known is None and not path.exists():
        _create(path)
    try:
        raw = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (FileNotFoundError, ValueError) as error:
        raise KeyMissing(f"the {name} key is not in {folder}: restore it from where it was saved apart") from error
    fingerprint = hashlib.sha256(b"polyphonie key\x00" + raw).hexdigest()
    if known is None:
        KeyFingerprint.objects.get_or_create(name=name, defaults={"fingerprint": fingerprint})
    elif known.fingerprint != fingerprint:
        raise KeyMissing(f"the {name} key in {folder} is not the one this installation was set up with")
    return raw


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
