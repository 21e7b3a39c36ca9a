"""What may be added to a register, and what is it called? Nothing is added to one that was copied from elsewhere: it is not ours
to sign. One whose signing key was lost takes another name, for it is another register."""

import re

from django.utils.translation import gettext as _

from polyphonie.ledger.models import Log

RENAMED = re.compile(r"([^/]+/[^/]+)/([1-9][0-9]*)")


def add_refusal(log: Log) -> str | None:
    """Whether a leaf may be added to this log."""
    if log.is_copy:
        return _("This is a copy of what %(origin)s published: its register is kept as it is, nothing is added to it here.") % {
            "origin": log.origin
        }
    return None


def names_of(origin: str) -> list[str]:
    """Every name of the register that is called so today, the first one first: `h/p`, then `h/p/2` after a lost key."""
    renamed = RENAMED.fullmatch(origin)
    if renamed is None:
        return [origin]
    first, count = renamed.groups()
    return [first, *(f"{first}/{rank}" for rank in range(2, int(count) + 1))]


def next_name(origin: str) -> str:
    """What the register is called once its signing key is lost."""
    names = names_of(origin)
    return f"{names[0]}/{len(names) + 1}"
