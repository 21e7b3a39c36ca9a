"""What can happen to an import? It begins, takes its texts and votes over by batches, ends; it is undone as a whole."""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from polyphonie.consultation.listing import ORDER_FIELDS, set_order_keys
from polyphonie.consultation.models import ImportedVote
from polyphonie.contributions import search
from polyphonie.contributions.actions import next_numbers
from polyphonie.contributions.models import Contribution, Kind, Revision, SearchText, Status
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append, release_series, written_leaf
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Entry, WaitingEntry, random_key
from polyphonie.opendata.importing import bulk, text_rows, vote_rows
from polyphonie.opendata.importing.readers.rows import SourceProcess
from polyphonie.opendata.importing.text_rows import Leaf, NewText
from polyphonie.opendata.models import Import
from polyphonie.opendata.rules import undo_refusal
from polyphonie.processes.actions import create_process, record_rules
from polyphonie.processes.actions.frame import free_slug, record_referral
from polyphonie.processes.models import Consultation, Process, Referral, Theme
from polyphonie.synthesis.withdrawing import withdraw_printed

HIDDEN_AT_SOURCE = "hidden_at_source"
WITHDRAWN_IMPORT = "import_withdrawn"
ORGANISER_UNKNOWN = "non renseigné"

State = Import.State


def begin_import(
    *,
    slug: str,
    source: SourceProcess,
    source_format: str,
    source_name: str,
    source_sha256: str,
    texts: int,
    fixed: tuple[int, int] | None,
    now: datetime,
) -> Import:
    """Open an import: the process if there is none, its numbers taken at once. `fixed` are the first and last number of texts
    that keep theirs; every number up to the last is then taken."""
    assert_writing()
    process = Process.objects.filter(slug=slug).first()
    if process is None:
        process = create_process(
            slug=slug, title=source.title, organiser=source.organiser or ORGANISER_UNKNOWN, hashtag=source.hashtag, now=now
        )
    wanted = texts if fixed is None else fixed[1] - process.last_number
    first = next_numbers(process, wanted) if wanted else process.last_number + 1
    last = process.imports.order_by("-number").first()
    batch = Import.objects.create(
        process=process,
        number=1 if last is None else last.number + 1,
        format=source_format,
        source_name=source_name[:200],
        source_sha256=source_sha256,
        first_number=first if fixed is None else fixed[0],
        last_number=first + wanted - 1,
        started_at=now,
    )
    if source.referral and not Referral.objects.filter(process=process).exists():
        _record_letter(batch, dict(source.referral), now=now)
    return batch


def _record_letter(batch: Import, letter: dict[str, str], *, now: datetime) -> None:
    asked = {
        **letter,
        "kind": Referral.Kind.GOVERNMENT,
        "received_on": parse_date(letter["received_on"]),
        "deadline_on": parse_date(letter["deadline_on"]),
    }
    record_referral(batch.process, asked, version=None, actor=_actor(batch), now=now)
    batch.report["made_referral"] = True
    batch.save(update_fields=["report"])


def open_consultations(batch: Import, found: Iterable[dict[str, Any]], *, now: datetime) -> dict[str, Consultation]:
    """The imported consultation of each title, made when there is none: a draft, unseen until the import is done."""
    assert_writing()
    consultations: dict[str, Consultation] = {}
    for rank, facts in enumerate(found, start=1):
        title = facts["title"]
        known = batch.process.consultations.filter(title=title, is_imported=True).order_by("pk").first()
        if known is None:
            known = Consultation.objects.create(
                process=batch.process,
                theme=_theme(batch, facts.get("theme", ""), facts.get("theme_number", 0)),
                slug=free_slug(batch.process, title),
                rank=rank,
                title=title,
                presentation=facts.get("presentation", ""),
                opens_at=facts["opens_at"],
                closes_at=facts["closes_at"],
                is_imported=True,
                drawn_on=timezone.localdate(now),
            )
            record_rules(known, now=now, series=_actor(batch))
            batch.report.setdefault("made", []).append(known.slug)
        consultations[title] = known
    batch.save(update_fields=["report"])
    return consultations


