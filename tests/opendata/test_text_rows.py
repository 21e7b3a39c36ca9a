"""What an import writes by hand is what the records of the ORM and their commitments would."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db.models import Model

from polyphonie.consultation.listing import draw, draw_of, set_order_keys
from polyphonie.contributions.commitments import first_leaf, fresh_salts, minute, rev_content
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.ledger.actions import written_leaf
from polyphonie.opendata.importing.text_rows import (
    CONTRIBUTION_NAMES,
    CONTRIBUTIONS,
    ORDER_NAMES,
    REVISION_NAMES,
    REVISIONS,
    Blank,
    Place,
    order_values,
)
from polyphonie.processes.models import Consultation

ODD = ("", "Un banc", 'Dit « non » \\ "oui"\n\tet\r\nà l’ombre', "\x01\x1f\x7f\u2028\u2029", "🎻 عربى 𝔸", "<b>&amp;</b>")


@pytest.fixture
def consultation() -> Consultation:
    return Consultation(pk=3, slug="nos-places", drawn_on=date(2015, 9, 26), config_leaf=b"\x07" * 32, is_imported=True)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("kind", "about", "side"), [("proposal", None, ""), ("argument", 12, "for"), ("source", 7, "")])
def test_a_first_leaf_is_the_one_that_a_revision_would_get(
    consultation: Consultation, odd: str, kind: str, about: int | None, side: str
) -> None:
    published_at = datetime(2015, 10, 25, 0, 30, 59, tzinfo=UTC)  # in the hour that comes twice
    said = {"title": odd, "body": f"{odd}.{odd}", "url": odd, "category": odd}
    text = Contribution(number=746, kind=kind, side=side, consultation=consultation, author_name=odd)
    revision = Revision(number=1, published_at=published_at, **said)
    fresh_salts(revision)
    written, _hash = written_leaf("rev", rev_content(text, revision, about=about, previous=None))
    assert revision.salt is not None
    assert revision.author_salt is not None
    by_hand = first_leaf(
        number=746,
        kind=kind,
        consultation=consultation.slug,
        about=about,
        side=side,
        published_at=minute(published_at),
        author_name=odd,
        salts=(bytes(revision.salt), bytes(revision.author_salt)),
        **said,
    )
    assert by_hand == written
    assert json.loads(by_hand)["object"] == "contribution/746"


@pytest.mark.parametrize(
    ("blank", "model", "names"),
    [(CONTRIBUTIONS, Contribution, CONTRIBUTION_NAMES), (REVISIONS, Revision, REVISION_NAMES)],
    ids=["contribution", "revision"],
)
def test_a_row_holds_what_a_record_made_of_the_same_values_holds(
    blank: Blank, model: type[Model], names: tuple[str, ...]
) -> None:
    values = tuple(range(1, len(names) + 1))
    record = model(**dict(zip(names, values, strict=True)))
    fields = [field for field in model._meta.concrete_fields if field.attname != "id"]
    assert list(blank.filled(values)) == [getattr(record, field.attname) for field in fields]
    assert blank.fields == [field.name for field in fields]


@pytest.mark.parametrize("votes", [(0, 0, 0), (1, 0, 0), (4, 1, 5), (300, 20, 7)])
def test_the_keys_of_a_row_are_those_of_its_record(consultation: Consultation, votes: tuple[int, int, int]) -> None:
    names = ("imported_agree", "imported_mixed", "imported_disagree")
    text = Contribution(consultation=consultation, **dict(zip(names, votes, strict=True)))
    set_order_keys(text, is_imported=True)
    text.order_draw = draw(bytes(consultation.config_leaf or b""), date(2015, 9, 26), 746)
    assert order_values(Place(consultation), 746, *votes) == tuple(getattr(text, name) for name in ORDER_NAMES)


def test_a_draw_made_for_many_is_the_draw_of_each() -> None:
    of: Callable[[int], int] = draw_of(b"leaf", date(2026, 1, 2))
    assert [of(number) for number in (0, 1, 746, 10**9)] == [draw(b"leaf", date(2026, 1, 2), n) for n in (0, 1, 746, 10**9)]
