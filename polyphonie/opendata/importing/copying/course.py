"""How does a published folder become an equal process, closed to votes? It is verified first, by the installed verifier; what
it holds is held against what may be shown here; then it is rebuilt, exported again, compared to the byte, and only then shown.
"""

import os
import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger.rules import names_of
from polyphonie.opendata import verify
from polyphonie.opendata.copies import OTHER_FILES
from polyphonie.opendata.importing.copying import rebuilding
from polyphonie.opendata.importing.copying.foreign import KINDS, Foreign, fitting
from polyphonie.opendata.importing.copying.foreign_comments import comments_in, documents_in
from polyphonie.opendata.importing.copying.foreign_syntheses import fates_in, versions_in
from polyphonie.opendata.importing.copying.kept import ensure_kept_rows
from polyphonie.opendata.importing.copying.rebuilding import FORMAT
from polyphonie.opendata.importing.progress import Progress
from polyphonie.opendata.importing.reading import SourceRefused, fingerprint, fingerprint_of_all
from polyphonie.opendata.importing.staging import ANSWERABLE
from polyphonie.opendata.models import Import
from polyphonie.processes.models import Process

READ = (*verify.COVERED, *OTHER_FILES)
MOST_ENTRIES = 2_000
LARGEST_FRAME = 64 << 20
LARGEST_KEPT = verify.LONGEST_LINE - 1
HOLLOW = 50
"""A file fifty times as long as what the disk holds of it is hollow; one that the disk compresses is not."""
NOTHING = {"argument": 0, "source": 0, "completion": 0, "proposal": 0, "vote": 0}
MISSHAPEN = (*verify.MISSHAPEN, DatabaseError)


class FirstWrong(verify.Report):
    """A report that does not go on after the first thing it finds wrong."""

    def wrong(self, code: str, sentence: str, *values: object) -> None:
        super().wrong(code, sentence, *values)
        first = self.first[code]
        raise SourceRefused(_("This folder does not verify, nothing was written: %(sentence)s") % {"sentence": first})


def ensure_plain(path: Path) -> None:
    """A folder of regular files, none of them larger than what it describes can be. Raises SourceRefused before reading any."""
    if not path.is_dir():
        raise SourceRefused(_("%(path)s is not the folder of an export: unpack the archive first.") % {"path": path})
    seen = 0
    for parent, folders, names in os.walk(path):
        for name in (*folders, *names):
            seen += 1
            found, words = (Path(parent) / name).lstat(), {"name": name[:80]}
            if seen > MOST_ENTRIES or not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
                raise SourceRefused(_("%(name)s is not a file of an export: a link, a device, or one too many.") % words)
            if found.st_size > LARGEST_FRAME and found.st_blocks * 512 * HOLLOW < found.st_size:
                raise SourceRefused(_("%(name)s says that it is larger than what it holds: it is refused.") % words)
    for name in (*READ, "datapackage.json"):
        if not (path / name).is_file():
            raise SourceRefused(_("This is not the folder of an export: %(name)s is not in it.") % {"name": name})
    limits = {"process.json": LARGEST_FRAME, "datapackage.json": LARGEST_KEPT, "ledger/checkpoint": 1 << 16}
    for name, most in (limits | dict.fromkeys(OTHER_FILES, LARGEST_KEPT)).items():
        if (path / name).stat().st_size > most:
            raise SourceRefused(_("%(name)s is too large to be what it says.") % {"name": name})


def ensure_right(path: Path, progress: Progress) -> int:
    """The installed verifier agrees with every file. Raises SourceRefused with its first sentence; how many leaves."""
    progress.stage(_("Verification"))
    report = FirstWrong()
    verify.verify(str(path), report=report)
    if not report.is_right:
        undone = ", ".join(sorted(report.undone))
        raise SourceRefused(_("This folder does not verify, nothing was written: %(sentence)s") % {"sentence": undone})
    return int(report.facts["size"])


def ensure_fits(source: Foreign, slug: str) -> dict[str, int]:
    """Every record fits where it would go. Raises SourceRefused; how many of each kind."""
    process = fitting(Process(slug=slug, **source.process_facts()))
    source.referral(process)
    themes = {theme.number: theme for theme in source.themes(process)}
    by_slug = {one.slug: one for one in source.consultations(process, themes)}
    for records in (source.extensions(by_slug), source.rules(by_slug, source.last_seal()), source.acts(process, by_slug)):
        for _record in records:
            continue
    created = dict(NOTHING)
    for _number, _revision in source.revisions():
        continue
    kinds: dict[int, str] = {}
    for kind in KINDS:
        for text, about in source.texts(process, by_slug, kind):
            _ensure_shape(text, kinds.get(about, "") if about else "")
            kinds[text.number] = kind
            created[kind] += 1
    for _document in documents_in(source, process):
        continue
    for _comment in comments_in(source):
        continue
    for _version in versions_in(source):
        continue
    for _fate in fates_in(source):
        continue
    for _opening in source.openings():
        created["vote"] += 1
    for _taken in source.taken_over():
        created["vote"] += 1
    return created


def ensure_read(path: Path, slug: str) -> tuple[Foreign, dict[str, int]]:
    """What a folder that verifies holds, every row of it read once, and how many of each kind. Raises SourceRefused."""
    try:
        source = Foreign(path)
        ensure_kept_rows(source)
        return source, ensure_fits(source, slug)
    except MISSHAPEN as error:
        raise SourceRefused(_("This folder verifies, but cannot be read as an export of Polyphonie.")) from error


