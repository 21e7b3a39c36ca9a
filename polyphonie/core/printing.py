"""How are numbers, days and instants printed? As the concertation of 2014 printed them: « #746, le 31/10/2014 - 15:03 »."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polyphonie.core.typography import NARROW

PARIS = ZoneInfo("Europe/Paris")


def number(value: int) -> str:
    """17678 → « 17 678 » (a narrow non-breaking space in French, a comma in English)."""
    separator = NARROW if (get_language() or "fr").startswith("fr") else ","
    return f"{value:,}".replace(",", separator)


def tenths(value: float) -> str:
    """24.04 → « 24,0 »: a figure with one decimal."""
    written = f"{value:.1f}"
    return written.replace(".", ",") if (get_language() or "fr").startswith("fr") else written


def share(part: int, whole: int) -> str:
    """A percentage without decimals: « 62 % »; a dash when there is no whole."""
    if not whole:
        return "–"
    percent = round(100 * part / whole)
    return f"{percent}{NARROW}%" if (get_language() or "fr").startswith("fr") else f"{percent}%"


def day(value: date | datetime) -> str:
    """« 3 février 2015 »: the year is always printed."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    if value.day == 1 and (get_language() or "fr").startswith("fr"):
        return "1er " + date_format(value, "F Y")
    return date_format(value, "j F Y")


def month(value: date) -> str:
    """« février 2015 »."""
    return date_format(value, "F Y")


def moment(value: datetime) -> str:
    """« 31/10/2014 - 15:03 », in the clock of the installation (Europe/Paris by default)."""
    return timezone.localtime(value).strftime("%d/%m/%Y - %H:%M")


def created(value: datetime) -> str:
    """« 20-01-2015 19:29 », as the comments on the syntheses of 2015 printed it."""
    return timezone.localtime(value).strftime("%d-%m-%Y %H:%M")


def to_the_minute(value: datetime) -> str:
    """« 2014-10-31T15:03+01:00 », for machines: nothing public of a text is finer than its minute, so that nothing else done
    in that instant can be told by it."""
    return timezone.localtime(value).isoformat(timespec="minutes")


def signed_moment(number: int, value: datetime) -> str:
    """« #746, le 31/10/2014 - 15:03 »."""
    return _("#%(number)s, on %(moment)s") % {"number": number, "moment": moment(value)}


def last_minute(value: datetime) -> str:
    """A closing instant as people read it: midnight, the first refused instant, is printed 23:59 of the day before."""
    local = timezone.localtime(value)
    if local.hour == 0 and local.minute == 0 and local.second == 0:
        before = timezone.localtime(value - timedelta(seconds=1))
        return _("%(day)s at 11:59 pm") % {"day": day(before.date())}
    return _("%(day)s at %(hour)s") % {"day": day(local.date()), "hour": clock(local)}


def last_open_day(closing: datetime) -> date:
    """The last day on which something that closes at this instant is open: midnight belongs to the day before."""
    return timezone.localtime(closing - timedelta(seconds=1)).date()


def clock(value: datetime) -> str:
    """« 15 h 03 »."""
    local = timezone.localtime(value)
    if (get_language() or "fr").startswith("fr"):
        return f"{local.hour}\u00a0h\u00a0{local.minute:02d}"
    return local.strftime("%H:%M")
