"""What trace does an act on a text leave? Its `rev` leaf, the `mod` leaf of a decision, the `erase` leaf of what is destroyed."""

import os
from collections.abc import Iterable
from datetime import datetime

from polyphonie.contributions.commitments import fresh_salts, rev_content
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append
from polyphonie.ledger.canonical import b64


def record_revision(contribution: Contribution, revision: Revision, *, at: datetime, previous: bytes | None) -> Revision:
    """Write a revision of the text as it stands, with fresh salts and its `rev` leaf; `at` is the instant it bears."""
    assert_writing()
    revision.contribution = contribution
    revision.title, revision.body = contribution.title, contribution.body
    revision.url, revision.category = contribution.url, contribution.category
    revision.published_at = at
    fresh_salts(revision)
    about = None if contribution.about is None else contribution.about.number
    content = rev_content(contribution, revision, about=about, previous=previous)
    revision.leaf_hash = append(contribution.process.log, "rev", content).leaf_hash
    revision.save()
    return revision


def record_decision(contribution: Contribution, act: str, *, actor: str, ground: str = "", **named: str) -> None:
    """Write the `mod` leaf of a decision on a text; its nonce keeps two like decisions from being one leaf."""
    assert_writing()
    content: dict[str, object] = {
        "act": act,
        "actor": actor,
        "nonce": b64(os.urandom(9)),
        "object": f"contribution/{contribution.number}",
        **named,
    }
    append(contribution.process.log, "mod", content | ({"ground": ground} if ground else {}))


def erase_revisions(contribution: Contribution, revisions: Iterable[Revision], *, ground: str) -> int:
    """Destroy the words and the salts of these revisions, and say so in the register; how many still had them."""
    assert_writing()
    standing = [revision for revision in revisions if revision.salt is not None]
    for revision in standing:
        _record_erasure(contribution, revision, ground)
    Revision.objects.filter(pk__in=[revision.pk for revision in standing]).update(
        title="", body="", url="", category="", salt=None, author_salt=None
    )
    return len(standing)


def erase_author_names(contribution: Contribution) -> None:
    """Destroy what opens the name of the author of each revision; the text can still be opened."""
    assert_writing()
    for revision in contribution.revisions.filter(author_salt__isnull=False).order_by("number"):
        _record_erasure(contribution, revision, "name")
    contribution.revisions.update(author_salt=None)


def _record_erasure(contribution: Contribution, revision: Revision, ground: str) -> None:
    append(
        contribution.process.log,
        "erase",
        {"ground": ground, "leaf": b64(bytes(revision.leaf_hash)), "object": f"contribution/{contribution.number}"},
    )
