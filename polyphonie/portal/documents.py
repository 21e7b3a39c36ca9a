"""What does the house say of itself? Documents in Markdown, one a language, with the blanks that each installation fills."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from polyphonie.accounts.wordings import TERMS_TEXTS
from polyphonie.core.addresses import PRIVACY, TERMS
from polyphonie.core.plaintext import markdown
from polyphonie.portal.rules import BACKUP_DAYS

TEXTS = Path(__file__).parent / "texts"
PRIVACY_TEXTS = TEXTS / "privacy"
ANNOUNCED_BEFORE, ANNOUNCED_AFTER = timedelta(days=45), timedelta(days=30)
"""Together shorter than the time for which the outbox remembers what it sent: nobody is told twice."""


def blanks() -> dict[str, str]:
    """What each blank of the documents is called, for those who must fill it."""
    return {
        "publisher": _("name of the publisher"),
        "publisher_address": _("address of the publisher"),
        "publication_director": _("director of publication"),
        "host": _("name of the host"),
        "host_address": _("address and telephone of the host"),
        "data_protection_officer": _("contact of the data protection officer"),
    }


def document(name: str) -> Markup:
    """A document in the reader's language (French where it does not exist), its blanks filled or flagged."""
    return markdown(filled(_read(TEXTS, name)))


def filled(text: str) -> str:
    """The text with this installation's names; what nobody filled is flagged in bold."""
    for blank, called in blanks().items():
        value = settings.POLYPHONIE_LEGAL.get(blank, "")
        text = text.replace("{{" + blank + "}}", value or "**[" + _("to be filled in: %(what)s") % {"what": called} + "]**")
    return text


def _read(folder: Path, name: str) -> str:
    path = folder / f"{name}.{(get_language() or 'fr')[:2]}.md"
    return (path if path.exists() else folder / f"{name}.fr.md").read_text()


@dataclass(frozen=True)
class Version:
    """One version of a text of the house: the day it takes effect, its text."""

    since: date
    text: str


def terms_versions(folder: Path = TERMS_TEXTS) -> list[Version]:
    """Every version of the terms in the reader's language, the latest first."""
    return _versions(folder)


def privacy_versions(folder: Path = PRIVACY_TEXTS) -> list[Version]:
    """Every version of the privacy notice in the reader's language, the latest first; the table is not in it."""
    return [Version(one.since, one.text.replace("{{backup_days}}", str(BACKUP_DAYS))) for one in _versions(folder)]


def in_force(versions: list[Version], today: date) -> Version:
    """The latest version that has taken effect; the first one before that."""
    return next((version for version in versions if version.since <= today), versions[-1])


def changes_to_announce(today: date) -> list[date]:
    """The days of the changes of which people with an account are told now: before they take effect, or soon after where the
    site was brought up to date late. A first version changes nothing."""
    days = {version.since for versions in (terms_versions(), privacy_versions()) for version in versions[:-1]}
    return sorted(day for day in days if day - ANNOUNCED_BEFORE <= today <= day + ANNOUNCED_AFTER)


def addresses_of_changes(since: date) -> list[str]:
    """Where what changes on that day is told word by word."""
    found = []
    for versions, address in ((terms_versions(), TERMS), (privacy_versions(), PRIVACY)):
        if any(version.since == since for version in versions[:-1]):
            found.append(f"{address}{since.isoformat()}/changements/")
    return found


def _versions(folder: Path) -> list[Version]:
    days = sorted({path.name.split(".")[0] for path in folder.glob("*.fr.md")}, reverse=True)
    return [Version(date.fromisoformat(day), filled(_read(folder, day))) for day in days]
