"""Did someone with this address vote here, then close their account? Asked of an address, answered by a keyed mark."""

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import mail_mark
from polyphonie.consultation.models import Departure
from polyphonie.ledger.canonical import keyed
from polyphonie.processes.models import Consultation

LENGTH = 16


def departure_mark(address: bytes, consultation: Consultation) -> bytes:
    """The mark of an address (itself already under the voter key) in one consultation: 16 bytes."""
    return keyed(address, "left/v1", consultation.process.slug, consultation.slug)[:LENGTH]


def has_departed(consultation: Consultation, account: Account) -> bool:
    """Whether an account with this address voted in this open consultation and was closed since."""
    mark = departure_mark(mail_mark(account), consultation)
    return Departure.objects.filter(consultation=consultation, mark=mark).exists()
