"""How are people told of a version? A hundred at a time, after the act: one mail each, never twice."""

from datetime import datetime

from polyphonie.core.writing import assert_writing
from polyphonie.synthesis.messages import queue_synthesis_mail
from polyphonie.synthesis.models import SynthesisVersion
from polyphonie.synthesis.queries.telling import to_be_told, told_to

AT_ONCE = 100


def tell_some(version: SynthesisVersion, *, now: datetime) -> int:
    """Queue the mails of the next people to be told; how many left. `told_up_to` says how far it came, empty once all were."""
    assert_writing()
    accounts = to_be_told(version, how_many=AT_ONCE)
    told = told_to(version, accounts)
    queued = sum(queue_synthesis_mail(version, account, told[account.pk], now=now) for account in accounts)
    version.told_up_to = accounts[-1].pk if len(accounts) == AT_ONCE else None
    version.save(update_fields=["told_up_to"])
    return queued
