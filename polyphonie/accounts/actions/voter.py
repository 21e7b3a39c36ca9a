"""When does an account receive the secret under which it votes? As soon as it is confirmed, never at the moment of a vote."""

import logging

from polyphonie.accounts.models import Account
from polyphonie.core.writing import assert_writing

logger = logging.getLogger(__name__)


def ensure_voter_secret(account: Account) -> None:
    """Give a confirmed account its voter secret once. Without the voter key voting stops, and nothing else does."""
    assert_writing()