def _theme(batch: Import, title: str, number: int) -> Theme | None:
    if not title:
        return None
    process = batch.process
    known = process.themes.filter(title=title).order_by("number").first()
    if known is not None:
        return known
    taken = set(process.themes.values_list("number", flat=True))
    free = number if number and number not in taken else max(taken, default=0) + 1
    batch.report.setdefault("made_themes", []).append(free)
    return Theme.objects.create(process=process, number=free, title=title)


def take_texts(batch: Import, texts: Sequence[NewText]) -> None:
    """Write a batch of texts with their first revisions and `rev` leaves; they are seen once the import is done."""
    assert_writing()
    bulk.insert_rows(Contribution, text_rows.CONTRIBUTIONS.fields, (text.row for text in texts))
    numbers = [text.number for text in texts]
    keys = dict(Contribution.objects.filter(process=batch.process, number__in=numbers).values_list("number", "pk").order_by("pk"))
    written = list(text_rows.first_revisions([(keys[text.number], text) for text in texts]))
    bulk.insert_rows(Revision, text_rows.REVISIONS.fields, (revision for revision, _leaf in written))
    leaves = [leaf for _revision, leaf in written]
    leaves += [_leaf("mod", _hidden_content(batch, text.number)) for text in texts if text.ground == HIDDEN_AT_SOURCE]
    _await_end(batch, leaves)
    shown = (text for text in texts if not text.ground)
    stems = ((keys[text.number], *(text.stems or search.stems_of(text.title, text.body))) for text in shown)
    bulk.insert_rows(SearchText, ("contribution", "title", "text"), stems)


def _leaf(kind: str, content: dict[str, object]) -> Leaf:
    return (kind, *written_leaf(kind, content))


def _append_all(batch: Import, leaves: Iterable[Leaf]) -> None:
    """Add leaves at the end of the log, in bulk."""
    log = batch.process.log_id
    bulk.insert_rows(Entry, ("log", "kind", "leaf", "leaf_hash"), ((log, *leaf) for leaf in leaves))


def _await_end(batch: Import, leaves: Iterable[Leaf]) -> None:
    """Leave leaves to wait for the end of the import: sealed before, they would name texts that nobody can read yet."""
    log, series = batch.process.log_id, _actor(batch)
    rows = ((random_key(), log, series, *leaf) for leaf in leaves)
    bulk.insert_rows(WaitingEntry, ("id", "log", "series", "kind", "leaf", "leaf_hash"), rows)


def _actor(batch: Import) -> str:
    return f"import/{batch.number}"


def _hidden_content(batch: Import, number: int) -> dict[str, object]:
    return {
        "act": "hidden",
        "actor": _actor(batch),
        "ground": HIDDEN_AT_SOURCE,
        "nonce": b64(os.urandom(9)),
        "object": f"contribution/{number}",
    }


def take_votes(batch: Import, votes: vote_rows.Run) -> None:
    """Write a run of votes."""
    assert_writing()
    vote_rows.insert(batch.number, votes)


def drop_votes(batch: Import) -> None:
    """Forget the votes of an interrupted import: the key of their pseudonyms was not kept, they are taken again."""
    assert_writing()
    ImportedVote.objects.filter(contribution__process=batch.process, import_number=batch.number).delete()


def add_to_known(batch: Import, changes: Iterable[tuple[int, dict[str, int]]]) -> None:
    """Add to the counters of texts that an earlier import had taken: (number, {counter: how many})."""
    assert_writing()
    for number, counters in changes:
        text = Contribution.objects.select_related("consultation").get(process=batch.process, number=number)
        for name, more in counters.items():
            setattr(text, name, max(0, getattr(text, name) + more))
        set_order_keys(text, is_imported=text.consultation.is_imported)
        text.save(update_fields=[*counters, *ORDER_FIELDS])


