"""What may be added to a register? Nothing to one that was copied from elsewhere: it is not ours to sign."""

from django.utils.translation import gettext as _

from polyphonie.ledger.models import Log


def add_refusal(log: Log) -> str | None:
    """Whether a leaf may be added to this log."""
    if log.is_copy:
        return _("This is a copy of what %(origin)s published: its register is kept as it is, nothing is added to it here.") % {
            "origin": log.origin
        }
    return None
