"""What tests of accounts start from: nothing counted yet, someone who can come in."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from polyphonie.accounts.models import Account


@pytest.fixture(autouse=True)
def counted_from_nothing() -> Iterator[None]:
    from polyphonie.core.serving import limits

    limits.forget_all()
    yield
    limits.forget_all()


@pytest.fixture
def amina(db: None) -> "Account":
    from polyphonie.accounts.actions import open_account
    from polyphonie.core.writing import writing

    with writing() as now:
        return open_account("amina@example.org", name="Amina", is_fifteen=True, language="fr", now=now)


@pytest.fixture
def as_amina(client: "Client", amina: "Account") -> "Client":
    client.force_login(amina)
    return client


@pytest.fixture
def last_code() -> Callable[[], str]:
    """The code of the last mail."""
    from polyphonie.outbox.models import Mail

    return lambda: Mail.objects.filter(key__startswith="code/").latest("pk").subject.split()[-1]
