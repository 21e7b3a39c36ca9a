"""How do the messages read? Plain and short, each with the link that stops its kind."""

from collections.abc import Sequence

from django.conf import settings
from django.core import signing
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.accounts.models import Account
from polyphonie.core import addresses
from polyphonie.core.plaintext import shortened
from polyphonie.core.templating import typographic
from polyphonie.notifications.models import Event, Topic

_SALT = "stop messages"
LINES_AT_MOST = 20
SUBJECT_LENGTH = 120


def stop_token(account: Account, *topics: str) -> str:
    """What stops these kinds of message without signing in: signed, bound to the account and the kinds, of no other use."""
    return signing.Signer(salt=_SALT).sign_object({"a": account.pk, "t": " ".join(str(topic) for topic in topics)})


def read_stop_token(token: str) -> tuple[int, list[str]] | None:
    """The account and the kinds of message of a stop link; None when we did not sign it."""
    try:
        content = signing.Signer(salt=_SALT).unsign_object(token)
        return int(content["a"]), [Topic(topic).value for topic in content["t"].split()]
    except (signing.BadSignature, ValueError, KeyError, TypeError, AttributeError):
        return None


def stop_address(account: Account, *topics: str) -> str:
    """The absolute address that stops these kinds of message in one click."""
    return addresses.absolute(f"{addresses.MY_SPACE}messages/arreter/{stop_token(account, *topics)}/")


def immediate_mail(account: Account, topic: str, line: str, address: str) -> tuple[str, str]:
    """Subject and body of a message that leaves at once; `line` is worded by the stage, in the account's language."""
    with translation.override(account.language):
        body = f"{line}\n\n{addresses.absolute(address)}\n\n{foot(account, topic)}"
        return typographic(shortened(line, SUBJECT_LENGTH)), typographic(body)


def digest_mail(account: Account, events: Sequence[Event]) -> tuple[str, str]:
    """Subject and body of the one message of the day about what happened around a person's texts and consultations."""
    with translation.override(account.language):
        lines = "\n\n".join(f"• {event.line}\n  {addresses.absolute(event.address)}" for event in events[:LINES_AT_MOST])
        if len(events) > LINES_AT_MOST:
            lines += "\n\n" + _more(len(events) - LINES_AT_MOST)
        topics = topics_of(events)
        return typographic(_subject(events, topics)), typographic(f"{lines}\n\n{foot(account, *topics)}")


def topics_of(events: Sequence[Event]) -> list[str]:
    """The kinds of message that a digest brings, in the order in which they are offered."""
    told = {event.topic for event in events}
    return [topic for topic in Topic.values if topic in told]


def _subject(events: Sequence[Event], topics: list[str]) -> str:
    if len(events) == 1:
        return shortened(events[0].line, SUBJECT_LENGTH)
    if topics == [Topic.REACTIONS]:
        words = ngettext("%(count)s answer to your texts", "%(count)s answers to your texts", len(events))
        return words % {"count": len(events)}
    if topics == [Topic.CONSULTATIONS]:
        return _("News of the consultations you follow")
    return _("Your texts and the consultations you follow: the news of the day")


def _more(count: int) -> str:
    return ngettext("And %(count)s more: %(address)s", "And %(count)s more: %(address)s", count) % {
        "count": count,
        "address": addresses.absolute(addresses.MY_SPACE),
    }


def foot(account: Account, *topics: str) -> str:
    """Why this person receives a message, and the link that stops each kind it brings."""
    chosen = [
        _(
            "You receive this message because this choice is on in your space: « %(topic)s ».\n"
            "Stop these messages, in one click: %(stop)s"
        )
        % {"topic": Topic(topic).label, "stop": stop_address(account, topic)}
        for topic in topics
    ]
    return "\n".join(["-- ", settings.POLYPHONIE_HOST, *chosen])
