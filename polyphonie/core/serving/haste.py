"""Was this form filled by a person? A trap nobody sees and the time it took: what fails is asked again, never refused."""

from datetime import datetime

from django.core import signing

TRAP_FIELD = "website"
STAMP_FIELD = "shown"
SHORTEST_SECONDS = 2
LONGEST_SECONDS = 24 * 3600
_SALT = "form shown"


def stamp(now: datetime) -> str:
    """What a form carries to say when it was shown; signed, so that it cannot be written in advance for a later day."""
    return signing.Signer(salt=_SALT).sign(str(int(now.timestamp())))


def is_hasty(shown: str, trap: str, now: datetime) -> bool:
    """Whether to show the form again and ask to confirm: the trap was filled, or the form came back within two seconds, or
    without a stamp that we signed within the day. The page then carries the same stamp, so that confirming is enough."""
    if trap:
        return True
    try:
        shown_at = int(signing.Signer(salt=_SALT).unsign(shown))
    except (signing.BadSignature, ValueError):
        return True
    return not SHORTEST_SECONDS <= now.timestamp() - shown_at <= LONGEST_SECONDS


def stamp_again(shown: str, now: datetime) -> str:
    """The stamp of a form that is shown again: its own while it is good, else a new one."""
    try:
        shown_at = int(signing.Signer(salt=_SALT).unsign(shown))
    except (signing.BadSignature, ValueError):
        return stamp(now)
    return shown if now.timestamp() - shown_at <= LONGEST_SECONDS else stamp(now)
