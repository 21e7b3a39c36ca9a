"""When is one told, and when not? Each rule says no with a sentence."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

DIGEST_HOUR = 8


def telling_refusal(*, has_address: bool, is_refused: bool) -> str | None:
    """Why nothing is sent to this person."""
    if not has_address:
        return _("This account has no mail address.")
    if is_refused:
        return _("This person does not wish to receive this kind of message.")
    return None


def digest_refusal(now: datetime) -> str | None:
    """Why the digests of the day do not leave yet."""
    if timezone.localtime(now).hour < DIGEST_HOUR:
        return _("The messages of the day leave from 8 in the morning.")
    return None