def finish_import(
    batch: Import, *, votes_sha256: str, counts: dict[str, int], rejected: int, report: dict[str, Any], now: datetime
) -> Import:
    """Show it all at once: texts and consultations become public, the `import` leaf and the report are written."""
    assert_writing()
    process = batch.process
    waiting = _of(batch).filter(status=Status.SUBMITTED)
    waiting.filter(status_ground=HIDDEN_AT_SOURCE).update(status=Status.HIDDEN)
    waiting.filter(status_ground=Status.TEXT_UNAVAILABLE).update(status=Status.TEXT_UNAVAILABLE, status_ground="")
    waiting.update(status=Status.PUBLISHED)
    slugs = batch.report.get("made", [])
    process.consultations.filter(slug__in=slugs).update(state=Consultation.State.CLOSED)
    for consultation in process.consultations.filter(is_imported=True).order_by("pk"):
        count_texts(consultation)
    release_series(process.log, [_actor(batch)])
    entry = append(process.log, "import", import_content(batch, votes_sha256=votes_sha256, counts=counts, rejected=rejected))
    batch.leaf_hash = bytes(entry.leaf_hash)
    batch.votes_sha256 = votes_sha256
    batch.report = {**batch.report, **report}
    batch.state = State.DONE
    batch.finished_at = now
    batch.save()
    is_all_taken_over = not process.consultations.filter(is_imported=False).exists()
    Process.objects.filter(pk=process.pk).update(is_listed=True, is_taken_over=is_all_taken_over)
    return batch


def import_content(batch: Import, *, votes_sha256: str, counts: dict[str, int], rejected: int) -> dict[str, object]:
    """The content of the `import` leaf; `counts` are those of proposals, arguments, sources, completions, votes."""
    return {
        "counts": list(counts.values()),
        "format": batch.format,
        "import": batch.number,
        "rejected": rejected,
        "source": b64(bytes.fromhex(batch.source_sha256)),
        "votes": b64(bytes.fromhex(votes_sha256)),
    }


def count_texts(consultation: Consultation) -> None:
    """Recount the visible texts of a consultation."""
    visible = Contribution.objects.filter(consultation=consultation, status=Status.PUBLISHED)
    proposals = visible.filter(kind=Kind.PROPOSAL).count()
    Consultation.objects.filter(pk=consultation.pk).update(texts=visible.count(), proposals=proposals)


def undo_import(batch: Import, *, now: datetime) -> Import:
    """Take a whole import back: as if it had not been while nobody can have read it, else withdrawn, its numbers kept."""
    assert_writing()
    ensure(undo_refusal(batch, has_successor=_has_successor(batch)))
    was_running = batch.state == State.RUNNING
    if is_seen(batch):
        _withdraw(batch, now=now)
        batch.state = State.WITHDRAWN
    else:
        _erase(batch)
        batch.state = State.UNDONE
    if not was_running:
        append(batch.process.log, "import", {"import": batch.number, "undoes": b64(bytes(batch.leaf_hash or b""))})
    batch.finished_at = now
    batch.save(update_fields=["state", "finished_at"])
    for consultation in batch.process.consultations.filter(is_imported=True).order_by("pk"):
        count_texts(consultation)
    if not batch.process.consultations.exclude(state=Consultation.State.DRAFT).exists():
        Process.objects.filter(pk=batch.process_id).update(is_listed=False)
    let_go()
    withdraw_printed(batch.process.slug)
    return batch


def is_seen(batch: Import) -> bool:
    """Whether some leaf of it is sealed, or pages that show it have been served since."""
    if batch.is_public:
        return True
    leaves = Revision.objects.filter(contribution__in=_of(batch).values("pk")).values("leaf_hash")
    made = batch.process.consultations.filter(slug__in=batch.report.get("made", [])).values("config_leaf")
    of_it = Q(leaf_hash__in=leaves) | Q(leaf_hash__in=made) | Q(leaf_hash=batch.leaf_hash or b"")
    return Entry.objects.filter(of_it, log=batch.process.log_id, position__isnull=False).exists()


