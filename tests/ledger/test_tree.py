"""Are roots and proofs those of RFC 6962, and is every altered one refused?"""

import base64
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyphonie.ledger import tree
from polyphonie.ledger.canonical import leaf_hash


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(rank).encode()) for rank in range(count)]


def recursive_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 6962 §2.1, word for word."""
    if not hashes:
        return tree.EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return tree.node_hash(recursive_root(hashes[:split]), recursive_root(hashes[split:]))


def test_the_root_of_every_size_up_to_1024_is_the_definition():
    everything = leaves(1024)
    checked = sum(tree.root(everything[:size]) == recursive_root(everything[:size]) for size in range(1025))
    print(f"I2: roots equal to the definition: {checked}/1025")
    assert checked == 1025


@pytest.mark.data
@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_public_vectors_are_accepted_and_refused_as_they_ask(kind):
    folder = os.environ.get("POLYPHONIE_DATA")
    if not folder:
        pytest.skip("POLYPHONIE_DATA is not set")
    vectors = json.loads((Path(folder) / "merkle-vectors" / f"{kind}.json").read_text())
    right = 0
    for vector in vectors:
        read = {name: base64.b64decode(value) for name, value in vector.items() if "root" in name.lower() or name == "leafHash"}
        proof = [base64.b64decode(step) for step in vector["proof"] or []]
        try:
            if kind == "inclusion":
                tree.check_inclusion(read["leafHash"], vector["leafIdx"], vector["treeSize"], proof, read["root"])
            else:
                tree.check_consistency(vector["size1"], vector["size2"], read["root1"], read["root2"], proof)
            is_refused = False
        except tree.ProofError:
            is_refused = True
        right += is_refused == vector["wantErr"]
    print(f"I1: {kind} vectors right: {right}/{len(vectors)}")
    assert right == len(vectors) == 98


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 130), st.data())
def test_every_proof_made_is_accepted_and_none_that_was_altered(size, data):
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion_proof(hashes, index)
    tree.check_inclusion(hashes[index], index, size, proof, tree.root(hashes))
    earlier = data.draw(st.integers(1, size))
    between = tree.consistency_proof(hashes, earlier)
    tree.check_consistency(earlier, size, tree.root(hashes[:earlier]), tree.root(hashes), between)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        proof[place] = leaf_hash(proof[place])
        with pytest.raises(tree.ProofError):
            tree.check_inclusion(hashes[index], index, size, proof, tree.root(hashes))
    if between:
        place = data.draw(st.integers(0, len(between) - 1))
        between[place] = leaf_hash(between[place])
        with pytest.raises(tree.ProofError):
            tree.check_consistency(earlier, size, tree.root(hashes[:earlier]), tree.root(hashes), between)
