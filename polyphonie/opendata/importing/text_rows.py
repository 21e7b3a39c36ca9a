"""Which rows does a text taken over become? One of its own, its first revision, its leaves, its stems: written without records.

A record of the ORM and its commitments cost 0.1 ms, and an import may have a million: `first_leaf` and `Blank` write what
`rev_content` and `Contribution(…)` would, which a test compares.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db import models

from polyphonie.consultation.listing import Counts, draw_of
from polyphonie.contributions.commitments import SALT_BYTES, first_leaf, minute
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.ledger.actions import LEAF_BYTES
from polyphonie.ledger.canonical import leaf_hash
from polyphonie.opendata.importing import bulk
from polyphonie.processes.models import Consultation

Leaf = tuple[str, str, bytes]
"""A kind, its leaf, its hash."""


class NewText(NamedTuple):
    """A text to be taken over: its row; what its leaf says; the number of the text it answers; its stems, when they are known
    already."""

    number: int
    kind: str
    consultation: Consultation
    about: int | None
    side: str
    title: str
    body: str
    url: str
    category: str
    author_name: str
    published_at: datetime
    ground: str
    row: tuple[Any, ...]
    stems: tuple[str, str] | None


class Blank:
    """Rows of one model with every field but its key: the defaults, but for the fields `names`, given in that order."""

    def __init__(self, model: type[models.Model], names: tuple[str, ...]) -> None:
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
        places = {field.attname: place for place, field in enumerate(fields)}
        self.fields = [field.name for field in fields]
        self._defaults = [field.get_default() for field in fields]
        self._places = [places[name] for name in names]

    def filled(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        row = self._defaults.copy()
        for place, value in zip(self._places, values, strict=True):
            row[place] = value
        return tuple(row)


class Place:
    """What the texts of one imported consultation share: its key, its word, its draw, made once: nothing is open there."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation

    @cached_property
    def draw(self) -> Callable[[int], int]:
        consultation = self.consultation
        assert consultation.drawn_on is not None
        return draw_of(bytes(consultation.config_leaf or b""), consultation.drawn_on)


ORDER_NAMES = ("order_draw", "order_voters", "order_supported", "order_divisive")
_NO_VOTE = Counts(0, 0, 0)
_UNVOTED = (_NO_VOTE.voters, _NO_VOTE.supported, _NO_VOTE.divisive)


def order_values(place: Place, number: int, agree: int, mixed: int, disagree: int) -> tuple[int, int, int, int]:
    """The keys of a text in the orders of its list, named as in `ORDER_NAMES`."""
    if not (agree or mixed or disagree):
        return (place.draw(number), *_UNVOTED)
    counts = Counts(agree, mixed, disagree)
    return place.draw(number), counts.voters, counts.supported, counts.divisive


REVISION_NAMES = (
    "contribution_id", "number", "title", "body", "url", "category", "published_at", "salt", "author_salt", "leaf_hash",
)  # fmt: skip
REVISIONS = Blank(Revision, REVISION_NAMES)


def first_revisions(texts: list[tuple[int, NewText]]) -> Iterator[tuple[tuple[Any, ...], Leaf]]:
    """The first revision of each text, given with its key, as a row of `REVISIONS` and its `rev` leaf."""
    salts = os.urandom(2 * SALT_BYTES * len(texts))
    minutes: dict[datetime, str] = {}
    for rank, (key, text) in enumerate(texts):
        start = 2 * SALT_BYTES * rank
        salt, author_salt = salts[start : start + SALT_BYTES], salts[start + SALT_BYTES : start + 2 * SALT_BYTES]
        published_at = minutes.get(text.published_at)
        if published_at is None:
            published_at = minutes[text.published_at] = minute(text.published_at)
        leaf = first_leaf(
            number=text.number,
            kind=text.kind,
            consultation=text.consultation.slug,
            about=text.about,
            side=text.side,
            title=text.title,
            body=text.body,
            url=text.url,
            category=text.category,
            published_at=published_at,
            author_name=text.author_name,
            salts=(salt, author_salt),
        )
        assert len(leaf) <= LEAF_BYTES
        hashed = leaf_hash(leaf.encode())
        instant = bulk.instant(text.published_at)
        values = (key, 1, text.title, text.body, text.url, text.category, instant, salt, author_salt, hashed)
        yield REVISIONS.filled(values), ("rev", leaf, hashed)


CONTRIBUTION_NAMES = (
    "process_id", "consultation_id", "number", "kind", "nature", "section", "about_id", "about_kind", "side", "title", "body",
    "url", "category", "author_name", "author_kind", "origin", "origin_note", "origin_address", "published_at", "status",
    "status_ground", "status_since", "imported_agree", "imported_mixed", "imported_disagree", "declared_votes",
    "arguments_for", "arguments_against", "sources", "completions", "source_id", *ORDER_NAMES,
)  # fmt: skip
CONTRIBUTIONS = Blank(Contribution, CONTRIBUTION_NAMES)