def _has_successor(batch: Import) -> bool:
    """Whether a later import that still stands may rest on its texts."""
    return batch.process.imports.filter(number__gt=batch.number, state__in=(State.DONE, State.RUNNING)).exists()


def _of(batch: Import) -> Any:
    """Its texts."""
    return Contribution.objects.filter(process=batch.process, number__range=(batch.first_number, batch.last_number))


def _erase(batch: Import) -> None:
    log, texts = batch.process.log_id, _of(batch)
    keys = texts.values("pk")
    made = batch.process.consultations.filter(slug__in=batch.report.get("made", []))
    _uncount(batch)
    drop_votes(batch)
    WaitingEntry.objects.filter(log=log, series=_actor(batch)).delete()
    leaves = Revision.objects.filter(contribution__in=keys).values("leaf_hash")
    Entry.objects.filter(log=log, kind="rev", position__isnull=True, leaf_hash__in=leaves).delete()
    Entry.objects.filter(log=log, kind="mod", position__isnull=True, leaf__contains=f'"actor":"{_actor(batch)}"').delete()
    Entry.objects.filter(log=log, kind="config", leaf_hash__in=made.values("config_leaf")).delete()
    SearchText.objects.filter(contribution__in=keys).delete()
    Revision.objects.filter(contribution__in=keys)._raw_delete(using=connection.alias)
    texts._raw_delete(using=connection.alias)
    for consultation in made:
        if not Contribution.objects.filter(consultation=consultation).exists():
            consultation.delete()
    numbers = batch.report.get("made_themes", [])
    batch.process.themes.filter(number__in=numbers, consultations__isnull=True).delete()
    if batch.report.get("made_referral"):
        Referral.objects.filter(process=batch.process).delete()


def _withdraw(batch: Import, *, now: datetime) -> None:
    texts = _of(batch)
    numbered = texts.exclude(status=Status.WITHDRAWN).order_by("number")
    erased = [
        _leaf("erase", {"ground": WITHDRAWN_IMPORT, "leaf": b64(bytes(leaf)), "object": f"contribution/{number}"})
        for number, leaf in Revision.objects.filter(contribution__in=numbered.values("pk"))
        .order_by("contribution__number", "number")
        .values_list("contribution__number", "leaf_hash")
    ]
    _append_all(batch, erased)
    _uncount(batch)
    drop_votes(batch)
    keys = texts.values("pk")
    SearchText.objects.filter(contribution__in=keys).delete()
    Revision.objects.filter(contribution__in=keys).update(title="", body="", url="", category="", salt=None, author_salt=None)
    texts.update(
        title="", body="", url="", category="", author_name="", origin_address="", section="",
        imported_agree=0, imported_mixed=0, imported_disagree=0, declared_votes=None,
        arguments_for=0, arguments_against=0, sources=0, completions=0,
        status=Status.WITHDRAWN, status_ground=WITHDRAWN_IMPORT, status_since=now,
    )  # fmt: skip


def _uncount(batch: Import) -> None:
    """Take what this import added away from the counters of texts it did not bring."""
    added: list[tuple[int, dict[str, int]]] = batch.report.get("added_to", [])
    add_to_known(batch, [(number, {name: -more for name, more in counters.items()}) for number, counters in added])


def interrupted_import(process: Process | None, *, source_format: str, source_sha256: str) -> Import | None:
    """The interrupted import of this very source, to go on with; raises Refused when another one was interrupted."""
    running = None if process is None else process.imports.filter(state=State.RUNNING).first()
    if running is None or (running.format, running.source_sha256) == (source_format, source_sha256):
        return running
    sentence = _("Import %(number)d (%(name)s) was interrupted: run it again with its file, or undo it with --undo.")
    raise Refused(sentence % {"number": running.number, "name": running.source_name})


def note_public() -> int:
    """Every import that is done in a process that is shown may have been read since; how many are noted so."""
    assert_writing()
    return Import.objects.filter(state=State.DONE, is_public=False, process__is_listed=True).update(is_public=True)
