"""How does a signing key give way to another? Every register says so, in a leaf signed by the `log` key that stands.

The new key is written beside the old one, announced in one transaction, then takes its place: killed anywhere, the same command
goes on from where it was. A `log` key that is lost can announce nothing: what is signed afterwards is another register, under
another name, and its `incident` leaf and the pages say so for ever. The voter key gives way to none: without it voting stops.
"""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polyphonie.core.writing import assert_writing
from polyphonie.ledger import keys
from polyphonie.ledger.actions import append
from polyphonie.ledger.canonical import b64, canonical
from polyphonie.ledger.models import KeyFingerprint, Log
from polyphonie.ledger.notes import LOG, signing_key
from polyphonie.ledger.rules import next_name


def next_path(name: str) -> Path:
    """Where the new key waits until it is announced."""
    return keys.key_path(name).with_suffix(".key.next")


def prepare(name: str) -> bytes:
    """The new key, written durably beside the old one; the one that an interrupted run had written, if there is one."""
    if not next_path(name).exists():
        keys.create_file(next_path(name))
    return bytes.fromhex(next_path(name).read_text(encoding="ascii").strip())


def is_announced(name: str, raw: bytes) -> bool:
    """Whether the database already knows this key as the one of this name."""
    return KeyFingerprint.objects.filter(name=name, fingerprint=keys.fingerprint_of(raw)).exists()


def key_content(log: Log, name: str, public: bytes, *, by: Ed25519PrivateKey) -> dict[str, object]:
    """The content of a `key` leaf: the new public key, signed by the `log` key in force."""
    signature = by.sign(canonical(["key/v1", log.origin, name, b64(public)]))
    return {"name": name, "public": b64(public), "signature": b64(signature)}


def announce(name: str, raw: bytes) -> int:
    """Leave a `key` leaf in every register that is ours, and know this key from now on; how many registers."""
    assert_writing()
    public = Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()
    by = signing_key(LOG)
    logs = list(Log.objects.filter(is_copy=False).order_by("pk"))
    for log in logs:
        append(log, "key", key_content(log, name, public, by=by))
    _know(name, raw)
    return len(logs)


def begin_again(raw: bytes) -> int:
    """The `log` key is lost, nothing can announce this one: every register that is ours goes on under another name, and an
    `incident` leaf gives the key that signs from there; how many registers."""
    assert_writing()
    public = Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()
    logs = list(Log.objects.filter(is_copy=False).order_by("pk"))
    for log in logs:
        log.origin = next_name(log.origin)
        log.save(update_fields=["origin"])
        append(log, "incident", {"act": "key_lost", "public": b64(public)})
    _know(LOG, raw)
    return len(logs)


def _know(name: str, raw: bytes) -> None:
    KeyFingerprint.objects.update_or_create(name=name, defaults={"fingerprint": keys.fingerprint_of(raw)})


def settle(name: str) -> None:
    """The new key takes its place; the old one stays beside, under the beginning of its print."""
    path = keys.key_path(name)
    if path.exists():
        kept = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        path.rename(path.with_suffix(f".key.until-{kept}"))
    next_path(name).replace(path)
    keys.forget_held()
