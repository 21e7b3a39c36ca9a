"""How does the house's own mail read? Plain and short, in the language of its reader."""

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.core import addresses
from polyphonie.core.printing import day
from polyphonie.core.templating import typographic


def changed_rules_mail(since: date, changes: list[str], *, language: str) -> tuple[str, str]:
    """Subject and body that announce what changes on that day, at these addresses."""
    with translation.override(language):
        subject = _("What you agreed to here changes on %(day)s") % {"day": day(since)}
        body = _(
            "The rules of %(site)s change on %(day)s. What changes is told word by word:\n\n%(addresses)s\n\n"
            "You have nothing to do to go on. If these rules do not suit you, you may close your account, and take your data "
            "with you first:"
        ) % {
            "site": settings.POLYPHONIE_HOST,
            "day": day(since),
            "addresses": "\n".join(addresses.absolute(change) for change in changes),
        }
        body += "\n\n" + addresses.absolute(addresses.MY_ARCHIVE)
        return typographic(subject), typographic(body)
