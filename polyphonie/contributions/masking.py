"""Where does a passage stand in a text, however it is typed? What a moderator masks is found in every version, and replaced.

A telephone number reads the same with spaces, dots or nothing between its digits: digits and words are looked for in order,
whatever separates them, whole (« Jean » does not mask « Jeanne »), in any case.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import reduce

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.contributions.actions.publishing import Text

_PIECES = re.compile(r"\d|[^\W\d_]+|[^\w\s]+|_+")
_BETWEEN = r"[\W_]*"


def mask_words(reason: str = "") -> str:
    """« [passage masqué : donnée personnelle] », in the language of the site; `reason` says why in two or three words."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("[passage masked: %(reason)s]") % {"reason": reason or _("personal data")}


def pattern_of(passage: str) -> re.Pattern[str]:
    """What finds a passage: its digits and words in order, whatever separates them; a passage of signs alone, as it stands."""
    passage = unicodedata.normalize("NFC", passage).strip()
    pieces = [piece for piece in _PIECES.findall(passage) if piece[0].isalnum()]
    if not pieces:
        return re.compile(re.escape(passage) if passage else r"(?!)")
    return re.compile(r"(?<![^\W_])" + _BETWEEN.join(map(re.escape, pieces)) + r"(?![^\W_])", re.IGNORECASE)


def holds(text: Text, passages: Sequence[str]) -> bool:
    """Whether one of these passages stands anywhere in a text."""
    patterns = [pattern_of(passage) for passage in passages]
    return any(pattern.search(words) for pattern in patterns for words in (text.title, text.body, text.url))


def masked(text: Text, passages: Sequence[str], *, words: str) -> Text:
    """The text with each of these passages replaced everywhere; an address that holds one goes whole."""
    patterns = [pattern_of(passage) for passage in passages]

    def without(field: str) -> str:
        return reduce(lambda left, pattern: pattern.sub(lambda _found: words, left), patterns, field)

    url = "" if any(pattern.search(text.url) for pattern in patterns) else text.url
    return Text(title=without(text.title)[:300], body=without(text.body), url=url, category=text.category)
