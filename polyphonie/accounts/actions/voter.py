"""When does an account receive the secret under which it votes? As soon as it is confirmed, never at the moment of a vote."""

import logging

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import create_voter_secret
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.keys import KeyMissing

logger = logging.getLogger(__name__)


def ensure_voter_secret(account: Account) -> None:
    """Give a confirmed account its voter secret once. Without the voter key voting stops, and nothing else does."""
    assert_writing()
    if not account.is_confirmed or account.closed_on is not None:
        return
    try:
        create_voter_secret(account)
    except KeyMissing as missing:
        logger.error("an account cannot vote yet: %s", missing)
