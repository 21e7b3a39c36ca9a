"""What does a personal archive made on another site bring? Settings and texts; whatever does not look like one is refused.

Only two of its files are opened, each to a bounded number of bytes whatever the archive says of their size: a bomb costs no more
than an honest file. Votes, roles, dates and status are not even read.
"""

import json
import zipfile
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Category
from polyphonie.contributions.models import Kind
from polyphonie.contributions.rules import ADDRESS_LENGTH, BODY_LENGTH, TITLE_LENGTH
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import Refused
from polyphonie.portal.archive import FORMAT

MOST_BYTES = 16 * 1024 * 1024
MOST_BYTES_A_FILE = 8 * 1024 * 1024
MOST_FILES = 50
MOST_TEXTS = 2_000
ACCOUNT, TEXTS = "account.json", "texts.jsonl"
NAME_LENGTH, TERRITORY_LENGTH, ORIGIN_LENGTH = 60, 120, 300


@dataclass(frozen=True)
class BroughtText:
    """A text as it stood there: what can be written again, and where it was."""

    kind: str
    title: str
    body: str
    url: str
    origin: str


@dataclass(frozen=True)
class Brought:
    """What an archive brings; an empty setting was not in it."""

    name: str
    language: str
    category: str
    territory: str
    refused_messages: tuple[str, ...]
    texts: tuple[BroughtText, ...]


def read_archive(file: IO[bytes], *, size: int) -> Brought:
    """Read an archive made by this software, on this site or another. Raises Refused, with a sentence, for anything else."""
    if size > MOST_BYTES:
        raise Refused(_("This file is too large: %(most)s megabytes at most.") % {"most": MOST_BYTES // 1024 // 1024})
    try:
        with zipfile.ZipFile(file) as packed:
            if len(packed.infolist()) > MOST_FILES:
                raise Refused(_("This file holds too many files: it is not an archive made by Polyphonie."))
            account = _object(_bytes_of(packed, ACCOUNT))
            lines = _bytes_of(packed, TEXTS)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Refused(_("This file cannot be read: choose the zip file that “Your data” gave you, as it was.")) from error
    if account.get("format") != FORMAT:
        raise Refused(_("This file is not an archive of “Your data” of a version that this site reads."))
    settings = account.get("settings")
    if not isinstance(settings, dict):
        raise _wrong(ACCOUNT)
    return _brought(settings, _texts(lines))


def _bytes_of(packed: zipfile.ZipFile, name: str) -> bytes:
    """One file, read to its bound: what the archive declares of its size is not believed."""
    try:
        with packed.open(name) as file:
            content = file.read(MOST_BYTES_A_FILE + 1)
    except KeyError as error:
        raise Refused(_("%(file)s is missing: this is not an archive of “Your data”.") % {"file": name}) from error
    if len(content) > MOST_BYTES_A_FILE:
        raise Refused(_("%(file)s is too large to be read here.") % {"file": name})
    return content


def _object(raw: bytes, name: str = ACCOUNT) -> dict[str, Any]:
    try:
        found = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _wrong(name) from error
    if not isinstance(found, dict):
        raise _wrong(name)
    return found


def _texts(raw: bytes) -> tuple[BroughtText, ...]:
    lines = [line for line in raw.split(b"\n") if line.strip()]
    if len(lines) > MOST_TEXTS:
        raise Refused(_("This archive holds too many texts: %(most)s at most.") % {"most": MOST_TEXTS})
    return tuple(_text(_object(line, _place(rank)), rank) for rank, line in enumerate(lines, start=1))


def _text(row: dict[str, Any], rank: int) -> BroughtText:
    kind = _words(row, "kind", 20, rank)
    if kind not in Kind.values:
        raise _wrong(_place(rank))
    return BroughtText(
        kind=kind,
        title=_words(row, "title", TITLE_LENGTH, rank),
        body=_words(row, "body", BODY_LENGTH[Kind(kind)], rank),
        url=_words(row, "url", ADDRESS_LENGTH, rank),
        origin=_words(row, "address", ORIGIN_LENGTH, rank),
    )


def _brought(settings: dict[str, Any], texts: tuple[BroughtText, ...]) -> Brought:
    refused = settings.get("refused_messages", [])
    if not isinstance(refused, list) or len(refused) > MOST_FILES or not all(isinstance(one, str) for one in refused):
        raise _wrong(ACCOUNT)
    category = _words(settings, "category", 20)
    return Brought(
        name=" ".join(_words(settings, "display_name", NAME_LENGTH).split()),
        language=_words(settings, "language", 8),
        category=category if category in Category.values else "",
        territory=_words(settings, "territory", TERRITORY_LENGTH),
        refused_messages=tuple(refused),
        texts=tuple(text for text in texts if text.title or text.body),
    )


def _words(row: dict[str, Any], name: str, longest: int, rank: int = 0) -> str:
    """A text of a row, cleaned as what people type is; absent or null it is empty."""
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise _wrong(_place(rank) if rank else ACCOUNT)
    return cleaned(value)


def _place(rank: int) -> str:
    return _("%(file)s, line %(line)s") % {"file": TEXTS, "line": rank}


def _wrong(place: str) -> Refused:
    return Refused(_("%(place)s does not hold what an archive holds there: nothing was taken up.") % {"place": place})
