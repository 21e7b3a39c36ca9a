"""Which errors does an operator read as one sentence? Those that come from what they asked or from their machine."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils.translation import gettext as _

from polyphonie.core.refusal import Refused
from polyphonie.ledger.keys import KeyMissing


class CommandRefused(Exception):
    """A command that cannot be carried out; its text is the sentence to print."""


EXPECTED = (CommandRefused, Refused, KeyMissing, ImproperlyConfigured, DatabaseError, OSError)


def sentence(error: BaseException) -> str:
    """One line, without a stack of calls."""
    if isinstance(error, Refused):
        return error.reason
    words = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, DatabaseError):
        return _("the database does not answer as it should: %(reason)s") % {"reason": words}
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}"
    return words
