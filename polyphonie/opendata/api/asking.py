"""What does a query ask: how many rows, after which place, with which values? Read exactly, or refused with the reason."""

from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from polyphonie.core.tables import Column, Part, Place
from polyphonie.opendata.api.operations import LEAST, MOST, USUAL, Operation

AFTER, LIMIT = "after", "limit"
LONGEST = 200
DIGITS = 18


class Malformed(ValueError):
    """A query that cannot be read; its text is the reason, a sentence, `parameter` is what it is about."""

    def __init__(self, reason: str, parameter: str) -> None:
        super().__init__(reason)
        self.parameter = parameter


def part_asked(operation: Operation, query: QueryDict) -> Part:
    """The part of the table that this query asks for. Raises Malformed."""
    filters = {column.name: column for column in operation.filters}
    known = [*filters, *((AFTER, LIMIT) if operation.is_paged else ())]
    _only(known, query)
    where = {name: _value(column, str(query[name])) for name, column in filters.items() if name in query}
    if not operation.is_paged:
        return Part(where=where)
    return Part(after=_place(query.get(AFTER, "")), most=_limit(query.get(LIMIT, str(USUAL))), where=where)


def query_after(place: Place, part: Part) -> str:
    """The query of the page that follows, with the same choices."""
    return urlencode([*sorted(part.where.items()), (AFTER, written(place)), (LIMIT, part.most)])


def written(place: Place) -> str:
    """A place as it stands in an address: pieces between points; a word made of digits is told from a number by its tilde."""
    return ".".join(f"~{piece}" if isinstance(piece, str) and piece.isdecimal() else str(piece) for piece in place)


def _only(known: list[str], query: QueryDict) -> None:
    for name, values in query.lists():
        shown = name[:40].replace("\x00", " ")
        if name not in known:
            names = ", ".join(known) or "–"
            raise Malformed(
                _("There is no parameter “%(name)s” here. There are: %(known)s.") % {"name": shown, "known": names}, shown
            )
        if len(values) > 1:
            raise Malformed(_("The parameter “%(name)s” is given more than once.") % {"name": shown}, shown)
        if len(values[0]) > LONGEST or "\x00" in values[0]:
            raise Malformed(_("The parameter “%(name)s” is too long, or holds a null character.") % {"name": shown}, shown)


def _place(text: str) -> Place:
    return tuple(_piece(piece) for piece in text.split(".")) if text else ()


def _piece(text: str) -> str | int:
    if _is_whole(text):
        return int(text)
    return text.removeprefix("~")


def _limit(text: str) -> int:
    if not _is_whole(text) or not LEAST <= int(text) <= MOST:
        words = {"name": LIMIT, "least": LEAST, "most": MOST}
        raise Malformed(_("The parameter “%(name)s” is a whole number from %(least)d to %(most)d.") % words, LIMIT)
    return int(text)


def _value(column: Column, text: str) -> str | int:
    if column.type == "integer":
        if not _is_whole(text):
            raise Malformed(_("The parameter “%(name)s” is a whole number.") % {"name": column.name}, column.name)
        return int(text)
    if column.choices and text not in column.choices:
        words = {"name": column.name, "choices": ", ".join(column.choices)}
        raise Malformed(_("The parameter “%(name)s” is one of: %(choices)s.") % words, column.name)
    return text


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS
