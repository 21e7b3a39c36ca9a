"""How is a value written so that everyone hashes the same bytes? Canonical JSON, base64url without padding, SHA-256."""

import base64
import hashlib
import hmac
import json
from json.encoder import encode_basestring

Value = None | bool | int | str | list["Value"] | dict[str, "Value"]


def canonical(value: object) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8 as is; integers, strings, booleans, null, arrays and objects only.

    Raises TypeError for anything else (a float has no canonical form).
    """
    _check(value)
    return _ENCODER.encode(value).encode()


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False)
_PLAIN = frozenset({str, int, bool, type(None)})


def _check(value: object) -> None:
    """Raise TypeError for what has no canonical form; plain values are told by their type at once, which most are."""
    if type(value) in _PLAIN or isinstance(value, int | str):
        return
    if isinstance(value, list | tuple):
        items = value
    elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
        items = list(value.values())
    else:
        raise TypeError(f"no canonical form for {type(value).__name__}")
    for item in items:
        if type(item) not in _PLAIN:
            _check(item)


canonical_string = encode_basestring
"""A string alone in its canonical form, for documents written by hand, beside the form they must equal."""


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
