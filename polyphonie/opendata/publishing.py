"""Which export do people download? The last whole one of each concertation, made each day and after each close."""

import json
import shutil
import time
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from polyphonie.ledger.models import Checkpoint
from polyphonie.opendata.descriptor import sha256
from polyphonie.opendata.export import export
from polyphonie.processes.models import Process

EVERY = timedelta(days=1)
AFTER_AN_ERASURE = timedelta(hours=1)
"""At the latest, on a site whose exports are long to make."""
REST = 20
"""An export follows what people take back once twenty times the time it took has passed: at once where it takes a moment, and
nobody keeps the machine busy by taking texts back one after another."""
KEPT = 2
ARCHIVE = "archive.zip"
ARCHIVE_PRINT = "archive.zip.sha256"
TOOK = "seconds"
STAMP = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True)
class Published:
    """A whole export on disk: its folder, when it was made, and its description (`datapackage.json`)."""

    folder: Path
    made_at: datetime
    package: dict[str, Any]

    @property
    def archive(self) -> Path:
        return self.folder / ARCHIVE

    @property
    def archive_print(self) -> str:
        """The SHA-256 of the archive, as it was packed."""
        return (self.folder / ARCHIVE_PRINT).read_text(encoding="ascii").strip()

    @property
    def took(self) -> timedelta:
        """How long it was in the making; an hour when nothing says it."""
        try:
            return timedelta(seconds=float((self.folder / TOOK).read_text(encoding="ascii")))
        except (OSError, ValueError):
            return timedelta(hours=1)

    @property
    def archive_size(self) -> int:
        """In bytes."""
        return self.archive.stat().st_size

    def print_of(self, name: str) -> str:
        """The SHA-256 of a file that the package describes; nothing for the package itself."""
        prints = {str(resource["path"]): str(resource["hash"]) for resource in self.package["resources"]}
        return prints.get(name, "").removeprefix("sha256:")

    def file(self, name: str) -> Path | None:
        """The file of this name, if it is one that the package describes (or the package itself)."""
        known = {str(resource["path"]) for resource in self.package["resources"]} | {"datapackage.json", "README.md"}
        return self.folder / "files" / name if name in known else None


def published(process: Process) -> Published | None:
    """The last whole export of this process; None before the first, or while it holds what moderation took away since."""
    folders = [] if _withholding_note(process).exists() else _folders(process)
    return _read(folders[-1]) if folders else None


def is_due(process: Process, *, now: datetime) -> bool:
    """Whether to make a new export: none yet, a day has passed, or a consultation closed since."""
    last = published(process)
    if last is None or now - last.made_at >= EVERY:
        return True
    if _erasures_note(process).exists() and now - last.made_at >= min(AFTER_AN_ERASURE, REST * last.took):
        return True
    return Checkpoint.objects.filter(log=process.log_id, is_close=True, sealed_at__gt=last.made_at).exists()


def note_erasure(process: Process) -> None:
    """Something was erased that the last export holds: the next one comes soon, within the hour, and none before it is kept."""
    note = _erasures_note(process)
    if note.parent.is_dir():
        note.touch()


def withhold(process: Process) -> None:
    """Moderation took away something that the last export may hold: nobody downloads it from now on, and the next is due."""
    note = _withholding_note(process)
    if note.parent.is_dir():
        note.touch()


def publish(process: Process) -> Published:
    """Make an export and its archive; the former one stays until the next, for downloads under way. Raises Refused."""
    home = _home(process)
    home.mkdir(parents=True, exist_ok=True)
    withheld_at = _touched_at(_withholding_note(process))
    kept = 1 if withheld_at or _erasures_note(process).exists() else KEPT
    _erasures_note(process).unlink(missing_ok=True)
    draft = home / f".{timezone.now().strftime(STAMP)}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        began = time.monotonic()
        export(process, draft / "files")
        _pack(draft, process.slug)
        (draft / TOOK).write_text(f"{time.monotonic() - began:.3f}\n", encoding="ascii")
        folder = home / timezone.now().strftime(STAMP)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        if kept < KEPT:
            note_erasure(process)
        raise
    others = [other for other in _folders(process) if other != folder]
    earlier = [other for other in others if other.name < folder.name]
    for old in others:
        if old not in earlier[len(earlier) - kept + 1 :]:  # one dated later was made by a clock that has been put right since
            shutil.rmtree(old, ignore_errors=True)
    if withheld_at == _touched_at(_withholding_note(process)):  # nothing was taken away while it was made
        _withholding_note(process).unlink(missing_ok=True)
    return _read(folder)


def _withholding_note(process: Process) -> Path:
    return _home(process) / ".withheld"


def _touched_at(note: Path) -> int:
    return note.stat().st_mtime_ns if note.exists() else 0


def _erasures_note(process: Process) -> Path:
    return _home(process) / ".erasure"


def _home(process: Process) -> Path:
    return Path(settings.POLYPHONIE_VAR) / "exports" / process.slug


def _folders(process: Process) -> list[Path]:
    home = _home(process)
    return sorted(path for path in home.iterdir() if path.is_dir() and path.name[0] != ".") if home.is_dir() else []


def _read(folder: Path) -> Published:
    package = json.loads((folder / "files" / "datapackage.json").read_text(encoding="utf-8"))
    return Published(folder=folder, made_at=datetime.fromisoformat(package["created"]), package=package)


def _pack(draft: Path, name: str) -> None:
    with zipfile.ZipFile(draft / ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((draft / "files").rglob("*")):
            if path.is_file():
                archive.write(path, f"{name}/{path.relative_to(draft / 'files')}")
    (draft / ARCHIVE_PRINT).write_text(sha256(draft / ARCHIVE) + "\n", encoding="ascii")
