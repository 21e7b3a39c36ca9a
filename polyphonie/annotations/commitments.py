"""What does the leaf of a comment commit to? Its canonical document and its author's name, each under its own salt; and where
discussions stand in a later version, to the print of them all."""

import os
from collections.abc import Iterable
from typing import Any

from polyphonie.annotations.models import Anchor, Annotation
from polyphonie.annotations.places import places_of
from polyphonie.contributions.commitments import SALT_BYTES, author_commitment, minute
from polyphonie.ledger.canonical import b64, digest

LABEL = "annotationcm/v1"
PLACES = "places/v1"


def annotation_document(annotation: Annotation, anchor: Anchor | None) -> dict[str, Any]:
    """What the text commitment covers; `anchor` is where a discussion stood in the version it was written on.

    `address` and `source` are those of its W3C Web Annotation, without the name of the site, which may move.
    """
    places, discussion = places_of(annotation.document), annotation.discussion
    stood = anchor or Anchor()
    return {
        "address": places.discussion(annotation.number),
        "source": places.version(annotation.written_on.number) if discussion is None else places.discussion(discussion.number),
        "document": annotation.document.slug,
        "number": annotation.number,
        "discussion": None if discussion is None else discussion.number,
        "version": annotation.written_on.number,
        **{part: getattr(stood, part) for part in ("block", "start", "end", "exact", "prefix", "suffix")},
        "title": annotation.title,
        "body": annotation.body,
        "creator": "Person" if annotation.speaks_for_id is None else "Organization",
        "published_at": minute(annotation.published_at),
    }


def fresh_salts(annotation: Annotation) -> None:
    """Give a comment its two salts, which erasing destroys."""
    annotation.salt = os.urandom(SALT_BYTES)
    annotation.author_salt = os.urandom(SALT_BYTES)


def annotation_commitment(document: dict[str, Any], salt: bytes) -> bytes:
    return digest(LABEL, document, b64(salt))


def leaf_content(annotation: Annotation, anchor: Anchor | None) -> dict[str, object]:
    """The content of its leaf, written with its salts, once, and once more each time that a passage is masked or given back."""
    document = annotation_document(annotation, anchor)
    author = annotation.author_name or annotation.hidden_author_name  # a hidden name may come back
    return {
        "object": annotation.object_name,
        "cm": b64(annotation_commitment(document, bytes(annotation.salt or b""))),
        "cm_author": b64(author_commitment(author, bytes(annotation.author_salt or b""))),
    }


def place_document(anchor: Anchor) -> dict[str, Any]:
    """Where a discussion stands in a version, as files say it; the version is at hand."""
    return {
        "version": anchor.version.number,
        "block": anchor.block,
        "start": anchor.start,
        "end": anchor.end,
        "exact": anchor.exact,
        "prefix": anchor.prefix,
        "suffix": anchor.suffix,
        "is_detached": anchor.is_detached,
    }


def places_print(anchors: Iterable[tuple[int, Anchor]]) -> bytes:
    """The hash of where the discussions of these numbers stand in a version, by number."""
    return digest(PLACES, [[number, place_document(anchor)] for number, anchor in sorted(anchors, key=lambda one: one[0])])
