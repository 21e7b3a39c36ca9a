"""How do the messages read? Plain and short, each with the link that stops its kind."""

from collections.abc import Sequence

from django.conf import settings
from django.core import signing
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.accounts.models import Account
from polyphonie.core import addresses
from polyphonie.core.templating import typographic
from polyphonie.notifications.models import Event, Topic

_SALT = "stop messages"
LINES_AT_MOST = 20
SUBJECT_LENGTH = 120


def stop_token(account: Account, topic: str) -> str:
    """What stops one kind of message without signing in: signed, bound to the account and the kind, of no other use."""
    return signing.Signer(salt=_SALT).sign_object({"a": account.pk, "t": str(topic)})


def read_stop_token(token: str) -> tuple[int, str] | None:
    """The account and the kind of message of a stop link; None when we did not sign it."""
    try:
        content = signing.Signer(salt=_SALT).unsign_object(token)
        return int(content["a"]), Topic(content["t"]).value
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None


def stop_address(account: Account, topic: str) -> str:
    """The absolute address that stops this kind of message in one click."""
    return addresses.absolute(f"{addresses.MY_SPACE}messages/arreter/{stop_token(account, topic)}/")


def immediate_mail(account: Account, topic: str, line: str, address: str) -> tuple[str, str]:
    """Subject and body of a message that leaves at once; `line` is worded by the stage, in the account's language."""
    with translation.override(account.language):
        body = f"{line}\n\n{addresses.absolute(address)}\n\n{_foot(account, topic)}"
        return typographic(Truncator(line).chars(SUBJECT_LENGTH)), typographic(body)


def digest_mail(account: Account, topic: str, events: Sequence[Event]) -> tuple[str, str]:
    """Subject and body of the one message of the day about what happened around a person's texts and consultations."""
    with translation.override(account.language):
        lines = "\n\n".join(f"• {event.line}\n  {addresses.absolute(event.address)}" for event in events[:LINES_AT_MOST])
        if len(events) > LINES_AT_MOST:
            lines += "\n\n" + _more(len(events) - LINES_AT_MOST)
        if len(events) == 1:
            subject = Truncator(events[0].line).chars(SUBJECT_LENGTH)
        elif topic == Topic.REACTIONS:
            subject = ngettext("%(count)s answer to your texts", "%(count)s answers to your texts", len(events)) % {
                "count": len(events)
            }
        else:
            subject = _("News of the consultations you follow")
        return typographic(subject), typographic(f"{lines}\n\n{_foot(account, topic)}")


def _more(count: int) -> str:
    return ngettext("And %(count)s more: %(address)s", "And %(count)s more: %(address)s", count) % {
        "count": count,
        "address": addresses.absolute(addresses.MY_SPACE),
    }


def _foot(account: Account, topic: str) -> str:
    return "-- \n" + _(
        "%(site)s\n"
        "You receive this message because this choice is on in your space: « %(topic)s ».\n"
        "Stop these messages, in one click: %(stop)s"
    ) % {"site": settings.POLYPHONIE_HOST, "topic": Topic(topic).label, "stop": stop_address(account, topic)}
