"""How is a backup made, and when was the last one? While the site serves; everything but the keys and what is made again."""

import json
import os
import tarfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie import __version__
from polyphonie.accounts import closings
from polyphonie.config.backups import package, postgresql, sqlite
from polyphonie.config.commands import database
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.ledger import folder as log_folder
from polyphonie.portal.rules import BACKUP_DAYS

SUFFIX = ".tar.gz"
KEPT_AS_THEY_ARE = ("files", "imports")
"""Folders of POLYPHONIE_VAR that nothing else could make again; `static` and `exports` are made from the rest."""


@dataclass(frozen=True)
class Made:
    """A backup that was just written."""

    file: Path
    sha256: str
    size: int
    expired: list[Path]


def make_backup(place: Path) -> Made:
    """Write a backup: to this file or, when it is a folder, there under today's name; older ones of ours than 30 days then go."""
    target = place / f"polyphonie-{timezone.localtime():%Y%m%d-%H%M%S}{SUFFIX}" if place.is_dir() else place
    _refuse_a_bad_place(target)
    manifest = package.Manifest(
        created_at=timezone.now().isoformat(),
        version=__version__,
        vendor=connection.vendor,
        migrations=database.applied(),
        host=settings.POLYPHONIE_HOST,
    )
    with package.written(target, manifest) as writer, TemporaryDirectory(prefix=".polyphonie-", dir=target.parent) as name:
        _add_logs(writer, Path(name))  # before the database, so that it is never behind its own log folder
        _add_database(writer, Path(name))
        for kept in KEPT_AS_THEY_ARE:
            writer.add_tree(Path(settings.POLYPHONIE_VAR) / kept, kept)
    made = Made(
        file=target,
        sha256=package.file_sha256(target),
        size=target.stat().st_size,
        expired=_forget_expired(place) if place.is_dir() else [],
    )
    _note(made, manifest)
    return made


def save_keys(target: Path) -> int:
    """Save the keys apart, readable by their owner alone; how many files."""
    folder = Path(settings.POLYPHONIE_KEYS)
    var = Path(settings.POLYPHONIE_VAR).resolve()
    if var in target.resolve().parents:
        raise CommandRefused(_("keys are never kept in POLYPHONIE_VAR, which is backed up: choose a place apart."))
    if any(target.parent.glob(f"polyphonie-*{SUFFIX}")):
        raise CommandRefused(_("keys are never kept beside backups, with which they tell who voted what: choose a place apart."))
    files = [path for path in sorted(folder.glob("*")) if path.is_file()] if folder.is_dir() else []
    if not files:
        raise CommandRefused(_("there is no key yet in %(folder)s.") % {"folder": folder})
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz") as archive:
            for path in files:
                archive.add(path, path.name)
        raw.flush()
        os.fsync(raw.fileno())
    return len(files)


def last_backup() -> datetime | None:
    """When the last backup of this installation was made, or None."""
    try:
        return datetime.fromisoformat(json.loads(_mark().read_text(encoding="utf-8"))["created_at"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def _add_logs(writer: package.Writer, folder: Path) -> None:
    if closings.journal().exists():
        writer.add(closings.journal(), f"log/{closings.journal().name}")
    for seen in log_folder.standings():
        kept = f"log/{seen.folder.name}"
        writer.add(seen.folder / log_folder.LEAVES, f"{kept}/{log_folder.LEAVES}", length=seen.length)
        standing = folder / log_folder.STANDING
        standing.write_text(json.dumps(vars(seen)), encoding="utf-8")
        writer.add(standing, f"{kept}/{log_folder.STANDING}")
        if (seen.folder / log_folder.LOST).exists():
            writer.add(seen.folder / log_folder.LOST, f"{kept}/{log_folder.LOST}")


def _add_database(writer: package.Writer, folder: Path) -> None:
    if connection.vendor == "sqlite":
        copy = folder / sqlite.DATABASE
        sqlite.copy_to(copy)
        writer.add(copy, sqlite.DATABASE)
        return
    rows = folder / postgresql.FOLDER
    rows.mkdir()
    postgresql.copy_to(rows)
    writer.add_tree(rows, postgresql.FOLDER)


def _refuse_a_bad_place(target: Path) -> None:
    if not target.parent.is_dir():
        raise CommandRefused(_("the folder %(folder)s does not exist.") % {"folder": target.parent})
    if target.parent.resolve() == Path(settings.POLYPHONIE_KEYS).resolve():
        raise CommandRefused(_("a backup never stands beside the keys: choose another folder."))


def _forget_expired(folder: Path) -> list[Path]:
    """What people were promised: 30 days after they left, no backup ties them to their votes any more. Those that `upgrade`
    made, and the database it left beside, or that a restore did, go with the others."""
    limit = time.time() - timedelta(days=BACKUP_DAYS).total_seconds()
    kept = [*folder.glob(f"polyphonie-*{SUFFIX}"), *upgrades().glob(f"polyphonie-*{SUFFIX}")]
    if connection.vendor == "sqlite":
        kept += sqlite.replaced()
    expired = [path for path in sorted(set(kept)) if path.stat().st_mtime < limit]
    for path in expired:
        path.unlink()
    return expired


def upgrades() -> Path:
    """Where `polyphonie upgrade` leaves what it saves first."""
    return Path(settings.POLYPHONIE_VAR) / "backups"


def _mark() -> Path:
    return Path(settings.POLYPHONIE_VAR) / "last-backup.json"


def _note(made: Made, manifest: package.Manifest) -> None:
    content = {"created_at": manifest.created_at, "file": str(made.file), "sha256": made.sha256, "size": made.size}
    draft = _mark().with_suffix(".draft")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(_mark())
