"""Does an account open, bear a free name, and come back?"""

import pytest

from polyphonie.accounts.actions import change_settings, open_account
from polyphonie.accounts.models import Account
from polyphonie.accounts.queries import account_of, free_names_like, is_name_taken, speaking_names
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing


def opened(address: str, name: str, **changes: object) -> Account:
    with writing() as now:
        return open_account(address, **{"name": name, "is_fifteen": True, "language": "fr", "now": now, **changes})  # type: ignore[arg-type]


@pytest.mark.django_db
def test_an_account_opens_with_days_and_no_instant() -> None:
    account = opened("Amina@Example.org", "Amina  B.")
    assert (account.email, account.display_name, account.slug) == ("amina@example.org", "Amina B.", "amina-b")
    assert account.is_confirmed
    assert account.is_active
    assert not account.has_usable_password()
    assert [field.name for field in Account._meta.get_fields() if field.get_internal_type() == "DateTimeField"] == []


@pytest.mark.django_db
def test_an_address_that_has_an_account_keeps_it() -> None:
    first = opened("amina@example.org", "Amina")
    assert opened("AMINA@example.org", "Another") == first
    assert account_of(" Amina@example.org") == first


@pytest.mark.django_db
def test_one_is_fifteen_or_comes_to_a_workshop() -> None:
    with pytest.raises(Refused):
        opened("young@example.org", "Young", is_fifteen=False)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["amina", "ＡＭＩＮＡ", "Amina ", "Ami\u200dna"])
def test_a_name_that_reads_the_same_is_taken(name: str) -> None:
    opened("amina@example.org", "Amina")
    assert is_name_taken(name)
    with pytest.raises(Refused, match="Amina 2"):
        opened("other@example.org", "Amina")


@pytest.mark.django_db
def test_suggested_names_are_free() -> None:
    opened("amina@example.org", "Amina")
    opened("amina2@example.org", "Amina 2")
    assert free_names_like("Amina") == ["Amina 3", "Amina 4", "Amina 5"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["a\u202eb", "a\u2066b", "ab\U000e0041", "a\x00b", "\u3164\u3164", "  ", "a", "x" * 61, "a@b.fr"]
)
def test_a_name_that_hides_something_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        opened("amina@example.org", name)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["أمينة", "אורית", "अमीना", "李 明", "Zoë 👩‍🌾", "d'Été-Ñuñez"])
def test_names_of_every_script_are_welcome(name: str) -> None:
    assert opened("amina@example.org", name).display_name == name


@pytest.mark.django_db
def test_slugs_differ_where_names_look_alike_in_ascii() -> None:
    assert opened("a@example.org", "Zoé").slug == "zoe"
    assert opened("b@example.org", "Zoê").slug == "zoe-2"
    assert opened("c@example.org", "李明").slug == "participant"


@pytest.mark.django_db
def test_settings_change_the_name_and_its_address_together() -> None:
    account = opened("amina@example.org", "Amina")
    with writing() as now:
        change_settings(account, name="Une voix", category="", territory="", is_listed=True, language="en", now=now)
    account.refresh_from_db()
    assert (account.display_name, account.slug, account.is_listed) == ("Une voix", "une-voix", True)
    assert not is_name_taken("Amina")


@pytest.mark.django_db
def test_one_always_speaks_in_ones_own_name() -> None:
    assert speaking_names(opened("amina@example.org", "Amina")) == [None]
