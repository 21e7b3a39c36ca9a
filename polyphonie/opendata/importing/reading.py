"""How does one open a file that one does not trust? Regular files only, unpacked by pieces, with a limit on everything."""

import csv
import gzip
import hashlib
import io
import json
import lzma
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from polyphonie.core.refusal import Refused

PIECE = 1 << 20
LONGEST_RECORD = 4 << 20
LONGEST_CELL = 1 << 20
MOST_COLUMNS = 1000
LARGEST_DOCUMENT = 8 << 20
"""A JSON document is read at once: three characters of it can cost seventy bytes of memory."""
EXPANSION = 100
EXPANSION_OVER = 32 << 20
"""Real exports unpack to 4 to 8 times their size; above 100 times, over any 32 MiB, it is a bomb."""
UNPACKING_MEMORY = 128 << 20

_GZIP, _XZ, _ZIP = b"\x1f\x8b", b"\xfd7zXZ\x00", b"PK\x03\x04"
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


class SourceRefused(Refused):
    """The file as a whole cannot be imported; `reason` is a full sentence."""


def files_of(path: Path) -> list[Path]:
    """The regular files PATH stands for: itself, or those directly in the folder, by name. Raises SourceRefused."""
    if path.is_dir():
        found = sorted(item for item in path.iterdir() if not item.is_symlink() and item.is_file() and item.name[:1] != ".")
        if not found:
            raise SourceRefused(_("The folder %(name)s holds no file.") % {"name": path.name})
        return found
    if not path.exists():
        raise SourceRefused(_("There is no file or folder at %(path)s.") % {"path": path})
    if not stat.S_ISREG(path.stat().st_mode):
        raise SourceRefused(_("%(name)s is neither a file nor a folder.") % {"name": path.name})
    return [path]


