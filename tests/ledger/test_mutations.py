"""I2: ten thousand changes of one field, in leaves, roots and notes: none is accepted, by the product nor by the verifier."""

import json
import random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polyphonie.ledger import tree
from polyphonie.ledger.canonical import b64, canonical, leaf_hash
from polyphonie.ledger.notes import Checkpoint, NoteError, opened, read_checkpoint, signed
from polyphonie.opendata import verify

LEAVES = 64
ORIGIN = "exemple.fr/demain"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
OF_LEAVES, OF_ROOTS, OF_NOTES = 4_000, 3_000, 3_000


def a_leaf(rank: int) -> dict[str, object]:
    mark = {name: b64(bytes([rank]) * size) for name, size in (("cm", 32), ("rev", 32), ("nullifier", 16))}
    return {"kind": "vote", "v": 1, "contribution": rank + 1, "seq": 1, **mark}


LOG = [a_leaf(rank) for rank in range(LEAVES)]
HASHES = [leaf_hash(canonical(leaf)) for leaf in LOG]
ROOT = tree.root(HASHES)
PROOFS = [tree.inclusion_proof(HASHES, rank) for rank in range(LEAVES)]


def otherwise(value: object, chance: random.Random) -> object:
    """Another value of the same kind."""
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 1 << 20))
    text = str(value)
    place = chance.randrange(len(text))
    return text[:place] + chance.choice([letter for letter in "aAbB019_-" if letter != text[place]]) + text[place + 1 :]


def is_included(hashed: bytes, rank: int, root: bytes) -> bool:
    try:
        tree.check_inclusion(hashed, rank, LEAVES, PROOFS[rank], root)
    except tree.ProofError:
        return False
    return True


def test_no_leaf_with_one_field_changed_is_accepted():
    chance, accepted = random.Random(1), 0
    for _ in range(OF_LEAVES):
        rank = chance.randrange(LEAVES)
        field = chance.choice(sorted(LOG[rank]))
        changed = {**LOG[rank], field: otherwise(LOG[rank][field], chance)}
        hashed = leaf_hash(canonical(changed))
        theirs = verify.Tree()
        for one in (*HASHES[:rank], verify.leaf_hash(verify.canonical(changed)), *HASHES[rank + 1 :]):
            theirs.add(one)
        accepted += is_included(hashed, rank, ROOT) or theirs.root() == ROOT
    assert is_included(HASHES[0], 0, ROOT)
    assert accepted == 0
    print(f"I2: {OF_LEAVES} leaves with one field changed, {accepted} accepted")


def test_no_changed_root_is_accepted():
    chance, accepted = random.Random(2), 0
    for _ in range(OF_ROOTS):
        bit = chance.randrange(256)
        changed = (int.from_bytes(ROOT, "big") ^ 1 << bit).to_bytes(32, "big")
        accepted += is_included(HASHES[bit % LEAVES], bit % LEAVES, changed)
    assert accepted == 0
    print(f"I2: {OF_ROOTS} roots with one bit changed, {accepted} accepted")


def test_no_note_with_one_field_changed_is_accepted():
    chance, accepted = random.Random(3), 0
    note = signed(Checkpoint(ORIGIN, LEAVES, ROOT).text(), key_name=ORIGIN, private=PRIVATE)
    assert verify.Note(note).is_by(ORIGIN, PUBLIC)
    lines = note.split("\n")
    fields = [rank for rank, line in enumerate(lines) if line]
    for turn in range(OF_NOTES):
        rank = chance.choice(fields)
        changed = "\n".join([*lines[:rank], str(otherwise(lines[rank], chance)), *lines[rank + 1 :]])
        accepted += is_read_as_another(changed)
        if turn % 10 == 0:  # the verifier's own arithmetic takes two thousandths of a second each
            accepted += is_taken_by_the_verifier(changed)
    assert accepted == 0
    assert OF_LEAVES + OF_ROOTS + OF_NOTES == 10_000
    print(f"I2: {OF_NOTES} notes with one field changed, {accepted} accepted")


def is_read_as_another(note: str) -> bool:
    try:
        return read_checkpoint(opened(note, key_name=ORIGIN, public=PUBLIC)) is not None
    except NoteError:
        return False


def is_taken_by_the_verifier(note: str) -> bool:
    try:
        return bool(verify.Checkpoint(note).is_by(ORIGIN, PUBLIC))
    except verify.MISSHAPEN:
        return False


def test_leaves_are_those_of_the_formats():
    assert all(verify.misshapen(json.loads(canonical(leaf))) is None for leaf in LOG)
