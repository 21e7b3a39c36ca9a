"""How is a value written so that everyone hashes the same bytes? Canonical JSON, base64url without padding, SHA-256."""

import base64
import hashlib
import hmac
import json

Value = None | bool | int | str | list["Value"] | dict[str, "Value"]


def canonical(value: object) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8 as is; integers, strings, booleans, null, arrays and objects only.

    Raises TypeError for anything else (a float has no canonical form).
    """
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _check(value: object) -> None:
    if value is None or isinstance(value, bool | int | str):
        return
    if isinstance(value, list | tuple):
        for item in value:
            _check(item)
        return
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        for item in value.values():
            _check(item)
        return
    raise TypeError(f"no canonical form for {type(value).__name__}")


def b64(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def digest(*labelled: object) -> bytes:
    """SHA-256 of the canonical array; its first item is the label (`"votecm/v1"`)."""
    return hashlib.sha256(canonical(list(labelled))).digest()


def keyed(key: bytes, *labelled: object) -> bytes:
    """HMAC-SHA-256 of the canonical array under `key`; its first item is the label (`"nf/v1"`)."""
    return hmac.new(key, canonical(list(labelled)), hashlib.sha256).digest()


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962 §2.1: SHA-256 of 0x00 and the leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()
