"""In which orders are texts listed? Each with its name, its rule in words, its formula and the key that proves it.

An order is a function of what is published: the counters of the last batch, the number, and for the draw the leaf of the rules
and a day. No status, no badge, no view, no person enters. Keys are whole numbers stored beside each text and recomputed from
its counters at each batch, so that a page is one walk along an index; `key_of` recomputes them, and the smallest comes first.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import F
from django.db.models.expressions import Combinable, OrderBy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polyphonie.contributions.models import NOT_RANKED, Contribution
from polyphonie.ledger.canonical import b64, canonical
from polyphonie.opinion.formulae import POLARISATION_MINIMUM, polarisation_key, wilson_lower_key
from polyphonie.processes.models import Consultation

DRAW_DIGITS = 15
"""Hexadecimal digits of the draw's SHA-256 that make its key: 60 bits, which every database holds as a number."""


def draw(config_leaf: bytes, day: date, number: int) -> int:
    """The place of a text in a day's draw: the first 15 hexadecimal digits of SHA-256(["draw/v1", config leaf, day, number])."""
    raw = canonical(["draw/v1", b64(config_leaf), day.isoformat(), number])
    return int(hashlib.sha256(raw).hexdigest()[:DRAW_DIGITS], 16)


def draw_of(config_leaf: bytes, day: date) -> Callable[[int], int]:
    """`draw` for many texts of one day: what they share is written and hashed once."""
    shared = hashlib.sha256(canonical(["draw/v1", b64(config_leaf), day.isoformat()])[:-1])

    def of(number: int) -> int:
        mine = shared.copy()
        mine.update(b",%d]" % number)
        return int(mine.hexdigest()[:DRAW_DIGITS], 16)

    return of


class Counts(NamedTuple):
    """The votes that order a text: those cast here or, in a consultation that took place elsewhere, those taken over."""

    agree: int
    mixed: int
    disagree: int

    @property
    def voters(self) -> int:
        return self.agree + self.mixed + self.disagree

    @property
    def supported(self) -> int:
        return wilson_lower_key(self.agree, self.voters)

    @property
    def divisive(self) -> int:
        if self.voters < POLARISATION_MINIMUM:
            return NOT_RANKED
        return polarisation_key(self.agree, self.mixed, self.disagree)


def counts_of(contribution: Contribution, *, is_imported: bool) -> Counts:
    if is_imported:
        return Counts(contribution.imported_agree, contribution.imported_mixed, contribution.imported_disagree)
    return Counts(contribution.agree, contribution.mixed, contribution.disagree)


def set_order_keys(contribution: Contribution, *, is_imported: bool) -> None:
    """Give a text in hand the keys of its present counters; the caller saves `ORDER_FIELDS`."""
    counts = counts_of(contribution, is_imported=is_imported)
    contribution.order_voters = counts.voters
    contribution.order_supported = counts.supported
    contribution.order_divisive = counts.divisive


ORDER_FIELDS = ["order_voters", "order_supported", "order_divisive"]

Key = tuple[int, ...]


@dataclass(frozen=True)
class Order:
    """One order of a list. `key_of(text, consultation)` is recomputed from published facts; `fields` is the same in SQL."""

    slug: str
    label: Promise
    rule: Promise
    formula: Promise
    fields: tuple[str | OrderBy, ...]
    key_of: Callable[[Contribution, Consultation], Key]

    @property
    def walk(self) -> list[tuple[Combinable, bool]]:
        """What each field compares, and whether the largest comes first."""
        return [
            (F(field.removeprefix("-")), field.startswith("-"))
            if isinstance(field, str)
            else (field.expression, bool(field.descending))
            for field in self.fields
        ]


def _drawn(contribution: Contribution, consultation: Consultation) -> int:
    if consultation.drawn_on is None:
        return contribution.order_draw
    return draw(bytes(consultation.config_leaf or b""), consultation.drawn_on, contribution.number)


def _counts(contribution: Contribution, consultation: Consultation) -> Counts:
    return counts_of(contribution, is_imported=consultation.is_imported)


DISCOVER = Order(
    slug="discover",
    label=_("To discover"),
    rule=_("Texts on which the fewest people have voted come first; among equals, a public draw made anew each day decides."),
    formula=_('voters at the last batch, ascending; then int(SHA-256(["draw/v1",config leaf,day,number])[:15], 16); then number'),
    fields=("order_voters", "order_draw", "number"),
    key_of=lambda text, consultation: (_counts(text, consultation).voters, _drawn(text, consultation), text.number),
)
RECENT = Order(
    slug="recent",
    label=_("Most recent"),
    rule=_("The latest published come first: numbers are given in the order of publication."),
    formula=_("number, descending"),
    fields=("-number",),
    key_of=lambda text, consultation: (-text.number,),
)
SUPPORTED = Order(
    slug="supported",
    label=_("Most supported"),
    rule=_("Texts that the largest share of voters agrees with come first, prudently: few votes count for less than many."),
    formula=_("floor(10^9 × lower 90 % Wilson bound of agree / (agree + mixed + disagree)), descending; then number"),
    fields=("-order_supported", "number"),
    key_of=lambda text, consultation: (-_counts(text, consultation).supported, text.number),
)
DIVISIVE = Order(
    slug="divisive",
    label=_("Those that divide"),
    rule=_(
        "Texts on which agreement and disagreement are most evenly matched come first, from 10 votes; others follow by number."
    ),
    formula=_("S = A + M + D ≥ 10: floor(10^9 × ((A + D)/S − ((A − D)/S)²)), descending; then number"),
    fields=("-order_divisive", "number"),
    key_of=lambda text, consultation: (-_counts(text, consultation).divisive, text.number),
)
ARGUED = Order(
    slug="argued",
    label=_("Most argued"),
    rule=_("Texts with the most arguments, for and against together, come first."),
    formula=_("arguments for + arguments against, descending; then number"),
    fields=((F("arguments_for") + F("arguments_against")).desc(), "number"),
    key_of=lambda text, consultation: (-(text.arguments_for + text.arguments_against), text.number),
)

ORDERS = {order.slug: order for order in (DISCOVER, RECENT, SUPPORTED, DIVISIVE, ARGUED)}
DEFAULT_ORDER = DISCOVER

DRAWN_FIELDS = ("order_draw", "number")
"""The order of arguments within a side: the day's draw alone."""
