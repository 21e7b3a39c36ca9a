"""What is published of voices? Their present state, every public revision with what opens its commitments, the erasures."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q

from polyphonie.contributions.commitments import minute, text_document
from polyphonie.contributions.models import Contribution, Revision, Status
from polyphonie.core.tables import CSV, JSON_LINES, Column, Row, Table
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.queries import positions_of
from polyphonie.processes.models import Process

AT_ONCE = 1_000
GONE = (Status.WITHDRAWN, Status.ERASED, Status.REMOVED)
SHOWN = (Status.PUBLISHED, Status.TEXT_UNAVAILABLE)


def _contributions(process: Process) -> Iterator[Row]:
    texts = (
        Contribution.objects.filter(process=process)
        .exclude(status=Status.SUBMITTED)
        .select_related("consultation", "about", "speaks_for")
        .order_by("number")
    )
    for text in texts.iterator(chunk_size=AT_ONCE):
        is_shown = text.status in SHOWN
        yield {
            "number": text.number,
            "kind": text.kind,
            "nature": text.nature,
            "consultation": text.consultation.slug,
            "section": text.section,
            "about": None if text.about is None else text.about.number,
            "side": text.side,
            "title": text.title if is_shown else "",
            "body": text.body if is_shown else "",
            "url": text.url if is_shown else "",
            "author": text.author_name if is_shown else "",
            "author_kind": text.author_kind if is_shown else "",
            "verified": is_shown and text.is_verified,
            "origin": text.origin,
            "origin_address": text.origin_address if is_shown else "",
            "published_at": minute(text.published_at),
            "revision": text.revision,
            "status": text.status,
            "agree": text.agree,
            "mixed": text.mixed,
            "disagree": text.disagree,
            "arguments_for": text.arguments_for,
            "arguments_against": text.arguments_against,
            "sources": text.sources,
            "fate": text.fate,
        }


CONTRIBUTIONS = Table(
    "contributions",
    CSV,
    "Every numbered text in its present state",
    (
        Column("number", "integer", "Its number for ever, in the one series of the process."),
        Column("kind", "string", "proposal, argument, source or completion."),
        Column("nature", "string", "diagnosis, solution, or empty."),
        Column("consultation", "string", "The word of its consultation in addresses."),
        Column("section", "string", "Its section in the source, for a text taken over from another site."),
        Column("about", "integer", "The number of the text it answers; empty for a proposal."),
        Column("side", "string", "for or against, for an argument."),
        Column("title", "string", "Its title; empty when it has none or is not shown."),
        Column("body", "string", "Its text, plain; empty when it is not shown."),
        Column("url", "string", "The address of a source."),
        Column("author", "string", "The name printed beside it; empty when it is not shown."),
        Column("author_kind", "string", "public_organisation or private_organisation when it was said for one."),
        Column("verified", "boolean", "Whether the identity of that organisation was checked; gives no weight."),
        Column("origin", "string", "web, workshop, booth, paper, mail, public_debate or import."),
        Column("origin_address", "string", "Where it stood before, for a text taken over."),
        Column("published_at", "datetime", "When it was published, to the minute."),
        Column("revision", "integer", "The number of its current revision."),
        Column("status", "string", "published, withdrawn, hidden, removed, erased or text_unavailable."),
        Column("agree", "integer", "Votes cast here on the current revision: agree."),
        Column("mixed", "integer", "Votes cast here on the current revision: mixed."),
        Column("disagree", "integer", "Votes cast here on the current revision: disagree."),
        Column("arguments_for", "integer", "Arguments for it that are shown."),
        Column("arguments_against", "integer", "Arguments against it that are shown."),
        Column("sources", "integer", "Sources brought to it that are shown."),
        Column("fate", "string", "What became of it; empty until it is decided."),
    ),
    _contributions,
)


def _revisions(process: Process) -> Iterator[Row]:
    revisions = (
        Revision.objects.filter(contribution__process=process)
        .exclude(contribution__status=Status.SUBMITTED)
        .select_related("contribution__consultation", "contribution__about")
        .order_by("contribution__number", "number")
    )
    some: list[Revision] = []
    for revision in revisions.iterator(chunk_size=AT_ONCE):
        some.append(revision)
        if len(some) == AT_ONCE:
            yield from _opened(process, some)
            some = []
    yield from _opened(process, some)


def _opened(process: Process, revisions: list[Revision]) -> Iterator[Row]:
    positions = positions_of(process.log, [bytes(revision.leaf_hash) for revision in revisions])
    for revision in revisions:
        yield {**_opening(revision), "leaf": positions[bytes(revision.leaf_hash)]}


def _opening(revision: Revision) -> Row:
    """What opens the commitments of a revision; of a text that is not shown, nothing."""
    text = revision.contribution
    about = None if text.about is None else text.about.number
    is_open = text.status in SHOWN and revision.salt is not None
    is_named = is_open and revision.author_salt is not None and not text.hidden_author_name
    document: dict[str, Any] | None = text_document(text, revision, about=about) if is_open else None
    return {
        "contribution": text.number,
        "revision": revision.number,
        "reason": revision.reason,
        "document": document,
        "salt": b64(bytes(revision.salt)) if is_open and revision.salt is not None else None,
        "author": text.author_name if is_named else None,
        "author_salt": b64(bytes(revision.author_salt)) if is_named and revision.author_salt is not None else None,
    }


REVISIONS = Table(
    "revisions",
    JSON_LINES,
    "Every public revision of every text, with what opens the commitments of its leaf",
    (
        Column("contribution", "integer", "The number of the text."),
        Column("revision", "integer", "The number of the revision, from 1."),
        Column("reason", "string", "author, typographic, masked or moved."),
        Column("document", "object", "The canonical document of the text; null when it is withdrawn, hidden or erased."),
        Column("salt", "string", "The salt of its commitment, base64url; null with the document."),
        Column("author", "string", "The name printed beside it; null when it is erased or not shown."),
        Column("author_salt", "string", "The salt of the author's commitment; erasable alone."),
        Column("leaf", "integer", "The position of its `rev` leaf in ledger/leaves.jsonl."),
    ),
    _revisions,
)


def _erasures(process: Process) -> Iterator[Row]:
    masked_at = Max("revisions__published_at", filter=Q(revisions__reason=Revision.Reason.MASKED))
    texts = (
        Contribution.objects.filter(process=process)
        .annotate(masked_at=masked_at)
        .filter(
            Q(status__in=GONE)
            | Q(masked_at__isnull=False)
            | Q(author__closed_on__isnull=False, author_name="")
            | ~Q(hidden_author_name="")
        )
        .select_related("author")
        .order_by("number")
    )
    for text in texts.iterator(chunk_size=AT_ONCE):
        for day, ground in _erased_of(text, text.masked_at):
            yield {"number": text.number, "erased_on": None if day is None else day.isoformat(), "ground": ground}


def _erased_of(text: Contribution, masked_at: datetime | None) -> Iterator[tuple[date | None, str]]:
    """What re-users are asked to delete of a text: the whole of it, or a passage, or the name beside it."""
    if text.status in GONE:
        yield text.status_since.date() if text.status_since else None, text.status_ground
        return
    if masked_at is not None:
        yield masked_at.date(), "masked"
    if text.hidden_author_name:
        yield text.author.name_hidden_on if text.author else None, "name_hidden"
    elif text.author is not None and text.author.closed_on is not None and not text.author_name:
        yield text.author.closed_on, "closed_account"


ERASURES = Table(
    "erasures",
    CSV,
    "The texts, or the names of authors, that those who downloaded them are asked to delete",
    (
        Column("number", "integer", "The number, which stays."),
        Column("erased_on", "date", "The day it was erased here."),
        Column(
            "ground",
            "string",
            "Why: author, or the ground of a decision; masked: a passage; closed_account, name_hidden: the author’s name alone.",
        ),
    ),
    _erasures,
)
