"""By which names is an account known where its votes are? Two keyed pseudonyms that nobody can turn back without its secret."""

from polyphonie.ledger.canonical import keyed

LENGTH = 16


def voter_pseudonym(secret: bytes, process: str, consultation: str) -> bytes:
    """The key of an account's vote rows in one consultation: 16 bytes; `process` and `consultation` are slugs."""
    return keyed(secret, "voter/v1", process, consultation)[:LENGTH]


def nullifier(secret: bytes, process: str, number: int) -> bytes:
    """The published mark of an account's vote on one contribution: 16 bytes, unlinkable from one text to another."""
    return keyed(secret, "nf/v1", process, number)[:LENGTH]
