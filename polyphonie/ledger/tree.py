"""What is the root of so many leaves, and does a proof hold? The Merkle tree of RFC 6962 and RFC 9162.

A leaf's hash is SHA-256(0x00 ‖ leaf), a node's SHA-256(0x01 ‖ left ‖ right). The log keeps its *frontier* only: the roots of the
perfect subtrees its size is made of, the largest first, so that appending and taking the root cost O(log n) memory.
"""

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class ProofError(Exception):
    """A proof that does not hold; the sentence says why."""


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def append_to(frontier: list[bytes], size: int, leaf: bytes) -> None:
    """Add the next leaf hash to the frontier of a tree of `size` leaves, in place."""
    node = leaf
    while size & 1:
        node = node_hash(frontier.pop(), node)
        size >>= 1
    frontier.append(node)


def root_of_frontier(frontier: Sequence[bytes]) -> bytes:
    """The root of the tree whose perfect subtrees these are, the largest first."""
    if not frontier:
        return EMPTY_ROOT
    node = frontier[-1]
    for left in reversed(frontier[:-1]):
        node = node_hash(left, node)
    return node


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of these leaf hashes."""
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        append_to(frontier, size, leaf)
    return root_of_frontier(frontier)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of these leaves (RFC 9162 §2.1.3.1)."""
    if not 0 <= index < len(leaves):
        raise ProofError(f"there is no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _largest_power_below(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """The hashes that show that the tree of the first `earlier` leaves is the beginning of this one (RFC 9162 §2.1.4.1)."""
    if not 0 <= earlier <= len(leaves):
        raise ProofError(f"{earlier} leaves are not the beginning of {len(leaves)}")
    if earlier in (0, len(leaves)):
        return []
    return _subproof(leaves, earlier, is_whole=True)


def _subproof(leaves: Sequence[bytes], earlier: int, *, is_whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if is_whole else [root(leaves)]
    split = _largest_power_below(len(leaves))
    if earlier <= split:
        return [*_subproof(leaves[:split], earlier, is_whole=is_whole), root(leaves[split:])]
    return [*_subproof(leaves[split:], earlier - split, is_whole=False), root(leaves[:split])]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> None:
    """Whether the leaf hash stands at `index` in the tree of `size` leaves with this root; raises ProofError."""
    if not 0 <= index < size:
        raise ProofError("the leaf's place is outside the tree")
    _check_lengths([leaf, *proof])
    place, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if place & 1 or place == last:
            node = node_hash(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if node != expected_root:
        raise ProofError("the proof leads to another root")


def check_consistency(earlier: int, size: int, earlier_root: bytes, later_root: bytes, proof: Sequence[bytes]) -> None:
    """Whether the tree of `earlier` leaves is the beginning of the tree of `size`; raises ProofError."""
    if not 0 < earlier <= size:
        raise ProofError("the earlier tree is empty, or larger than the later one")
    _check_lengths(proof)
    if earlier == size:
        if proof or earlier_root != later_root:
            raise ProofError("two trees of one size differ")
        return
    path = list(proof)
    if earlier & (earlier - 1) == 0:
        path.insert(0, earlier_root)
    if not path:
        raise ProofError("the proof is empty")
    older, newer = _both_roots(path, earlier - 1, size - 1)
    if older != earlier_root:
        raise ProofError("the proof leads to another earlier root")
    if newer != later_root:
        raise ProofError("the proof leads to another later root")


def _both_roots(path: Sequence[bytes], place: int, last: int) -> tuple[bytes, bytes]:
    """The earlier and the later root that a consistency proof leads to; raises ProofError when its length is wrong."""
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = path[0]
    for step in path[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if place & 1 or place == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    return older, newer


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if any(len(item) != HASH_BYTES for item in hashes):
        raise ProofError("a hash is not 32 bytes long")


def _largest_power_below(number: int) -> int:
    return 1 << ((number - 1).bit_length() - 1)
