"""Where do PDF wait until they are asked for? In files of `POLYPHONIE_VAR`, gone as soon as something is taken away from pages.

    papers/<process>/<what>/asked.json     asked for: when, and the volumes to make
                            made.json      what was made: when, the pages of each volume, which checkpoint they carry
                            1.pdf 2.pdf …
                            failed         none came out: tried again later
    papers/<process>/.withdrawn            drawn anew each time something is taken away

Whoever takes something away takes every PDF of the process away, inside the act and once more when it is committed; what was
read meanwhile to make one is told by the mark, and is not kept.
"""

import json
import os
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from polyphonie.synthesis.queries.book import Chapter

ASKED, MADE, FAILED, MARK = "asked.json", "made.json", "failed", ".withdrawn"
TRIED_AGAIN_AFTER = timedelta(hours=1)


BOOK, DRAFT, VERSION = "book", "draft", "version"


@dataclass(frozen=True)
class Place:
    """Where one document is kept: the reading book or the draft of a consultation, or a version of its synthesis."""

    process: str
    kind: str
    consultation: str
    number: int = 0

    @property
    def folder(self) -> Path:
        return _home(self.process) / f"{self.kind}.{self.consultation}.{self.number}"


def _place(folder: Path) -> Place:
    kind, consultation, number = folder.name.split(".")
    return Place(folder.parent.name, kind, consultation, int(number))


@dataclass(frozen=True)
class Made:
    """A document that was made, whole or not yet: when it began, the pages of each volume so far, how many are to come."""

    made_at: datetime
    pages: Sequence[int]
    volumes: int
    checkpoint: str

    @property
    def is_whole(self) -> bool:
        return len(self.pages) == self.volumes


def ask(place: Place, *, volumes: Sequence[Sequence[Chapter]] = ()) -> None:
    """It is to be made, or made again; what was made before goes."""
    chapters = [[[one.label, list(one.numbers), one.is_continued, one.span] for one in volume] for volume in volumes]
    _empty(place, keeps_asking=False)
    place.folder.mkdir(parents=True, exist_ok=True)
    _write(place.folder / ASKED, {"volumes": chapters})


def asked(place: Place) -> list[list[Chapter]] | None:
    """The volumes of the document that was asked for (none for what has one alone); nothing if it was not."""
    told = _read(place.folder / ASKED)
    if told is None:
        return None
    return [
        [
            Chapter(label, numbers, is_continued, (span[0], span[1]) if span else None)
            for label, numbers, is_continued, span in volume
        ]
        for volume in told["volumes"]
    ]


def made(place: Place) -> Made | None:
    """What was made of it; None before its first volume."""
    told = _read(place.folder / MADE)
    if told is None:
        return None
    return Made(datetime.fromisoformat(told["made_at"]), told["pages"], told["volumes"], told["checkpoint"])


def has_failed(place: Place, *, since: timedelta | None = None) -> bool:
    """Whether no PDF came out; with `since`, not longer ago than that."""
    try:
        failed_at = (place.folder / FAILED).stat().st_mtime
    except OSError:
        return False
    return since is None or time.time() - failed_at < since.total_seconds()


def volume(place: Place, number: int) -> Path | None:
    """The file of a volume, once all are made."""
    found = made(place)
    path = place.folder / f"{number}.pdf"
    return path if found is not None and found.is_whole and path.is_file() else None


def waiting() -> list[Place]:
    """What was asked for and is not whole, the first asked first; what failed lately is left for later."""
    home = Path(settings.POLYPHONIE_VAR) / "papers"
    found = []
    for path in home.glob(f"*/*/{ASKED}"):
        last = made(_place(path.parent))
        if (last is None or not last.is_whole) and not has_failed(_place(path.parent), since=TRIED_AGAIN_AFTER):
            found.append((path.stat().st_mtime_ns, path.parent))
    return [_place(folder) for _at, folder in sorted(found)]


def mark(process: str) -> bytes:
    """What changes whenever something is taken away: read before a document is, and shown when it is put here."""
    try:
        return (_home(process) / MARK).read_bytes()
    except OSError:
        return b""


def put(
    place: Place, pdf: bytes, *, since: bytes, pages: int, volumes: int = 1, checkpoint: str = "", again: bool = False
) -> bool:
    """Keep the next volume of a document, or the document anew (`again`), unless something was taken away since that mark;
    whether it was kept."""
    before = None if again else made(place)
    pages_so_far = [*(() if before is None else before.pages), pages]
    made_at = timezone.now() if before is None else before.made_at
    place.folder.mkdir(parents=True, exist_ok=True)
    draft = place.folder / f".{len(pages_so_far)}.pdf"
    draft.write_bytes(pdf)
    if mark(place.process) == since:
        draft.replace(place.folder / f"{len(pages_so_far)}.pdf")
        told = {"made_at": made_at.isoformat(), "pages": pages_so_far, "volumes": volumes, "checkpoint": checkpoint}
        _write(place.folder / MADE, told)
        (place.folder / FAILED).unlink(missing_ok=True)
        if mark(place.process) == since:
            return True
    _empty(place, keeps_asking=True)
    return False


def note_failure(place: Place) -> None:
    """No PDF came out of it."""
    place.folder.mkdir(parents=True, exist_ok=True)
    (place.folder / FAILED).touch()


def withdraw(process: str) -> None:
    """Something was taken away from pages: no PDF made until now is served any more; those still being made are made anew."""
    home = _home(process)
    if not home.is_dir():
        return
    (home / MARK).write_bytes(os.urandom(8))
    for folder in home.iterdir():
        if folder.is_dir():
            last = made(_place(folder))
            _empty(_place(folder), keeps_asking=last is None or not last.is_whole)


def forget(place: Place) -> None:
    """There is nothing to make of it any more."""
    _empty(place, keeps_asking=False)


def _empty(place: Place, *, keeps_asking: bool) -> None:
    if not keeps_asking:
        shutil.rmtree(place.folder, ignore_errors=True)
        return
    for path in (place.folder / MADE, *place.folder.glob("*.pdf"), *place.folder.glob(".*.pdf")):
        path.unlink(missing_ok=True)


def _home(process: str) -> Path:
    return Path(settings.POLYPHONIE_VAR) / "papers" / process


def _write(path: Path, told: dict[str, Any]) -> None:
    draft = path.with_name(f".{path.name}")
    draft.write_text(json.dumps(told), encoding="utf-8")
    draft.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    with suppress(OSError, ValueError):
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    return None
