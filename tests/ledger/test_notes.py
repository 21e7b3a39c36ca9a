"""Is a checkpoint signed, read back, and refused when a single sign of it changes?"""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polyphonie.ledger.notes import Checkpoint, NoteError, opened, read_checkpoint, signed

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
CHECKPOINT = Checkpoint(origin="exemple.fr/demain", size=746, root=bytes(range(32)))
NOTE = signed(CHECKPOINT.text(), key_name=CHECKPOINT.origin, private=PRIVATE)


def test_a_note_is_read_back():
    assert read_checkpoint(opened(NOTE, key_name=CHECKPOINT.origin, public=PUBLIC)) == CHECKPOINT


def test_no_altered_note_is_accepted():
    chance = random.Random(746)
    accepted = 0
    for _ in range(10_000):
        place = chance.randrange(len(NOTE))
        altered = NOTE[:place] + chance.choice("0aZ+/=\n é") + NOTE[place + 1 :]
        if altered == NOTE:
            continue
        try:
            text = opened(altered, key_name=CHECKPOINT.origin, public=PUBLIC)
            accepted += read_checkpoint(text) != CHECKPOINT
        except NoteError:
            continue
    print(f"altered notes accepted as something else: {accepted}/10000")
    assert accepted == 0


def test_a_note_of_another_key_is_refused():
    other = Ed25519PrivateKey.generate()
    with pytest.raises(NoteError):
        opened(signed(CHECKPOINT.text(), key_name=CHECKPOINT.origin, private=other), key_name=CHECKPOINT.origin, public=PUBLIC)


@pytest.mark.parametrize("text", ["", "a\nb\nc\n", "a\n-1\nAAAA\n", "a\n01\n" + "A" * 43 + "=\n", "a\n1\nAAAA\n", "a\n1\n@\n"])
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        read_checkpoint(text)
