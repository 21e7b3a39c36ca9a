"""What trace does an act on a comment leave? Its leaf, the `mod` leaf of a decision, the `erase` leaf of what is destroyed."""

import os

from polyphonie.annotations.commitments import fresh_salts, leaf_content
from polyphonie.annotations.models import Anchor, Annotation
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append
from polyphonie.ledger.canonical import b64

LEAF = "annotation"


def record_annotation(annotation: Annotation, anchor: Anchor | None) -> None:
    """Give a new comment its salts and its leaf, before it is saved."""
    assert_writing()
    fresh_salts(annotation)
    content = leaf_content(annotation, anchor)
    annotation.leaf_hash = append(annotation.document.process.log, LEAF, content).leaf_hash


def record_decision(annotation: Annotation, act: str, *, actor: str, ground: str = "") -> None:
    """Write the `mod` leaf of a decision; its nonce keeps two like decisions from being one leaf."""
    assert_writing()
    content: dict[str, object] = {
        "act": act,
        "actor": actor,
        "nonce": b64(os.urandom(9)),
        "object": annotation.object_name,
    }
    append(annotation.document.process.log, "mod", content | ({"ground": ground} if ground else {}))


def record_erasure(annotation: Annotation, ground: str) -> None:
    """Say in the register that its words, or its author's name (`name`), can be opened no more."""
    assert_writing()
    content: dict[str, object] = {
        "ground": ground,
        "leaf": b64(bytes(annotation.leaf_hash)),
        "object": annotation.object_name,
    }
    append(annotation.document.process.log, "erase", content)