def _ensure_shape(text: Contribution, about_kind: str) -> None:
    """A text answers what its kind may answer, and says no more than its kind does."""
    text.about_kind = about_kind
    allowed = ANSWERABLE.get(text.kind, ("",))
    is_argument, is_source = text.kind == Kind.ARGUMENT, text.kind == Kind.SOURCE
    is_right = about_kind in allowed and bool(text.side) == is_argument and (is_source or not (text.url or text.category))
    if not is_right or (text.nature and text.kind != Kind.PROPOSAL):
        raise SourceRefused(_("#%(number)d does not have the shape of its kind.") % {"number": text.number})


def run(path: Path, slug: str, *, is_dry: bool, progress: Progress) -> tuple[dict[str, Any], Import | None]:
    """Rebuild, or only say what would be: the report, and the record of the import when something is new."""
    ensure_plain(path)
    process = Process.objects.filter(slug=slug).first()
    leaves = ensure_right(path, progress)
    fingerprints = [(name, fingerprint(path / name)) for name in READ]
    source_sha256 = fingerprint_of_all(fingerprints)
    standing = _standing(process, source_sha256)
    progress.stage(_("Checking"))
    source, created = ensure_read(path, slug)
    report = {
        "files": [{"name": name, "sha256": digest} for name, digest in fingerprints],
        "created": created,
        "unchanged": dict(NOTHING),
        "rejected": 0,
        "duplicates": 0,
        "origin": source.origin,
        "leaves": leaves,
        "checkpoint": source.checkpoints[-1]["note"],
    }
    if standing is not None and standing.state == Import.State.DONE:
        return report | {"created": dict(NOTHING), "unchanged": created}, None
    ensure_elsewhere(source.origin, slug, standing)
    if is_dry:
        return report, None
    return report, _rebuilt(path, slug, source, source_sha256, report, standing, progress)


def _standing(process: Process | None, source_sha256: str) -> Import | None:
    """The copy that is here already, whole or interrupted. Raises Refused when something else has this address."""
    if process is None:
        return None
    batch = process.imports.filter(format=FORMAT).order_by("number").first()
    if not process.copied_from or batch is None:
        raise Refused(
            _("“%(process)s” is a process of this site: a copy needs an address of its own.") % {"process": process.slug}
        )
    if batch.source_sha256 != source_sha256 and batch.state == Import.State.DONE:
        raise Refused(_("“%(process)s” is a copy of another folder: take it back first with --undo.") % {"process": process.slug})
    return batch


def ensure_elsewhere(origin: str, slug: str, standing: Import | None) -> None:
    """A register has one place here."""
    held = Process.objects.filter(log__origin=origin)
    if standing is not None:
        held = held.exclude(pk=standing.process_id)
    if held.exists():
        raise Refused(
            _("The register of %(origin)s is here already: under another address it would be there twice.") % {"origin": origin}
        )
    host, _slash, there = names_of(origin)[0].partition("/")
    if host == settings.POLYPHONIE_HOST and there != slug:
        raise Refused(
            _("This register is that of %(origin)s, on this very site: give the copy that address.") % {"origin": origin}
        )


def _rebuilt(
    path: Path,
    slug: str,
    source: Foreign,
    source_sha256: str,
    report: dict[str, Any],
    standing: Import | None,
    progress: Progress,
) -> Import:
    lock = f"import/{slug}"
    batch: Import | None = standing
    try:
        with writing(lock=lock) as now:
            if standing is not None:  # interrupted: nothing of it was seen, it is made anew
                rebuilding.erase(standing.process)
            batch = rebuilding.begin(source, slug=slug, name=path.name, source_sha256=source_sha256, now=now)
        rebuilding.fill(batch, source, progress)
        progress.stage(_("Comparing with the source"))
        rebuilding.ensure_equal(batch, path, slug_there=source.document["process"]["slug"])
        with writing(lock=lock) as now:
            return rebuilding.finish(batch, report, now=now)
    except (SourceRefused, *MISSHAPEN) as error:
        with writing(lock=lock):
            half = Process.objects.filter(slug=slug, is_listed=False).exclude(copied_from="").first()
            if half is not None:
                rebuilding.erase(half)
        if isinstance(error, SourceRefused):
            raise
        raise SourceRefused(_("This folder verifies, but cannot be rebuilt here: nothing of it was kept.")) from error


def undo(path: Path, slug: str) -> Import:
    """Take the copy away, register included: nothing in it was signed here. Raises Refused when there is none."""
    ensure_plain(path)
    source_sha256 = fingerprint_of_all([(name, fingerprint(path / name)) for name in READ])
    with writing(lock=f"import/{slug}"):
        batch = (
            Import.objects.filter(process__slug=slug, format=FORMAT, source_sha256=source_sha256)
            .select_related("process")
            .first()
        )
        if batch is None:
            raise Refused(_("No import of this file into “%(process)s” is there to take back.") % {"process": slug})
        batch.report = {"created": _created(batch)}
        rebuilding.erase(batch.process)
        batch.state = Import.State.UNDONE
        return batch


def _created(batch: Import) -> dict[str, int]:
    found = dict.fromkeys(NOTHING, 0)
    found.update(batch.report.get("created", {}))
    return found
