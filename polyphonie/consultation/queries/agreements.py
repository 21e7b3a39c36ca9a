"""May a concertation use this person's opinions? Where its legal basis is consent, whether they gave it."""

from polyphonie.accounts.models import Account
from polyphonie.accounts.queries import has_consented
from polyphonie.accounts.wordings import opinions_subject
from polyphonie.processes.models import Process


def has_agreed(account: Account, process: Process) -> bool:
    """Whether this person may speak and vote here as far as consent goes; no query where none is asked."""
    return not process.asks_consent or has_consented(account, opinions_subject(process.slug))