def fingerprint_of_all(fingerprints: list[tuple[str, str]]) -> str:
    """SHA-256 in hexadecimal of one file's bytes; of several, given as (name, SHA-256), that of the lines `sha256  name`."""
    if len(fingerprints) == 1:
        return fingerprints[0][1]
    return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in fingerprints).encode()).hexdigest()


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Unpacked(io.RawIOBase):
    """The bytes of a file, unpacked when it is .gz or .xz, refused when they are no text or swell beyond reason."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._produced = 0
        self._read_before = 0
        self._source = _unpacking(file, name)
        self.is_packed = self._source is not file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._source.read(len(buffer))
        except EOFError as error:
            raise SourceRefused(_("%(name)s cannot be unpacked: it is cut before its end.") % {"name": self._name}) from error
        except (OSError, zlib.error, lzma.LZMAError) as error:
            raise SourceRefused(_("%(name)s cannot be unpacked: it is damaged.") % {"name": self._name}) from error
        if b"\x00" in piece:
            raise SourceRefused(_("%(name)s is not a text file: it holds null bytes.") % {"name": self._name})
        self._produced += len(piece)
        if self._produced > EXPANSION_OVER:
            self._ensure_reasonable()
        buffer[: len(piece)] = piece
        return len(piece)

    def _ensure_reasonable(self) -> None:
        read = self._file.tell()
        if self._produced > EXPANSION * max(read - self._read_before, 1):
            raise SourceRefused(
                _("%(name)s unpacks to more than %(times)d times its size: it is refused as a compression bomb.")
                % {"name": self._name, "times": EXPANSION}
            )
        self._produced, self._read_before = 0, read


def _unpacking(file: BinaryIO, name: str) -> Any:
    head = file.read(6)
    file.seek(0)
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=file, mode="rb")
    if head.startswith(_XZ):
        return _Xz(file)
    if head.startswith(_ZIP):
        raise SourceRefused(_("%(name)s is a ZIP archive: unpack it first, then import the file or its folder.") % {"name": name})
    if head.startswith(_OTHER_ENCODINGS):
        raise SourceRefused(_("%(name)s is written in UTF-16: save it in UTF-8 first.") % {"name": name})
    return file


class _Xz:
    """`lzma.open` with a limit on the memory that the file's own header asks for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = lzma.LZMADecompressor(memlimit=UNPACKING_MEMORY)

    def read(self, size: int) -> bytes:
        while not self._decoder.eof:
            packed = self._file.read(PIECE // 16) if self._decoder.needs_input else b""
            if self._decoder.needs_input and not packed:
                raise EOFError("the file is cut short")
            piece = self._decoder.decompress(packed, max_length=size)
            if piece:
                return piece
        return b""


def ensure_unpacks(path: Path) -> None:
    """Unpack a .gz or .xz file once for nothing: a bomb is found before any of it is read as rows. Raises SourceRefused."""
    with path.open("rb") as file:
        unpacked = _Unpacked(file, path.name)
        piece = bytearray(PIECE)
        while unpacked.is_packed and unpacked.readinto(piece):
            continue


@contextmanager
def opened(path: Path) -> Iterator[io.TextIOWrapper]:
    """The file as UTF-8 text, line ends untouched; reading raises SourceRefused on anything hostile."""
    with path.open("rb") as file:
        packed = io.BufferedReader(_Unpacked(file, path.name), PIECE)
        try:
            yield io.TextIOWrapper(packed, encoding="utf-8-sig", errors="strict", newline="")
        except UnicodeDecodeError as error:
            raise SourceRefused(
                _("%(name)s is not written in UTF-8 (byte %(byte)s cannot be read): save it in UTF-8 first.")
                % {"name": path.name, "byte": f"0x{error.object[error.start]:02x}"}
            ) from error


class Table:
    """A CSV file read record by record: `header`, then `(line, cells)` where `line` is the physical line it begins on."""

    def __init__(self, text: io.TextIOWrapper, name: str, delimiter: str | None = None) -> None:
        self._text = text
        self._name = name
        self._taken = 0
        csv.field_size_limit(LONGEST_CELL)
        first = self._bounded_line()
        if delimiter is None:
            delimiter = max(";,\t", key=first.count)
        self._pending: str | None = first
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        self.header = self._header()

    def _header(self) -> list[str]:
        cells = next(self._records(), None)
        if cells is None:
            raise SourceRefused(_("%(name)s is empty.") % {"name": self._name})
        names = [cell.strip() for cell in cells[1]]
        if len(names) > MOST_COLUMNS:
            raise SourceRefused(
                _("%(name)s has %(count)d columns: at most %(most)d are read.")
                % {"name": self._name, "count": len(names), "most": MOST_COLUMNS}
            )
        repeated = sorted({name for name in names if name and names.count(name) > 1})
        if repeated:
            raise SourceRefused(
                _("%(name)s has two columns called “%(column)s”.") % {"name": self._name, "column": repeated[0][:80]}
            )
        return names

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self._records()

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        reader = self._reader
        line = reader.line_num + 1
        try:
            for cells in reader:
                if cells:
                    yield line, cells
                self._taken = 0
                line = reader.line_num + 1
        except csv.Error as error:
            raise SourceRefused(
                _("%(name)s cannot be read as a table from line %(line)d: %(error)s.")
                % {"name": self._name, "line": line, "error": error}
            ) from error

    def _lines(self) -> Iterator[str]:
        """Physical lines; a record, however many lines it spans, is refused when it grows beyond reason."""
        readline = self._text.readline
        line = self._pending
        self._pending = None
        while line:
            self._taken += len(line)
            if self._taken > LONGEST_RECORD:
                self._too_long()
            yield line
            line = readline(LONGEST_RECORD + 1)

    def _bounded_line(self) -> str:
        line = self._text.readline(LONGEST_RECORD + 1)
        if len(line) > LONGEST_RECORD:
            self._too_long()
        return line

    def _too_long(self) -> None:
        raise SourceRefused(
            _("%(name)s has a row of more than %(most)d characters: it is refused.")
            % {"name": self._name, "most": LONGEST_RECORD}
        )


def json_lines(text: io.TextIOWrapper, name: str) -> Iterator[tuple[int, Any]]:
    """`(line, value)` for each line of a JSON Lines file; cut at line feeds only (a body may hold U+2028)."""
    number = 0
    held = ""
    while piece := text.readline(LONGEST_RECORD + 1):
        held += piece
        if len(held) > LONGEST_RECORD:
            raise SourceRefused(
                _("%(name)s has a line of more than %(most)d characters.") % {"name": name, "most": LONGEST_RECORD}
            )
        if not piece.endswith("\n"):
            continue  # cut at a carriage return, or the last line
        number += 1
        if held.strip():
            yield number, _parsed(held, name, number)
        held = ""
    if held.strip():
        yield number + 1, _parsed(held, name, number + 1)


def document(text: io.TextIOWrapper, name: str) -> Any:
    """The whole JSON document; raises SourceRefused when it is too large or is no JSON."""
    content = text.read(LARGEST_DOCUMENT + 1)
    if len(content) > LARGEST_DOCUMENT:
        raise SourceRefused(_("%(name)s is larger than %(most)d characters.") % {"name": name, "most": LARGEST_DOCUMENT})
    return _parsed(content, name, 1)


def _parsed(content: str, name: str, line: int) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SourceRefused(
            _("%(name)s is not JSON at line %(line)d: %(error)s.") % {"name": name, "line": line, "error": str(error)[:120]}
        ) from error
