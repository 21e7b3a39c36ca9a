"""Which pieces of pages are rendered already? Those that everybody sees alike, kept under all that they show, within a bound.

A piece is found again only under the same language and the same key; a key that names everything the piece shows cannot show
what has changed since. What one person alone sees never enters here.
"""

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from django.utils.translation import get_language
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from polyphonie.core.serving.generation import generation

MOST_BYTES = 3 * 1024 * 1024


KEY_BYTES = 1000
"""What a key and its place weigh, about."""


class Pieces:
    """Rendered pieces by key; past `most_bytes`, those that served longest ago are forgotten first; all of them, keys too, once
    something was taken away from pages (`core.serving.generation`): what is erased stays in no memory."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._by_key: OrderedDict[Hashable, Markup] = OrderedDict()
        self._generation = b""
        self._lock = Lock()

    def get(self, key: Hashable) -> Markup | None:
        with self._lock:
            self._forget_former()
            found = self._by_key.get(key)
            if found is not None:
                self._by_key.move_to_end(key)
        return found

    def put(self, key: Hashable, piece: Markup) -> None:
        with self._lock:
            self._forget_former()
            before = self._by_key.pop(key, None)
            self.bytes += _weight(piece) - (0 if before is None else _weight(before))
            self._by_key[key] = piece
            while self.bytes > self.most_bytes and self._by_key:
                self.bytes -= _weight(self._by_key.popitem(last=False)[1])

    def clear(self) -> None:
        with self._lock:
            self._by_key.clear()
            self.bytes = 0

    def _forget_former(self) -> None:
        present = generation.now()
        if present != self._generation:
            self._by_key.clear()
            self.bytes, self._generation = 0, present

    def __len__(self) -> int:
        return len(self._by_key)


def _weight(piece: Markup) -> int:
    return sys.getsizeof(piece) + KEY_BYTES


pieces = Pieces(MOST_BYTES)
"""The pieces of this process; a process that starts has none."""

Key = tuple[Hashable, ...]


def already(key: Key) -> Markup | None:
    """The piece of this key in the present language, if it is kept."""
    return pieces.get((get_language(), *key))


def keep(key: Key, piece: Markup) -> Markup:
    """Keep a piece under everything that it shows, for the present language."""
    pieces.put((get_language(), *key), piece)
    return piece


def facts(record: object) -> Key:
    """Every fact of a record that was read, as a key: whatever a piece shows of it, now or later, is in it."""
    return tuple(value for name, value in vars(record).items() if not name.startswith("_") and name != "last_number")


class KeptExtension(Extension):
    """`{% kept "name", everything, it, shows %}…{% endkept %}`: rendered once for each key."""

    tags = {"kept"}

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        key = parser.parse_tuple()
        body = parser.parse_statements(("name:endkept",), drop_needle=True)
        return nodes.CallBlock(self.call_method("piece", [key]), [], [], body).set_lineno(line)

    def piece(self, key: Key, caller: Callable[[], str]) -> Markup:
        found = already(key)
        return keep(key, Markup(caller())) if found is None else found  # noqa: S704  (rendered by a template, escaped there)
