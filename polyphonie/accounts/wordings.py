"""What exactly does one agree to? The words that are shown, their version, and the mark kept as proof that they were these."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

TERMS_TEXTS = Path(__file__).parent / "texts" / "terms"
TERMS = "terms"
OPINIONS_VERSION = "1"
"""Changes with the words of `opinions_wording`, in any language: a test holds the words of each version."""


@dataclass(frozen=True)
class Wording:
    """Words that one agrees to, as they are shown in one language."""

    version: str
    text: str
    language: str

    @property
    def mark(self) -> str:
        """SHA-256 of the words, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def opinions_wording() -> Wording:
    """The box that one ticks once in each concertation whose legal basis is consent (GDPR, article 9.2.a)."""
    text = _(
        "I agree that my political opinions, as my texts and votes here may show them, are used for this concertation and "
        "for it alone. I can take this back at any time, in “My space”."
    )
    return Wording(OPINIONS_VERSION, text, _language())


def terms_wording(today: date) -> Wording:
    """The terms in force, as they are published: before each installation fills its own names in."""
    days = sorted(path.name.split(".")[0] for path in TERMS_TEXTS.glob("*.fr.md"))
    day = max((day for day in days if day <= today.isoformat()), default=days[0])
    path = TERMS_TEXTS / f"{day}.{_language()}.md"
    language = _language() if path.exists() else "fr"
    return Wording(day, (TERMS_TEXTS / f"{day}.{language}.md").read_text(encoding="utf-8"), language)


def opinions_subject(process: str) -> str:
    """What a consent to the use of one's opinions is about."""
    return f"process/{process}"


def _language() -> str:
    return (get_language() or "fr")[:2]
