"""What is a backup, as a file? A compressed tar: the database, the files, the log folder, and a manifest that sums them up.

It is written beside its place under another name, then renamed: a file of this name is always whole. Its manifest comes last
and holds the SHA-256 of every other member.
"""

import errno
import hashlib
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Any

from django.utils.translation import gettext as _

from polyphonie.config.commands.refusals import CommandRefused

MANIFEST = "manifest.json"
FORMAT = 1
COMPRESSION = 4
AT_ONCE = 1 << 20
OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.EROFS, errno.EIO}
"""What the file itself is not guilty of: no room, no right to read it, a folder, a disk that fails."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    created_at: str
    version: str
    vendor: str
    migrations: list[str]
    host: str
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.created_at)


class Writer:
    """Adds members to a backup under way."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.sha256: dict[str, str] = {}

    def add(self, path: Path, name: str, *, length: int | None = None) -> None:
        """Add the first `length` bytes of a file (all of it by default), as they are now: a file that grows is cut there."""
        with path.open("rb") as file:
            member = tarfile.TarInfo(name)
            member.size = os.fstat(file.fileno()).st_size if length is None else length
            member.mtime = int(os.fstat(file.fileno()).st_mtime)
            member.mode = 0o600
            reader = _Summing(file)
            self._archive.addfile(member, reader)
        self.sha256[name] = reader.sum.hexdigest()

    def add_tree(self, folder: Path, name: str) -> None:
        """Add every file of a folder, if there is one."""
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.is_file() and not path.is_symlink():
                self.add(path, f"{name}/{path.relative_to(folder).as_posix()}")


class _Summing:
    """A file that sums what is read from it."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        some: bytes = self._file.read(size)
        self.sum.update(some)
        return some


@contextmanager
def written(target: Path, manifest: Manifest) -> Iterator[Writer]:
    """A backup being written; it takes its name once it is whole and on the disk."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=COMPRESSION) as archive:
                writer = Writer(archive)
                yield writer
                _add_manifest(archive, Manifest(**{**asdict(manifest), "sha256": writer.sha256}))
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(target)
        _settle(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _add_manifest(archive: tarfile.TarFile, manifest: Manifest) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, MANIFEST)
        path.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
        archive.add(path, MANIFEST)


def _settle(folder: Path) -> None:
    """Have the new name itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack a backup into an empty folder and check every sum. Raises CommandRefused when it is not whole, or not one."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isreg() and _is_inside(member.name) else None
                if content is None:
                    raise CommandRefused(_("%(file)s is not a backup of Polyphonie.") % {"file": source})
                _write(content, folder / member.name, member)
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        if not source.exists():
            raise
        raise CommandRefused(_("%(file)s is not whole: take another backup.") % {"file": source}) from error
    except (tarfile.TarError, zlib.error, EOFError, ValueError, TypeError, OSError) as error:
        if isinstance(error, OSError) and error.errno in OF_THE_MACHINE:
            raise
        raise CommandRefused(
            _("%(file)s is not a backup of Polyphonie, or it is not whole: take another one.") % {"file": source}
        ) from error
    if manifest.format != FORMAT:
        raise CommandRefused(_("%(file)s was made by a later version of Polyphonie: install it first.") % {"file": source})
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    if found != set(manifest.sha256) or any(file_sha256(folder / name) != wanted for name, wanted in manifest.sha256.items()):
        raise CommandRefused(_("%(file)s was damaged: what it holds is not what it says. Take another one.") % {"file": source})
    return manifest


def _write(content: IO[bytes], target: Path, member: tarfile.TarInfo) -> None:
    """By hand: the filters of `tarfile` came with Python 3.11.4, and Debian 12 has 3.11.2."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("xb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(member.mode & 0o755 | 0o600)
    os.utime(target, (member.mtime, member.mtime))


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_inside(name: str) -> bool:
    place = PurePosixPath(name)
    return not place.is_absolute() and ".." not in place.parts
