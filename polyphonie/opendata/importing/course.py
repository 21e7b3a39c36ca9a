"""How does a file become an import? It is read and held against itself first; then it is written by bounded transactions,
and shown at once. Nothing is written before the whole file is known to be sound; interrupted, it goes on where it was.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import writing
from polyphonie.opendata import actions
from polyphonie.opendata.importing import refused_rows, report
from polyphonie.opendata.importing.checking import validate
from polyphonie.opendata.importing.copying import course as copying
from polyphonie.opendata.importing.copying.rebuilding import FORMAT
from polyphonie.opendata.importing.numbering import fixed_numbers, give_numbers, new_texts
from polyphonie.opendata.importing.progress import Progress
from polyphonie.opendata.importing.readers import READERS
from polyphonie.opendata.importing.readers.rows import SourceProcess
from polyphonie.opendata.importing.reading import ensure_unpacks, files_of, fingerprint, fingerprint_of_all
from polyphonie.opendata.importing.staging import Staging
from polyphonie.opendata.importing.taking import default_title, take_over
from polyphonie.opendata.models import Import
from polyphonie.opendata.queries import keys_of, known_texts, known_votes, standing_imports
from polyphonie.processes.models import Process
from polyphonie.processes.rules.frame import slug_refusal

KEY_BYTES = 32


@dataclass(frozen=True)
class Order:
    """What was asked on the command line."""

    format: str
    path: Path
    slug: str
    dry_run: bool = False


@dataclass(frozen=True)
class Outcome:
    """What an import did: its report, the file of refused rows, and its record when something was new."""

    report: dict[str, Any]
    rejects: Path
    batch: Import | None

    def as_json(self) -> dict[str, Any]:
        """The object with which `polyphonie import --json` ends."""
        kept = {name: self.report[name] for name in ("created", "unchanged", "rejected", "duplicates")}
        return kept | {"rejects": str(self.rejects)}


def run(order: Order, progress: Progress | None = None) -> Outcome:
    """Import a source, or only say what it would do. Raises SourceRefused when the file is not sound, Refused when the act
    is not allowed; then nothing was written."""
    progress = progress or Progress()
    ensure(slug_refusal(order.slug))
    if order.format == FORMAT:
        return _copied(order, progress)
    reader = READERS[order.format]
    process = Process.objects.filter(slug=order.slug).first()
    files, left_aside = reader.chosen(files_of(order.path))
    folder = settings.POLYPHONIE_VAR / "imports" / order.slug
    with _alone(folder), _staging(folder) as staging:
        _lay_out(staging, files, reader, progress)
        fingerprints = [(path.name, fingerprint(path)) for path in files]
        source_sha256 = fingerprint_of_all(fingerprints)
        described = [{"name": name, "sha256": digest} for name, digest in fingerprints]
        running = actions.interrupted_import(process, source_format=order.format, source_sha256=source_sha256)
        progress.stage(_("Checking"))
        _hold_against_what_is_here(staging, process, order.format)
        new = new_texts(staging)
        rejects = folder / f"{source_sha256[:16]}.refused.csv"
        refused_rows.write(rejects, staging, files, reader)
        fixed = fixed_numbers(staging)
        last = 0 if process is None else process.last_number
        if running is None and fixed is not None and fixed[0] <= last:
            raise Refused(_("The texts keep the numbers they bore, and this process has already given them to others."))
        first = running.first_number if running else fixed[0] if fixed else last + 1
        give_numbers(staging, first)
        found = report.facts(staging, files=described, left_aside=[path.name for path in left_aside])
        if order.dry_run or not (running or any(found["created"].values()) or _new_consultations(staging, process)):
            return Outcome(found, rejects, None)
        if running is None:
            with writing(lock=f"import/{order.slug}") as now:
                running = actions.begin_import(
                    slug=order.slug,
                    source=staging.process or SourceProcess(0, default_title(staging, order.slug)),
                    source_format=order.format,
                    source_name=order.path.name,
                    source_sha256=source_sha256,
                    texts=new,
                    fixed=fixed,
                    now=now,
                )
            if running.first_number != first:
                give_numbers(staging, running.first_number)
                found = report.facts(staging, files=described, left_aside=[path.name for path in left_aside])
        elif (running.first_number, running.last_number) != (fixed or (first, first + new - 1)):
            raise Refused(_("The interrupted import cannot go on, what it completes has changed: undo it with --undo."))
        batch = take_over(running, staging, found, progress)
        return Outcome(found, rejects, batch)


def _copied(order: Order, progress: Progress) -> Outcome:
    """An export of another installation, or of this one before it was lost, is verified and rebuilt."""
    folder = settings.POLYPHONIE_VAR / "imports" / order.slug
    with _alone(folder):
        found, batch = copying.run(order.path, order.slug, is_dry=order.dry_run, progress=progress)
    return Outcome(found, folder / "none.refused.csv", batch)


def undo(order: Order) -> Import:
    """Take back the last import of this source into this process. Raises Refused when there is none."""
    ensure(slug_refusal(order.slug))
    folder = settings.POLYPHONIE_VAR / "imports" / order.slug
    if order.format == FORMAT:
        with _alone(folder):
            return copying.undo(order.path, order.slug)
    files, _left = READERS[order.format].chosen(files_of(order.path))
    with _alone(folder), writing(lock=f"import/{order.slug}") as now:
        source_sha256 = fingerprint_of_all([(path.name, fingerprint(path)) for path in files])
        batch = (
            Import.objects.filter(process__slug=order.slug, format=order.format, source_sha256=source_sha256)
            .exclude(state__in=(Import.State.UNDONE, Import.State.WITHDRAWN))
            .select_related("process")
            .order_by("-number")
            .first()
        )
        if batch is None:
            raise Refused(_("No import of this file into “%(process)s” is there to take back.") % {"process": order.slug})
        return actions.undo_import(batch, now=now)


def _new_consultations(staging: Staging, process: Process | None) -> bool:
    """Whether the source names a consultation that is not here yet."""
    known = set() if process is None else set(process.consultations.filter(is_imported=True).values_list("title", flat=True))
    return any(title not in known for (title,) in staging.rows("SELECT title FROM consultations"))


def _lay_out(staging: Staging, files: list[Path], reader: ModuleType, progress: Progress) -> None:
    """Read every file once, by rows."""
    for index, path in enumerate(files):
        progress.stage(_("Reading %(name)s") % {"name": path.name})
        ensure_unpacks(path)
        for line in staging.take(index, reader.read(path)):
            progress.reached(line)


def _hold_against_what_is_here(staging: Staging, process: Process | None, source_format: str) -> None:
    standing = standing_imports(process, source_format)
    for batch in standing:
        staging.remember_texts(known_texts(batch))
        staging.remember_votes(known_votes(batch))
        staging.learn_keys(keys_of(batch))
    validate(staging)


@contextmanager
def _staging(folder: Path) -> Iterator[Staging]:
    staging = Staging(folder / "staging.sqlite3", os.urandom(KEY_BYTES))
    try:
        yield staging
    finally:
        staging.close()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One import at a time into a process. Raises Refused when another is at work."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(_("Another import into this process is at work: wait until it ends.")) from error
        yield
