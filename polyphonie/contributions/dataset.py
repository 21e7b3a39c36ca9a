"""What is published of voices? Their present state, every public revision with what opens its commitments, the erasures."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Count, Max, Q

from polyphonie.accounts.models import OrganisationKind
from polyphonie.contributions.commitments import fate_document, minute, text_document
from polyphonie.contributions.models import Contribution, Fate, Kind, Nature, Origin, Outcome, Revision, Side, Status
from polyphonie.core.tables import CSV, JSON_LINES, Column, Part, Placed, Row, Table, UnknownPlace, chosen, in_turn
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.queries import positions_of
from polyphonie.processes.models import Process

AT_ONCE = 1_000
GONE = (Status.WITHDRAWN, Status.ERASED, Status.REMOVED)
SHOWN = (Status.PUBLISHED, Status.TEXT_UNAVAILABLE)
CITIZEN = "citizen"
KINDS = (CITIZEN, *OrganisationKind.values)
BY_COLUMN = {
    "consultation": "consultation__slug",
    "kind": "kind",
    "status": "status",
    "author_kind": "author_kind",
    "number": "number",
    "about": "about__number",
}
WITHIN_A_TEXT = {"contribution__number": int, "number": int}

OPENING = (
    Column(
        "salt", "string", "The salt of its commitment, base64url; null with the document.", is_nullable=True, is_computed=True
    ),
    Column("author", "string", "The name printed beside it; null when it is erased or not shown.", is_nullable=True),
    Column("author_salt", "string", "The salt of the author's commitment; erasable alone.", is_nullable=True, is_computed=True),
)
"""What opens the two commitments of a leaf, beside its document."""


def _contributions(process: Process, part: Part) -> Iterator[Placed]:
    texts = Contribution.objects.filter(process=process).exclude(status=Status.SUBMITTED)
    texts = texts.select_related("consultation", "about", "speaks_for")
    if "author_kind" in part.where:
        texts = texts.filter(status__in=SHOWN)  # of a text that is not shown, nothing of its author is said
    for text in chosen(texts, part, order={"number": int}, by=BY_COLUMN).iterator(chunk_size=AT_ONCE):
        yield (text.number,), _contribution(text)


def _contribution(text: Contribution) -> Row:
    is_shown = text.status in SHOWN
    return {
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
        Column("kind", "string", "proposal, argument, source or completion.", choices=tuple(Kind.values)),
        Column("nature", "string", "diagnosis, solution, or empty.", choices=tuple(Nature.values)),
        Column("consultation", "string", "The word of its consultation in addresses."),
        Column("section", "string", "Its section in the source, for a text taken over from another site."),
        Column("about", "integer", "The number of the text it answers; empty for a proposal.", is_nullable=True),
        Column("side", "string", "for or against, for an argument.", choices=tuple(Side.values)),
        Column("title", "string", "Its title; empty when it has none or is not shown."),
        Column("body", "string", "Its text, plain; empty when it is not shown."),
        Column("url", "string", "The address of a source."),
        Column("author", "string", "The name printed beside it; empty when it is not shown."),
        Column("author_kind", "string", "public_organisation or private_organisation when it was said for one."),
        Column("verified", "boolean", "Whether the identity of that organisation was checked; gives no weight."),
        Column("origin", "string", "web, workshop, booth, paper, mail, public_debate or import.", choices=tuple(Origin.values)),
        Column("origin_address", "string", "Where it stood before, for a text taken over."),
        Column("published_at", "datetime", "When it was published, to the minute."),
        Column("revision", "integer", "The number of its current revision."),
        Column(
            "status",
            "string",
            "published, withdrawn, hidden, removed, erased or text_unavailable.",
            choices=tuple(status.value for status in Status if status is not Status.SUBMITTED),
        ),
        Column("agree", "integer", "Votes cast here on the current revision: agree."),
        Column("mixed", "integer", "Votes cast here on the current revision: mixed."),
        Column("disagree", "integer", "Votes cast here on the current revision: disagree."),
        Column("arguments_for", "integer", "Arguments for it that are shown."),
        Column("arguments_against", "integer", "Arguments against it that are shown."),
        Column("sources", "integer", "Sources brought to it that are shown."),
        Column("fate", "string", "What became of it; empty until it is decided."),
    ),
    placed=_contributions,
    filters=("consultation", "kind", "status", "author_kind", "about"),
)


def _revisions(process: Process, part: Part) -> Iterator[Placed]:
    revisions = (
        Revision.objects.filter(contribution__process=process)
        .exclude(contribution__status=Status.SUBMITTED)
        .select_related("contribution__consultation", "contribution__about")
    )
    read = chosen(revisions, part, order=WITHIN_A_TEXT, by={"contribution": "contribution__number"})
    remaining = read.iterator(chunk_size=AT_ONCE)
    while some := list(islice(remaining, AT_ONCE)):
        yield from _opened(process, some)


def _opened(process: Process, revisions: list[Revision]) -> Iterator[Placed]:
    positions = positions_of(process.log, [bytes(revision.leaf_hash) for revision in revisions])
    for revision in revisions:
        leaf = positions.get(bytes(revision.leaf_hash))
        yield (revision.contribution.number, revision.number), {**_opening(revision), "leaf": leaf}


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
        Column("reason", "string", "author, typographic, masked, unmasked or moved."),
        Column(
            "document",
            "object",
            "The canonical document of the text; null when it is withdrawn, hidden or erased.",
            is_nullable=True,
        ),
        *OPENING,
        Column(
            "leaf",
            "integer",
            "The position of its `rev` leaf in ledger/leaves.jsonl; null in the API until it is sealed, within the minute.",
            is_nullable=True,
        ),
    ),
    placed=_revisions,
    filters=("contribution",),
)


def erased_contributions(process: Process, part: Part) -> Iterator[Placed]:
    """What is to be deleted of contributions. A text may have two: a place is its number, and which of the two."""
    match part.after:
        case ():
            first, rank = 0, 0
        case (int(first), int(rank)):
            pass
        case _:
            raise UnknownPlace
    later = (((number, which), row) for number, which, row in _erased_from(process, first) if (number, which) > (first, rank))
    return islice(later, part.most)


def _erased_from(process: Process, first: int) -> Iterator[tuple[int, int, Row]]:
    last_masked_at = Max("revisions__published_at", filter=Q(revisions__reason=Revision.Reason.MASKED))
    given_back_at = Max("revisions__published_at", filter=Q(revisions__reason=Revision.Reason.UNMASKED))
    texts = (
        Contribution.objects.filter(process=process, number__gte=first)
        .annotate(masked_at=last_masked_at, given_back_at=given_back_at)
        .filter(
            Q(status__in=GONE)
            | Q(masked_at__isnull=False)
            | Q(author__closed_on__isnull=False, author_name="")
            | ~Q(hidden_author_name="")
        )
        .select_related("author", "speaks_for")
        .order_by("number")
    )
    for text in texts.iterator(chunk_size=AT_ONCE):
        is_given_back = text.given_back_at is not None and text.given_back_at >= text.masked_at
        masked_at = None if is_given_back else text.masked_at
        for which, (day, ground) in enumerate(_erased_of(text, masked_at), start=1):
            on = None if day is None else day.isoformat()
            yield text.number, which, {"number": text.number, "erased_on": on, "ground": ground, "text": ""}


def _erased_of(text: Contribution, masked_at: datetime | None) -> Iterator[tuple[date | None, str]]:
    """What re-users are asked to delete of a text: the whole of it, or a passage, or the name beside it."""
    if text.status in GONE:
        yield text.status_since.date() if text.status_since else None, text.status_ground
        return
    if masked_at is not None:
        yield masked_at.date(), "masked"
    if text.hidden_author_name:
        bearer = text.speaks_for or text.author
        yield bearer.name_hidden_on if bearer else None, "name_hidden"
    elif text.author is not None and text.author.closed_on is not None and not text.author_name:
        yield text.author.closed_on, "closed_account"


def _participants(process: Process, part: Part) -> Iterator[Placed]:
    return in_turn(process, part, {"organisation": _organisations, "person": _people})


def _organisations(process: Process, part: Part) -> Iterator[Placed]:
    """The organisations that published here, by the word of their address."""
    rows = (
        Contribution.objects.filter(process=process, status=Status.PUBLISHED, speaks_for__isnull=False)
        .filter(speaks_for__name_hidden_on__isnull=True)
        .values_list("speaks_for__slug", "speaks_for__kind", "speaks_for__name", "speaks_for__verified_on")
        .annotate(texts=Count("pk"))
        .order_by("speaks_for__slug")
    )
    if part.after:
        rows = rows.filter(speaks_for__slug__gt=_slug_of(part))
    if "kind" in part.where:
        rows = rows.filter(speaks_for__kind=part.where["kind"])
    for slug, kind, name, verified_on, texts in rows[: part.most].iterator(chunk_size=AT_ONCE):
        yield (slug,), {"slug": slug, "kind": kind, "name": name, "verified": verified_on is not None, "texts": texts}


def _people(process: Process, part: Part) -> Iterator[Placed]:
    """The people who published here in their own name and agreed to be listed; never who voted."""
    if part.where.get("kind", CITIZEN) != CITIZEN:
        return
    rows = (
        Contribution.objects.filter(process=process, status=Status.PUBLISHED, speaks_for__isnull=True)
        .filter(author__is_listed=True, author__closed_on__isnull=True)
        .values_list("author__slug", "author__display_name")
        .annotate(texts=Count("pk"))
        .order_by("author__slug")
    )
    if part.after:
        rows = rows.filter(author__slug__gt=_slug_of(part))
    for slug, name, texts in rows[: part.most].iterator(chunk_size=AT_ONCE):
        yield (slug,), {"slug": slug, "kind": CITIZEN, "name": name, "verified": False, "texts": texts}


def _slug_of(part: Part) -> str:
    if len(part.after) != 1:
        raise UnknownPlace
    return str(part.after[0])


PARTICIPANTS = Table(
    "participants",
    CSV,
    "The organisations that published, and the people who agreed to be listed",
    (
        Column("slug", "string", "Its word in addresses."),
        Column("kind", "string", "citizen, public_organisation or private_organisation.", choices=KINDS),
        Column("name", "string", "Its name."),
        Column("verified", "boolean", "Whether the identity of the organisation was checked; gives no weight."),
        Column("texts", "integer", "How many of its texts are shown in this concertation."),
    ),
    placed=_participants,
    filters=("kind",),
)


def _fates(process: Process, part: Part) -> Iterator[Placed]:
    fates = Fate.objects.filter(contribution__process=process).select_related("contribution")
    found = list(chosen(fates, part, order=WITHIN_A_TEXT, by={"number": "contribution__number"}))
    positions = positions_of(process.log, [bytes(fate.leaf_hash) for fate in found])
    for fate in found:
        row = fate_document(fate.contribution, fate)
        yield (
            (fate.contribution.number, fate.number),
            {**row, "salt": b64(bytes(fate.salt)), "leaf": positions.get(bytes(fate.leaf_hash))},
        )


FATES = Table(
    "fates",
    CSV,
    "What became of each text, decision after decision, with the reason",
    (
        Column("number", "integer", "The number of the text."),
        Column("decision", "integer", "The rank of the decision, from 1; the last one stands."),
        Column(
            "fate",
            "string",
            "retained, partly, merged, not_retained or out_of_scope; empty when an earlier one is taken back.",
            is_nullable=True,
            choices=tuple(Outcome.values),
        ),
        Column("reason", "string", "The reason given."),
        Column("address", "string", "Where it was decided.", is_nullable=True),
        Column("decided_by", "string", "The role and its number."),
        Column("decided_at", "datetime", "When, to the minute."),
        Column("salt", "string", "The salt of the commitment of its leaf, base64url.", is_computed=True),
        Column("leaf", "integer", "The position of its `fate` leaf in ledger/leaves.jsonl.", is_nullable=True),
    ),
    placed=_fates,
    filters=("number",),
)
