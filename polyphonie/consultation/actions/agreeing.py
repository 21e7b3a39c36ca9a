"""How does one let a concertation use one's opinions, once, and take it back? Never in the act of a vote."""

from datetime import datetime

from polyphonie.accounts.actions import give_consent, withdraw_consent
from polyphonie.accounts.models import Account
from polyphonie.accounts.wordings import opinions_subject, opinions_wording
from polyphonie.consultation.actions.leaving import withdraw_all_votes
from polyphonie.core.writing import assert_writing
from polyphonie.processes.models import Process


def agree(account: Account, process: Process, *, now: datetime) -> None:
    """Let this concertation use one's opinions: from now on one writes and votes in it. Votes are other transactions."""
    assert_writing()
    give_consent(account, opinions_subject(process.slug), opinions_wording(), now=now)


def take_agreement_back(account: Account, process: Process, *, withdraws_votes: bool, now: datetime) -> int:
    """Stop writing and voting in this concertation; how many votes leave the totals, all at its closes.

    They are withdrawn together, and for good, where it is still open and the person asks for it; texts and votes are taken back
    one by one at any time. It takes its own locks: call it first in a `writing()` that asked for none. Raises KeyMissing.
    """
    assert_writing()
    withdrawn = withdraw_all_votes(account, process=process, now=now) if withdraws_votes else 0
    withdraw_consent(account, opinions_subject(process.slug), now=now)
    return withdrawn
