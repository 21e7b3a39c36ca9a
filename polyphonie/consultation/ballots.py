"""What is written of a vote, so that its holder and everyone can recompute it? Its leaf, and the commitment inside it."""

from polyphonie.ledger.canonical import b64, digest


def nonce_hash(nonce: bytes) -> bytes:
    """What is published of the nonce once the vote is opened: 32 bytes."""
    return digest("nonce/v1", b64(nonce))


def vote_commitment(position: int, salt: bytes, nonce: bytes) -> bytes:
    """Hides the position (+1, 0, -1) until its batch opens it: 32 bytes."""
    return digest("votecm/v1", position, b64(salt), b64(nonce_hash(nonce)))


def vote_content(*, number: int, rev: bytes, mark: bytes, seq: int, commitment: bytes) -> dict[str, object]:
    """The content of a `vote` leaf; `rev` is the hash of the revision's leaf, `mark` the voter's nullifier for this text."""
    return {"contribution": number, "rev": b64(rev), "nullifier": b64(mark), "seq": seq, "cm": b64(commitment)}


def withdraw_content(*, number: int, mark: bytes, seq: int) -> dict[str, object]:
    """The content of a `withdraw` leaf."""
    return {"contribution": number, "nullifier": b64(mark), "seq": seq}
