"""How does a log state where it stands? A checkpoint as a signed note (C2SP `tlog-checkpoint`, `signed-note`, Ed25519)."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from polyphonie.ledger import keys

LOG, RECEIPT = "log", "receipt"
"""The two signing keys: the sealing verb's, and the web workers'."""
ED25519 = b"\x01"
SIGNATURE_LINE = "— "


class NoteError(Exception):
    """A note that cannot be read or is not signed by the expected key; the sentence says why."""


@dataclass(frozen=True)
class Checkpoint:
    """What a log states: its origin, how many leaves it has, and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def signing_key(name: str) -> Ed25519PrivateKey:
    """The private key of this name, from the keys folder. Raises ledger.keys.KeyMissing."""
    return Ed25519PrivateKey.from_private_bytes(keys.key(name))


def public_key(name: str) -> bytes:
    """The 32 bytes that verify what the key of this name signs."""
    return signing_key(name).public_key().public_bytes_raw()


def key_id(key_name: str, public: bytes) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(key_name.encode() + b"\n" + ED25519 + public).digest()[:4]


def signed(text: str, *, key_name: str, private: Ed25519PrivateKey) -> str:
    """The note: the text, a blank line, the signature line."""
    public = private.public_key().public_bytes_raw()
    signature = key_id(key_name, public) + private.sign(text.encode())
    return f"{text}\n{SIGNATURE_LINE}{key_name} {base64.b64encode(signature).decode()}\n"


def opened(note: str, *, key_name: str, public: bytes) -> str:
    """The text of a note signed by this key. Raises NoteError."""
    text, blank, lines = note.rpartition("\n\n")
    if not blank:
        raise NoteError("the note has no signature")
    text += "\n"
    expected = key_id(key_name, public)
    for line in lines.splitlines():
        name, _space, encoded = line.removeprefix(SIGNATURE_LINE).rpartition(" ")
        if not line.startswith(SIGNATURE_LINE) or name != key_name:
            continue
        try:
            raw = base64.b64decode(encoded, validate=True)
        except ValueError:
            continue
        if raw[:4] != expected or base64.b64encode(raw).decode() != encoded:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
        except InvalidSignature as error:
            raise NoteError("the signature does not match the text") from error
        return text
    raise NoteError("the note bears no signature of this key")


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint a text states. Raises NoteError."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not lines[1].isascii() or not lines[1].isdigit():
        raise NoteError("this is not a checkpoint")
    if lines[1] != str(int(lines[1])):
        raise NoteError("the size of the checkpoint is not written as a number is")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except ValueError as error:
        raise NoteError("the root of the checkpoint cannot be read") from error
    if len(root) != 32 or base64.b64encode(root).decode() != lines[2]:
        raise NoteError("the root of the checkpoint is not 32 bytes")
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root)
