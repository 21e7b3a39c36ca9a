"""What is published of votes? The openings of published batches without any name, the tallies, the list orders."""

import json
from collections.abc import Iterator

from django.db import connection
from django.db.models import F, Q

from polyphonie.consultation.ballots import nonce_hash
from polyphonie.consultation.listing import ORDERS
from polyphonie.consultation.models import ImportedVote
from polyphonie.consultation.queries.lists import listed
from polyphonie.contributions.models import Contribution, Kind, Revision, Status
from polyphonie.core.tables import CSV, Column, Row, Table
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Entry
from polyphonie.processes.models import Consultation, Process

AT_ONCE = 2_000
WEB, IMPORT = "web", "import"
VOTABLE = (Kind.PROPOSAL, Kind.COMPLETION)

_OPENED = """
    SELECT e.position, c.number, v.published_leaf_revision, v.published_position, v.published_salt, v.published_nonce
    FROM consultation_vote v
    JOIN contributions_contribution c ON c.id = v.contribution_id
    JOIN ledger_entry e ON e.log_id = %s AND e.leaf_hash = v.published_leaf_hash
    WHERE c.process_id = %s AND v.published_position IS NOT NULL
    ORDER BY e.position
"""


def _votes(process: Process) -> Iterator[Row]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_OPENED, [process.log_id, process.pk])
        while rows := cursor.fetchmany(AT_ONCE):
            for leaf, number, revision, position, salt, nonce in rows:
                yield {
                    "leaf": leaf,
                    "number": number,
                    "revision": revision,
                    "position": position,
                    "salt": b64(bytes(salt)),
                    "nonce_hash": b64(nonce_hash(bytes(nonce))),
                    "origin": WEB,
                }
    yield from _imported_votes(process)


def _imported_votes(process: Process) -> Iterator[Row]:
    """Votes taken over, in the order of their file: their leaf is the `import` leaf."""
    leaves = _import_leaves(process)
    rows = (
        ImportedVote.objects.filter(contribution__process=process, import_number__in=list(leaves))
        .order_by("import_number", "line")
        .values_list("import_number", "contribution__number", "revision", "position")
    )
    for imported, number, revision, position in rows.iterator(chunk_size=AT_ONCE):
        yield {
            "leaf": leaves.get(imported),
            "number": number,
            "revision": revision,
            "position": position,
            "salt": "",
            "nonce_hash": "",
            "origin": IMPORT,
        }


def _import_leaves(process: Process) -> dict[int, int | None]:
    """The position of the `import` leaf of each import number."""
    leaves = Entry.objects.filter(log=process.log_id, kind="import").exclude(leaf__contains='"undoes"').order_by("pk")
    return {json.loads(leaf)["import"]: position for leaf, position in leaves.values_list("leaf", "position")}


VOTES = Table(
    "votes",
    CSV,
    "The votes of published batches, opened, without any name",
    (
        Column("leaf", "integer", "The position of its leaf in ledger/leaves.jsonl (of the import, for a vote taken over)."),
        Column("number", "integer", "The number of the text voted on."),
        Column("revision", "integer", "The revision that its leaf names."),
        Column("position", "integer", "1 agree, 0 mixed, -1 disagree."),
        Column("salt", "string", "The salt of its commitment, base64url; empty for a vote taken over."),
        Column("nonce_hash", "string", "The hash of the voter's nonce, base64url; empty for a vote taken over."),
        Column("origin", "string", "web, or import for votes taken over from another site."),
    ),
    _votes,
)


def _tallies(process: Process) -> Iterator[Row]:
    revisions = (
        Revision.objects.filter(contribution__process=process, contribution__kind__in=VOTABLE)
        .filter(Q(number=F("contribution__revision")) | Q(agree__gt=0) | Q(mixed__gt=0) | Q(disagree__gt=0))
        .exclude(contribution__status=Status.SUBMITTED)
        .filter(contribution__consultation__is_imported=False)
        .order_by("contribution__number", "number")
        .values_list("contribution__number", "number", "agree", "mixed", "disagree")
    )
    for number, revision, agree, mixed, disagree in revisions.iterator(chunk_size=AT_ONCE):
        yield _tally(number, revision, WEB, agree, mixed, disagree)
    imported = (
        Contribution.objects.filter(process=process, kind__in=VOTABLE, consultation__is_imported=True)
        .order_by("number")
        .values_list("number", "revision", "imported_agree", "imported_mixed", "imported_disagree")
    )
    for number, revision, agree, mixed, disagree in imported.iterator(chunk_size=AT_ONCE):
        yield _tally(number, revision, IMPORT, agree, mixed, disagree)


def _tally(number: int, revision: int, origin: str, agree: int, mixed: int, disagree: int) -> Row:
    raw = agree + mixed + disagree
    return {
        "number": number,
        "revision": revision,
        "origin": origin,
        "agree": agree,
        "mixed": mixed,
        "disagree": disagree,
        "raw": raw,
        "excluded": 0,
        "final": raw,
    }


TALLIES = Table(
    "tallies",
    CSV,
    "The totals of each text and revision",
    (
        Column("number", "integer", "The number of the text."),
        Column("revision", "integer", "The revision that these votes count for."),
        Column("origin", "string", "web, or import: never added."),
        Column("agree", "integer", "How many agree."),
        Column("mixed", "integer", "How many are mixed."),
        Column("disagree", "integer", "How many disagree."),
        Column("raw", "integer", "Their sum."),
        Column("excluded", "integer", "Votes excluded: always 0 in this version."),
        Column("final", "integer", "What remains: equal to raw."),
    ),
    _tallies,
)


def _listings(process: Process) -> Iterator[Row]:
    shown = Consultation.objects.filter(process=process).exclude(state=Consultation.State.DRAFT).order_by("pk")
    for consultation in shown:
        as_of = "" if consultation.drawn_on is None else consultation.drawn_on.isoformat()
        for order in ORDERS.values():
            texts = listed(consultation).order_by(*order.fields)
            for rank, text in enumerate(texts.iterator(chunk_size=AT_ONCE), start=1):
                yield {
                    "consultation": consultation.slug,
                    "order": order.slug,
                    "as_of": as_of,
                    "rank": rank,
                    "number": text.number,
                    "key": " ".join(str(part) for part in order.key_of(text, consultation)),
                }


LISTINGS = Table(
    "listings",
    CSV,
    "The order of each list, with the keys that give it",
    (
        Column("consultation", "string", "The word of the consultation in addresses."),
        Column("order", "string", "discover, recent, supported, divisive or argued."),
        Column("as_of", "date", "The day of the draw."),
        Column("rank", "integer", "The place in the list, from 1."),
        Column("number", "integer", "The number of the text."),
        Column("key", "string", "The whole numbers that order it, ascending, separated by spaces."),
    ),
    _listings,
)
