"""Where are the keys, and is each the one this installation was set up with?"""

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from polyphonie.ledger.models import KeyFingerprint

VOTER = "voter"
KEY_BYTES = 32


class KeyMissing(Exception):
    """The key file is absent or is not the one this installation was set up with: what it guards stops."""


def key_path(name: str) -> Path:
    return Path(settings.POLYPHONIE_KEYS) / f"{name}.key"


def key(name: str) -> bytes:
    """The 32-byte key of this name; made once, at first need, when the database has never known one. Raises KeyMissing."""
    place = (name, str(settings.POLYPHONIE_KEYS))
    if place not in _held:
        raw = _read(*place)
        if name in _unsettled:
            return raw
        _held[place] = raw
    return _held[place]


_held: dict[tuple[str, str], bytes] = {}
_unsettled: set[str] = set()
"""Keys whose fingerprint is not committed yet: held, a rollback would leave one in use that the database never knew."""


def fingerprint_of(raw: bytes) -> str:
    """What the database keeps of a key, so that no other is taken for it."""
    return hashlib.sha256(b"polyphonie key\x00" + raw).hexdigest()


def forget_held() -> None:
    """Read the keys again at their next use: one of them was replaced."""
    _held.clear()


def _read(name: str, folder: str) -> bytes:
    path, words = key_path(name), {"name": name, "folder": folder}
    known = KeyFingerprint.objects.filter(name=name).first()
    if known is None and not path.exists():
        create_file(path)
    try:
        raw = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (FileNotFoundError, ValueError) as error:
        raise KeyMissing(
            _("The key “%(name)s” is not in %(folder)s: restore it from where it was saved apart.") % words
        ) from error
    if len(raw) != KEY_BYTES:
        raise KeyMissing(_("The key “%(name)s” in %(folder)s is not whole: restore it from where it was saved apart.") % words)
    fingerprint = fingerprint_of(raw)
    if known is None:
        _unsettled.add(name)
        KeyFingerprint.objects.get_or_create(name=name, defaults={"fingerprint": fingerprint})
        transaction.on_commit(lambda: _unsettled.discard(name))
    elif known.fingerprint != fingerprint:
        raise KeyMissing(_("The key “%(name)s” in %(folder)s is not the one this installation was set up with.") % words)
    return raw


def create_file(path: Path) -> None:
    """Write a new key whole and durably before it takes its name: nobody reads half of it, and a power cut loses none in use."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
