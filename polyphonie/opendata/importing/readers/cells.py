"""What does a cell say? Dates, counts, yes or no, text: read exactly or refused with the reason."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from polyphonie.core.plaintext import cleaned
from polyphonie.opendata.importing.html import text_of

LONGEST_TITLE = 300
LONGEST_ADDRESS = 1000
LONGEST_ORIGIN = 500
LONGEST_NAME = 160
LONGEST_IDENTIFIER = 200
LARGEST_COUNT = 2_000_000_000
FIRST_YEAR, LAST_YEAR = 1970, 2200

_FRENCH = re.compile(r"(\d\d)/(\d\d)/(\d{4})(?: (\d\d):(\d\d)(?::(\d\d))?)?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)? ?(Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII)
_COUNT = re.compile(r"\d{1,10}", re.ASCII)
_YES, _NO = frozenset({"1", "true", "yes", "oui"}), frozenset({"", "0", "false", "no", "non"})


class CellRefused(ValueError):
    """A cell that says nothing readable; its text is the reason, a sentence."""


@lru_cache(maxsize=65536)
def instant(text: str) -> int:
    """Seconds since 1970 of `31/10/2014 15:03`, `2014-10-31T15:03:00+01:00` and their like; without an offset, in the
    installation's clock. Raises CellRefused."""
    hour, minute = text[11:13], text[14:16]
    if len(text) == 16 and text[2] == "/" and text[13] == ":" and (hour + minute).isdecimal() and text.isascii():
        midnight = _midnight(text[:10])  # what an export repeats most: a hundred thousand minutes of some weeks
        if midnight is not None and text[10] == " " and hour < "24" and minute < "60":
            return midnight + int(hour) * 3600 + int(minute) * 60
    return _any_instant(text)


@lru_cache(maxsize=4096)
def _midnight(day: str) -> int | None:
    """The stamp of the beginning of a day of 24 hours; None when the day is not one, or the clock changes in it."""
    try:
        first = datetime.strptime(day, "%d/%m/%Y").replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    except ValueError:
        return None
    if not FIRST_YEAR <= first.year < LAST_YEAR or first.utcoffset() != (first + timedelta(days=1)).utcoffset():
        return None
    return int(first.timestamp())


def _any_instant(text: str) -> int:
    found = _FRENCH.fullmatch(text)
    if found:
        day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
        return _stamp(text, (year, month, day, hour, minute, second), None)
    found = _ISO.fullmatch(text)
    if found:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        return _stamp(text, (year, month, day, hour, minute, second), found[7])
    raise CellRefused(_("“%(text)s” is not a date that can be read.") % {"text": text[:40]})


def _stamp(text: str, parts: tuple[int, int, int, int, int, int], offset: str | None) -> int:
    zone: tzinfo | None = ZoneInfo(settings.TIME_ZONE)
    if offset:
        zone = UTC if offset in ("Z", "UTC") else datetime.strptime(offset.replace(":", ""), "%z").tzinfo
    try:
        moment = datetime(*parts, tzinfo=zone)
    except ValueError as error:
        raise CellRefused(_("“%(text)s” is not a date that exists.") % {"text": text[:40]}) from error
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise CellRefused(_("“%(text)s” is not a date that can be read.") % {"text": text[:40]})
    return int(moment.timestamp())


def count(text: str) -> int | None:
    """A whole number, or None for an empty cell. Raises CellRefused."""
    if not text:
        return None
    if not _COUNT.fullmatch(text) or int(text) > LARGEST_COUNT:
        raise CellRefused(_("“%(text)s” is not a count.") % {"text": text[:40]})
    return int(text)


def yes(text: str) -> bool:
    """Whether a cell says yes. Raises CellRefused."""
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellRefused(_("“%(text)s” is neither yes nor no.") % {"text": text[:40]})


def identifier(text: str) -> str:
    """An opaque identifier, never empty. Raises CellRefused."""
    if not text.strip():
        raise CellRefused(_("the identifier is missing."))
    return within(text.strip(), LONGEST_IDENTIFIER, gettext_noop("the identifier"))


def title(text: str) -> str:
    """A title on one line, within the length the product prints. Raises CellRefused."""
    return within(" ".join(text_of(cleaned(text)).split()), LONGEST_TITLE, gettext_noop("the title"))


def body(text: str, *, is_html: bool | None = None) -> str:
    """A text as it is stored: HTML turned into plain text, nothing else changed."""
    return cleaned(text_of(cleaned(text), is_html=is_html))


def name(text: str) -> str:
    """An author's name on one line. Raises CellRefused."""
    return within(" ".join(cleaned(text).split()), LONGEST_NAME, gettext_noop("the author's name"))


def present(text: str, reason: str) -> str:
    """The text, when there is one. Raises CellRefused with the reason, put into the reader's language only then."""
    if not text:
        raise CellRefused(_(reason))
    return text


def within(text: str, most: int, what: str) -> str:
    """The text, when it fits. Raises CellRefused."""
    if len(text) > most:
        words = {"what": _(what), "count": len(text), "most": most}
        raise CellRefused(_("%(what)s has %(count)d characters: at most %(most)d.") % words)
    return text


def web_address(text: str, most: int = LONGEST_ADDRESS) -> str:
    """An http(s) address, or nothing. Raises CellRefused."""
    address = text.strip()
    if not address:
        return ""
    if not address.startswith(("http://", "https://")) or any(character.isspace() for character in address):
        raise CellRefused(_("“%(text)s” is not a web address.") % {"text": address[:60]})
    return within(address, most, gettext_noop("the address"))
