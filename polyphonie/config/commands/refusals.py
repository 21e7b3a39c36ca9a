"""Which errors does an operator read as one sentence? Those that come from what they asked or from their machine."""

import errno

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils.translation import gettext as _

from polyphonie.core.refusal import Refused
from polyphonie.ledger.keys import KeyMissing


class CommandRefused(Exception):
    """A command that cannot be carried out; its text is the sentence to print."""


IS_FULL = "database or disk is full"
"""As SQLite says it."""

EXPECTED = (CommandRefused, Refused, KeyMissing, ImproperlyConfigured, DatabaseError, OSError)


def sentence(error: BaseException) -> str:
    """One line, without a stack of calls."""
    if isinstance(error, Refused):
        return error.reason
    words = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, DatabaseError) and IS_FULL in words:
        return _("no room is left on the disk: nothing was written. Make room, then start again.")
    if isinstance(error, DatabaseError):
        return _("the database does not answer as it should: %(reason)s") % {"reason": words}
    if isinstance(error, OSError):
        return in_words(error)
    return words


def in_words(error: OSError) -> str:
    """What the machine refused, and where."""
    usual = {
        errno.ENOENT: _("there is nothing of this name"),
        errno.ENOTDIR: _("there is nothing of this name"),
        errno.EEXIST: _("it is there already: choose another name"),
        errno.EISDIR: _("it is a folder: name a file"),
        errno.EACCES: _("this account may not read or write it"),
        errno.EPERM: _("this account may not read or write it"),
        errno.ENOSPC: _("no room is left on the disk: nothing was written. Make room, then start again."),
        errno.EROFS: _("nothing can be written on this disk"),
    }
    reason = usual.get(error.errno or 0) or error.strerror or " ".join(str(error).split()) or type(error).__name__
    return _("%(file)s: %(reason)s") % {"file": error.filename, "reason": reason} if error.filename else reason
