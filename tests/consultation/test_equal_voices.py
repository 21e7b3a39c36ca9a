"""Does anything about who speaks move a text in a list? (G03: participants are on the same level)"""

import pytest
from django.db.models.expressions import OrderBy

from polyphonie.accounts.models import Account, Category, Organisation, OrganisationKind
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.listing import DRAWN_FIELDS, ORDERS
from polyphonie.consultation.queries.lists import listed
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from tests.concertations import a_person, a_process, an_open_consultation

PUBLISHED_FACTS = {
    "number",
    "order_draw",
    "order_voters",
    "order_supported",
    "order_divisive",
    "arguments_for",
    "arguments_against",
    "order_argued",
}


def columns(field: str | OrderBy) -> set[str]:
    """The columns an order reads."""
    if isinstance(field, str):
        return {field.lstrip("-")}
    return {item.name for item in field.flatten() if hasattr(item, "name")}


@pytest.mark.parametrize("order", ORDERS.values(), ids=lambda order: order.slug)
def test_an_order_reads_published_facts_alone(order):
    read = set().union(*(columns(field) for field in (*order.fields, *DRAWN_FIELDS)))
    assert read <= PUBLISHED_FACTS


def test_changing_everything_about_authors_moves_nothing(db):
    with writing() as now:
        consultation = an_open_consultation(a_process(now=now), now=now)
        for rank in range(8):
            author = a_person(f"Personne {rank}", on=now)
            speaking.propose(consultation, Text(f"Idée {rank}", "Un texte."), account=author, now=now)
        organisation = Organisation.objects.create(
            name="Union", name_key="union", slug="union", kind=OrganisationKind.PUBLIC, created_on=now.date()
        )

    def seen() -> dict[str, list[int]]:
        return {
            slug: list(listed(consultation).order_by(*order.fields).values_list("number", flat=True))
            for slug, order in ORDERS.items()
        }

    before = seen()
    Organisation.objects.update(verified_on=now.date(), kind=OrganisationKind.PRIVATE)
    Contribution.objects.filter(number__in=[2, 5, 7]).update(speaks_for=organisation, author_kind=organisation.kind)
    Contribution.objects.filter(number__in=[3]).update(author=None, author_name="Anonyme")
    for rank, account in enumerate(Account.objects.order_by("pk")):
        account.category = Category.values[rank % len(Category.values)]
        account.territory, account.is_listed = f"Territoire {rank}", bool(rank % 2)
        account.display_name = account.display_key = account.slug = f"z{rank}"
        account.save()
    assert seen() == before
