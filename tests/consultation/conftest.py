"""What most tests of consultations start from: one that is open, someone who writes there, a text of theirs.

The product is imported inside: this file is read before its settings are.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from polyphonie.accounts.models import Account
    from polyphonie.contributions.models import Contribution
    from polyphonie.processes.models import Consultation


@pytest.fixture
def consultation(db: None) -> "Consultation":
    from tests.consultation.electorate import an_open_consultation

    return an_open_consultation()


@pytest.fixture
def author(consultation: "Consultation") -> "Account":
    from tests.consultation.electorate import an_account

    return an_account("Autrice")


@pytest.fixture
def text(consultation: "Consultation", author: "Account") -> "Contribution":
    from tests.consultation.electorate import a_proposal

    return a_proposal(consultation, author=author)
