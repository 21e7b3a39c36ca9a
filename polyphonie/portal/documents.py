"""What does the house say of itself? Documents in Markdown, one a language, with the blanks that each installation fills."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from polyphonie.accounts.wordings import TERMS_TEXTS
from polyphonie.core.plaintext import markdown
from polyphonie.portal.rules import BACKUP_DAYS

TEXTS = Path(__file__).parent / "texts"


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


def document(name: str, *, table: str = "") -> Markup:
    """A document in the reader's language (French where it does not exist), its blanks filled or flagged, its table put in."""
    return markdown(filled(_read(TEXTS, name)).replace("{{table}}", table).replace("{{backup_days}}", str(BACKUP_DAYS)))


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
class Terms:
    """One version of the terms: the day it took effect, its text."""

    since: date
    text: str


def terms_versions(folder: Path = TERMS_TEXTS) -> list[Terms]:
    """Every version of the terms in the reader's language, the one in force first."""
    days = sorted({path.name.split(".")[0] for path in folder.glob("*.fr.md")}, reverse=True)
    return [Terms(date.fromisoformat(day), filled(_read(folder, day))) for day in days]
