"""How does an account's mail read? Plain and short, in the language of its reader."""

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.accounts.models import SecurityEvent
from polyphonie.accounts.rules import CODE_MINUTES
from polyphonie.core import addresses
from polyphonie.core.printing import day
from polyphonie.core.templating import typographic


def code_mail(code: str, *, language: str) -> tuple[str, str]:
    """Subject and body of a sign-in code: the same whether or not the address has an account."""
    with translation.override(language):
        subject = _("Your code: %(code)s") % {"code": code}
        body = _(
            "Here is your code for %(site)s:\n\n"
            "    %(code)s\n\n"
            "It serves once and expires in %(minutes)s minutes. Never give it to anyone.\n\n"
            "If you did not ask for it, do nothing: nobody can use it without this message."
        ) % {"site": settings.POLYPHONIE_HOST, "code": code, "minutes": CODE_MINUTES}
        return typographic(subject), typographic(body)


def verification_mail(organisation: str, *, is_accepted: bool, reason: str, language: str) -> tuple[str, str]:
    """Subject and body of the decision on a request for « Compte vérifié »."""
    with translation.override(language):
        if is_accepted:
            subject = _("The identity of %(organisation)s is verified") % {"organisation": organisation}
            body = _(
                "The identity of %(organisation)s was checked: its contributions now bear « Verified account ».\n\n"
                "This says who speaks. It gives no weight, no rank and no right."
            ) % {"organisation": organisation}
        else:
            subject = _("The identity of %(organisation)s could not be verified") % {"organisation": organisation}
            body = _("Your request for %(organisation)s was not accepted.") % {"organisation": organisation}
        if reason:
            body += "\n\n" + _("Reason: %(reason)s") % {"reason": reason}
        body += "\n\n" + _("What you sent as evidence has been destroyed.")
        body += "\n\n" + addresses.absolute(f"{addresses.MY_SPACE}organisations/")
        return typographic(subject), typographic(body)


def idle_mail(*, closes_on: date, language: str) -> tuple[str, str]:
    """Subject and body sent before an unused account is closed."""
    with translation.override(language):
        subject = _("Your account will close on %(day)s") % {"day": day(closes_on)}
        body = _(
            "You have not come to %(site)s for two years, and what you could take part in is over.\n\n"
            "On %(day)s your account will be closed: your address, your name and your settings will be destroyed. Your texts "
            "stay, under “closed account”; your votes stay counted, without an owner.\n\n"
            "To keep it, sign in once before that day. To take your data first, or to have your texts removed, sign in too:"
        ) % {"site": settings.POLYPHONIE_HOST, "day": day(closes_on)}
        body += "\n\n" + addresses.absolute(addresses.MY_ARCHIVE)
        return typographic(subject), typographic(body)


def lock_changed_mail(kind: SecurityEvent.Kind, *, language: str) -> tuple[str, str]:
    """Subject and body sent when the locks of an account change."""
    with translation.override(language):
        subject = _("A change to the security of your account")
        body = _("%(event)s.\n\nIf it was not you, sign in by mail code and undo it, then write to the operator of the site.") % {
            "event": str(kind.label)
        }
        body += "\n\n" + addresses.absolute(f"{addresses.MY_SPACE}securite/")
        return typographic(subject), typographic(body)
