"""How is a process rebuilt from its published files? Unlisted, by bounded transactions; then it is exported again and held
against its source byte for byte, and only then shown. Undone, nothing of it is left: nothing in it was ours to sign.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.annotations.models import Annotation, Document
from polyphonie.consultation.listing import draw, set_order_keys
from polyphonie.consultation.models import ImportedVote, Opening
from polyphonie.contributions import search
from polyphonie.contributions.models import UNDRAWN, Contribution, Kind, Revision, SearchText, Status
from polyphonie.core.writing import assert_writing, writing
from polyphonie.ledger import tree
from polyphonie.ledger.actions import open_copy
from polyphonie.ledger.models import Checkpoint, Entry, Log
from polyphonie.opendata.actions import count_texts
from polyphonie.opendata.copies import KEPT_FILES, OTHER_FILES
from polyphonie.opendata.export import write_files
from polyphonie.opendata.importing import bulk
from polyphonie.opendata.importing.copying.foreign import KINDS, Foreign
from polyphonie.opendata.importing.copying.foreign_comments import comments_in, documents_in
from polyphonie.opendata.importing.copying.rebuilding_syntheses import Versions, fill_fates, fill_syntheses
from polyphonie.opendata.importing.progress import Progress
from polyphonie.opendata.importing.reading import SourceRefused
from polyphonie.opendata.models import Copy, Import, KeptFile
from polyphonie.opendata.verify import COVERED
from polyphonie.processes.models import Act, Consultation, Extension, Process, RulesInForce

FORMAT = "polyphonie"
LEAVES_AT_ONCE = VOTES_AT_ONCE = 20_000
TEXTS_AT_ONCE = 1_000
COMMENTS_AT_ONCE = 500
Item = TypeVar("Item")


def begin(source: Foreign, *, slug: str, name: str, source_sha256: str, now: datetime) -> Import:
    """The process, unlisted, with its frame: everything but leaves, texts and votes."""
    assert_writing()
    process = Process.objects.create(
        slug=slug,
        log=open_copy(source.origin),
        copied_from=source.origin,
        created_on=timezone.localdate(now),
        **source.process_facts(),
    )
    Copy.objects.create(process=process, document=source.document_text)
    for kept in KEPT_FILES:
        KeptFile.objects.create(process=process, name=kept, content=source.folder.text(kept))
    referral = source.referral(process)
    if referral is not None:
        referral.save()
    themes = source.themes(process)
    for theme in themes:
        theme.save()
    by_slug = {}
    for consultation in source.consultations(process, {theme.number: theme for theme in themes}):
        consultation.save()
        by_slug[consultation.slug] = consultation
    Extension.objects.bulk_create(source.extensions(by_slug))
    RulesInForce.objects.bulk_create(source.rules(by_slug, now))
    Act.objects.bulk_create(source.acts(process, by_slug))
    return Import.objects.create(
        process=process,
        number=1,
        format=FORMAT,
        source_name=name[:200],
        source_sha256=source_sha256,
        first_number=1,
        last_number=0,
        started_at=now,
    )


def fill(batch: Import, source: Foreign, progress: Progress) -> None:
    """Leaves, texts, versions and votes, some at a time."""
    process = batch.process
    lock = f"import/{process.slug}"
    progress.stage(_("Register"), len(source.hashes) // 32)
    _fill_ledger(process.log, source, lock, progress)
    progress.stage(_("Writing texts"))
    places = _fill_texts(process, source, lock)
    versions = _fill_comments(process, source, lock)
    fill_syntheses(process, source, versions, lock)
    fill_fates(process, source, {number: place[0] for number, place in places.items()}, lock)
    progress.stage(_("Writing votes"))
    votes = _fill_votes(source, places, lock, progress)
    with writing(lock=lock):
        for consultation in Consultation.objects.filter(process=process).order_by("pk"):
            Consultation.objects.filter(pk=consultation.pk).update(votes=votes[consultation.pk])
            count_texts(consultation)
        last = max(places, default=0)
        Process.objects.filter(pk=process.pk).update(last_number=last)
        batch.last_number = last
        batch.save(update_fields=["last_number"])


def _some(items: Iterator[Item], count: int) -> Iterator[list[Item]]:
    while together := list(islice(items, count)):
        yield together


def _fill_ledger(log: Log, source: Foreign, lock: str, progress: Progress) -> None:
    frontier: list[bytes] = []
    size = 0
    for together in _some(source.leaves(), LEAVES_AT_ONCE):
        with writing(lock=lock):
            names = ("log", "kind", "leaf", "leaf_hash", "position")
            bulk.insert_rows(Entry, names, ((log.pk, *leaf) for leaf in together))
        for _kind, _leaf, hashed, position in together:
            tree.append_to(frontier, position, hashed)
        size += len(together)
        progress.reached(size)
    with writing(lock=lock):
        Log.objects.filter(pk=log.pk).update(size=size, frontier=b"".join(frontier))
        for checkpoint in source.kept_checkpoints():
            checkpoint.log = log
            checkpoint.save()


Places = dict[int, tuple[int, int, str]]
"""Where each text stands: its number, its key, the key of its consultation, its kind."""


def _fill_texts(process: Process, source: Foreign, lock: str) -> Places:
    by_slug = {one.slug: one for one in process.consultations.order_by("pk")}
    places: Places = {}
    completions: Counter[int] = Counter()
    for _number, _revision in source.revisions():  # learns the category of each source
        continue
    for kind in KINDS:
        for together in _some(source.texts(process, by_slug, kind), TEXTS_AT_ONCE):
            for text, about in together:
                _answer(text, about, places)
                _order(text, source)
                if kind == Kind.COMPLETION and text.status == Status.PUBLISHED:
                    completions[places[about][0]] += 1
            with writing(lock=lock):
                places |= _write_texts(process, [text for text, _about in together])
    for versions in _some(source.revisions(), TEXTS_AT_ONCE):
        for number, revision in versions:
            revision.contribution_id = places[number][0]
        with writing(lock=lock):
            bulk.insert([revision for _number, revision in versions])
    with writing(lock=lock):
        for pk, count in completions.items():
            Contribution.objects.filter(pk=pk).update(completions=count)
    return places


def _fill_comments(process: Process, source: Foreign, lock: str) -> Versions:
    """Commented texts with their versions, which are returned, then comments with their places."""
    documents: dict[str, Document] = {}
    versions: Versions = {}
    with writing(lock=lock):
        for document, its_versions in documents_in(source, process):
            document.save()
            documents[document.slug] = document
            for version in its_versions:
                version.document = document
                version.save()
                versions[document.slug, version.number] = version
    discussions: dict[tuple[str, int], Annotation] = {}
    for together in _some(comments_in(source), COMMENTS_AT_ONCE):
        with writing(lock=lock):
            for one in together:
                record = one.record
                record.document = documents[one.text]
                record.written_on = versions[one.text, one.written_on]
                record.discussion = None if one.discussion is None else discussions[one.text, one.discussion]
                record.answered_in = None if one.answered_in is None else versions[one.text, one.answered_in]
                record.save()
                discussions[one.text, record.number] = record
                for number, anchor in one.places:
                    anchor.annotation, anchor.version = record, versions[one.text, number]
                    anchor.save()
                Document.objects.filter(pk=record.document_id).update(last_number=record.number)
    return versions


def _answer(text: Contribution, about: int, places: Places) -> None:
    if about:
        text.about_id, _consultation, text.about_kind = places[about]


def _order(text: Contribution, source: Foreign) -> None:
    """The keys of its list orders: recomputed, but for the draw of the day, which listings.csv holds."""
    consultation = text.consultation
    set_order_keys(text, is_imported=consultation.is_imported)
    if text.number in source.draws:
        text.order_draw = source.draws[text.number]
    elif consultation.drawn_on is not None:
        text.order_draw = draw(bytes(consultation.config_leaf or b""), consultation.drawn_on, text.number)
    else:
        text.order_draw = UNDRAWN


def _write_texts(process: Process, texts: list[Contribution]) -> Places:
    bulk.insert(texts)
    numbers = [text.number for text in texts]
    found = Contribution.objects.filter(process=process, number__in=numbers).order_by("number")
    names = ("number", "pk", "consultation_id", "kind")
    places = {number: (pk, consultation, kind) for number, pk, consultation, kind in found.values_list(*names)}
    shown = [text for text in texts if text.status == Status.PUBLISHED]
    stems = ((places[text.number][0], *search.stems_of(text.title, text.body)) for text in shown)
    bulk.insert_rows(SearchText, ("contribution", "title", "text"), stems)
    return places


def _fill_votes(source: Foreign, places: Places, lock: str, progress: Progress) -> Counter[int]:
    counted: Counter[int] = Counter()
    done = 0
    names: tuple[str, ...] = ("contribution", "leaf_position", "revision", "position", "salt", "nonce_hash")
    for opened in _some(source.openings(), VOTES_AT_ONCE):
        for number, *_rest in opened:
            counted[places[number][1]] += 1
        with writing(lock=lock):
            bulk.insert_rows(Opening, names, ((places[number][0], *rest) for number, *rest in opened))
        done += len(opened)
        progress.reached(done)
    names = ("import_number", "line", "contribution", "voter", "revision", "position", "source_key")
    for taken in _some(source.taken_over(), VOTES_AT_ONCE):
        rows = ((number, line, places[text][0], b"", revision, position, 0) for number, line, text, revision, position in taken)
        with writing(lock=lock):
            bulk.insert_rows(ImportedVote, names, rows)
        done += len(taken)
        progress.reached(done)
    return counted


def ensure_equal(batch: Import, source: Path, *, slug_there: str) -> None:
    """Export it again: what the register covers, and what was kept, must be the source's byte for byte. Raises SourceRefused."""
    process = Process.objects.select_related("log").get(pk=batch.process_id)
    with tempfile.TemporaryDirectory(prefix=".copy-", dir=settings.POLYPHONIE_VAR) as made:
        write_files(process, Path(made))
        for name in (*COVERED, *OTHER_FILES):
            if name == "process.json" and process.slug != slug_there:
                continue
            if not same_bytes(Path(made) / name, source / name):
                raise SourceRefused(
                    _("This folder verifies, but %(name)s cannot be given back to the byte: another release wrote it.")
                    % {"name": name}
                )


def same_bytes(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes, read by pieces."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while piece := left.read(1 << 20):
            if piece != right.read(1 << 20):
                return False
    return True


def finish(batch: Import, report: dict[str, Any], *, now: datetime) -> Import:
    """Show it."""
    assert_writing()
    batch.state = Import.State.DONE
    batch.report = report
    batch.finished_at = now
    batch.save()
    Process.objects.filter(pk=batch.process_id).update(is_listed=True)
    return batch


def erase(process: Process) -> None:
    """Take the whole copy away, register included."""
    assert_writing()
    assert process.copied_from
    texts = Contribution.objects.filter(process=process)
    for model in (Opening, ImportedVote, SearchText, Revision):
        rows: Any = model._default_manager.filter(contribution__in=texts.values("pk"))
        rows._raw_delete(using=rows.db)
    log = process.log_id
    texts.delete()
    process.delete()
    for kept in (Entry, Checkpoint):
        rows = kept._default_manager.filter(log=log)
        rows._raw_delete(using=rows.db)
    Log.objects.filter(pk=log).delete()
