"""What is published of comments? Each as a W3C Web Annotation with what opens its leaf; and the versions of the texts, in blocks.

The words of a quotation are never in it: a block and a passage hold one character (U+FFFC) in their place.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice

from django.db.models import Q
from django.utils import timezone

from polyphonie.annotations.commitments import annotation_document, place_document
from polyphonie.annotations.models import Anchor, Annotation, Document, DocumentVersion
from polyphonie.contributions.commitments import minute
from polyphonie.contributions.dataset import OPENING, erased_contributions
from polyphonie.core.addresses import absolute
from polyphonie.core.tables import CSV, JSON_LINES, Column, Part, Placed, Row, Table, UnknownPlace, chosen, in_turn
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.queries import positions_of
from polyphonie.processes.models import Process

AT_ONCE = 500
ORDER = {"document__slug": str, "number": int}
BY_COLUMN = {"text": "document__slug", "discussion": "discussion__number", "status": "status"}
CONTEXT = "http://www.w3.org/ns/anno.jsonld"
FRAGMENT = "http://tools.ietf.org/rfc/rfc3236"
"""What the fragment of an address means in a page of HTML."""


def _annotations(process: Process, part: Part) -> Iterator[Placed]:
    """By text, then by number: a place is both."""
    comments = Annotation.objects.filter(document__process=process)
    comments = comments.select_related("document__process", "discussion", "written_on", "answered_in", "speaks_for")
    remaining = chosen(comments, part, order=ORDER, by=BY_COLUMN).iterator(chunk_size=AT_ONCE)
    while some := list(islice(remaining, AT_ONCE)):
        yield from _written(process, some)


def _written(process: Process, annotations: list[Annotation]) -> Iterator[Placed]:
    positions = positions_of(process.log, [bytes(one.leaf_hash) for one in annotations])
    standing: dict[int, list[Anchor]] = {}
    anchors = Anchor.objects.filter(annotation__in=annotations).select_related("version").order_by("version__number")
    for anchor in anchors:
        standing.setdefault(anchor.annotation_id, []).append(anchor)
    for one in annotations:
        leaf = positions.get(bytes(one.leaf_hash))
        yield (one.document.slug, one.number), _row(one, standing.get(one.pk, []), leaf)


def _row(one: Annotation, anchors: list[Anchor], leaf: int | None) -> Row:
    """Of a comment that is not shown, neither its words nor what opens them."""
    first = next((anchor for anchor in anchors if anchor.version_id == one.written_on_id), None)
    committed = annotation_document(one, first)
    is_open = one.is_visible and one.salt is not None
    is_named = is_open and one.author_salt is not None and not one.hidden_author_name
    return {
        "@context": CONTEXT,
        "id": absolute(committed["address"]),
        "type": "Annotation",
        "motivation": "commenting" if one.is_discussion else "replying",
        "created": _to_the_second(one.published_at),
        "creator": {"type": committed["creator"], "name": one.author_name} if one.is_visible and one.author_name else None,
        "body": _body(committed) if one.is_visible else None,
        "target": _target(committed),
        "text": one.document.slug,
        "number": one.number,
        "discussion": None if one.discussion is None else one.discussion.number,
        "title": one.title if one.is_visible else "",
        "status": one.status,
        "ground": one.status_ground,
        "answer": one.answer if one.is_visible else "",
        "answer_reason": one.answer_reason if one.is_visible else "",
        "answered_in": one.answered_in.number if one.is_visible and one.answered_in is not None else None,
        "answered_at": _minute(one.answered_at if one.is_visible else None),
        "answered_by": one.answered_by if one.is_visible else "",
        "places": [place_document(anchor) for anchor in anchors],
        "document": committed if is_open else None,
        "salt": b64(bytes(one.salt)) if is_open and one.salt is not None else None,
        "author": one.author_name if is_named else None,
        "author_salt": b64(bytes(one.author_salt)) if is_named and one.author_salt is not None else None,
        "leaf": leaf,
    }


def _to_the_second(instant: datetime) -> str:
    """The minute that the register commits to, as W3C Web Annotation writes an instant (`xsd:dateTime` has seconds)."""
    return timezone.localtime(instant).replace(second=0, microsecond=0).isoformat(timespec="seconds")


def _body(committed: Row) -> Row:
    """Nobody asked in which language it is written: none is said."""
    return {"type": "TextualBody", "value": committed["body"], "format": "text/plain"}


def _target(committed: Row) -> Row:
    """The passage in the version it was written on, at its permanent address; for a reply, the discussion."""
    source = absolute(committed["source"])
    if committed["discussion"] is not None:
        return {"id": source}
    paragraph: Row = {"type": "FragmentSelector", "conformsTo": FRAGMENT, "value": f"s-{committed['block']}"}
    if not committed["end"]:
        return {"source": source, "selector": [paragraph]}
    quote = {"type": "TextQuoteSelector"} | {part: committed[part] for part in ("exact", "prefix", "suffix")}
    position = {"type": "TextPositionSelector"} | {part: committed[part] for part in ("start", "end")}
    return {"source": source, "selector": [paragraph | {"refinedBy": quote}, paragraph | {"refinedBy": position}]}


ANNOTATIONS = Table(
    "annotations",
    JSON_LINES,
    "Every comment on a passage of a published text, and every reply, as W3C Web Annotations",
    (
        Column("@context", "string", "The vocabulary of W3C Web Annotation."),
        Column("id", "string", "Its permanent address."),
        Column("type", "string", "Always Annotation."),
        Column("motivation", "string", "commenting, or replying in a discussion.", choices=("commenting", "replying")),
        Column(
            "created",
            "datetime",
            "When it was published: the minute, written with its seconds, 00 (xsd:dateTime).",
            has_seconds=True,
        ),
        Column("creator", "object", "Person or Organization, and its name; null when it is not shown.", is_nullable=True),
        Column("body", "object", "Its words (TextualBody); null when it is not shown.", is_nullable=True),
        Column(
            "target",
            "object",
            "The passage: address of the version, paragraph, quote and position; of a reply, the address of its discussion.",
        ),
        Column("text", "string", "The word of the commented text in addresses."),
        Column("number", "integer", "Its number among the comments and replies of this text."),
        Column("discussion", "integer", "The number of the discussion it replies in; null when it opens one.", is_nullable=True),
        Column("title", "string", "Its title; empty for a reply, or when it is not shown."),
        Column("status", "string", "published, withdrawn, hidden or removed.", choices=tuple(Annotation.Status.values)),
        Column(
            "ground",
            "string",
            "Why it is not shown: the coded ground of the decision, as in moderation.csv; author, when withdrawn; else empty.",
        ),
        Column(
            "answer", "string", "integrated, noted or declined; empty without an answer.", choices=tuple(Annotation.Answer.values)
        ),
        Column("answer_reason", "string", "What the rapporteurs said of it."),
        Column("answered_in", "integer", "The version that holds the answer.", is_nullable=True),
        Column("answered_at", "datetime", "When it was answered, to the minute.", is_nullable=True),
        Column("answered_by", "string", "Who answered, by role and number."),
        Column("places", "array", "Where it stood in each version since; is_detached: its passage was not there any more."),
        Column(
            "document",
            "object",
            "The canonical document of its leaf; null when it is withdrawn, hidden or removed.",
            is_nullable=True,
        ),
        *OPENING,
        Column(
            "leaf",
            "integer",
            "The position of its leaf in ledger/leaves.jsonl; null in the API until it is sealed, within the minute.",
            is_nullable=True,
        ),
    ),
    placed=_annotations,
    filters=("text", "discussion", "status"),
)


def document_rows(process: Process) -> Iterator[Row]:
    """Every published version of every text that may be commented on."""
    versions = DocumentVersion.objects.filter(document__process=process).select_related("document")
    for version in versions.order_by("document__slug", "number").iterator(chunk_size=50):
        document = version.document
        yield {
            "text": document.slug,
            "kind": document.kind,
            "title": document.title,
            "version": version.number,
            "published_at": minute(version.published_at),
            "opens_at": _minute(document.opens_at),
            "closes_at": _minute(document.closes_at),
            "final_at": _minute(document.final_at),
            "blocks": version.blocks,
        }


def _minute(value: datetime | None) -> str | None:
    return None if value is None else minute(timezone.localtime(value))


DOCUMENTS = Table(
    "documents",
    JSON_LINES,
    "Every published version of every text that may be commented on, in paragraphs",
    (
        Column("text", "string", "The word of the text in addresses."),
        Column("kind", "string", "What it is: synthesis.", choices=tuple(Document.Kind.values)),
        Column("title", "string", "Its title."),
        Column("version", "integer", "The number of the version, from 1."),
        Column("published_at", "datetime", "When this version was published, to the minute."),
        Column("opens_at", "datetime", "When comments opened.", is_nullable=True),
        Column("closes_at", "datetime", "The first instant at which comments are refused.", is_nullable=True),
        Column("final_at", "datetime", "When the text became final.", is_nullable=True),
        Column(
            "blocks",
            "array",
            "Its paragraphs in order: key, kept from version to version, and text; U+FFFC stands for the words of a quotation.",
        ),
    ),
    rows=document_rows,
)


GONE = (Annotation.Status.WITHDRAWN, Annotation.Status.REMOVED)


def _erased_comments(process: Process, part: Part) -> Iterator[Placed]:
    """What is to be deleted of comments. One may have two: a place is its text, its number, and which of the two."""
    is_nameless = ~Q(hidden_author_name="") | Q(author__closed_on__isnull=False, author_name="")
    comments = Annotation.objects.filter(
        Q(document__process=process), Q(status__in=GONE) | Q(masked_on__isnull=False) | is_nameless
    )
    match part.after:
        case ():
            reached: tuple[str | int, ...] = ()
        case (str(slug), int(number), int(_which)):
            reached = (slug, number - 1)
        case _:
            raise UnknownPlace
    read = chosen(
        comments.select_related("document", "author", "speaks_for"), replace(part, after=reached, most=None), order=ORDER
    )
    told = (placed for one in read.iterator(chunk_size=AT_ONCE) for placed in _told_erased(one))
    is_told = (placed for placed in told if placed[0][:2] != part.after[:2] or placed[0] > part.after)
    return islice(is_told, part.most)


def _told_erased(one: Annotation) -> Iterator[Placed]:
    text = one.document.slug
    for which, (on, ground) in enumerate(_erased_of(one), start=1):
        told = {"number": one.number, "erased_on": on and on.isoformat(), "ground": ground, "text": text}
        yield (text, one.number, which), told


def _erased_of(one: Annotation) -> Iterator[tuple[date | None, str]]:
    """The day, and why: the whole comment, or a passage, or the name beside it."""
    if one.status in GONE:
        yield one.status_since.date() if one.status_since else None, one.status_ground
        return
    if one.masked_on is not None:
        yield one.masked_on, "masked"
    if one.hidden_author_name:
        bearer = one.speaks_for or one.author
        yield bearer.name_hidden_on if bearer else None, "name_hidden"
    elif one.author is not None and one.author.closed_on is not None and not one.author_name:
        yield one.author.closed_on, "closed_account"


def _erasures(process: Process, part: Part) -> Iterator[Placed]:
    return in_turn(process, part, {"contribution": erased_contributions, "annotation": _erased_comments})


ERASURES = Table(
    "erasures",
    CSV,
    "The texts and comments, or the names of authors, that those who downloaded them are asked to delete",
    (
        Column("number", "integer", "The number, which stays."),
        Column("erased_on", "date", "The day it was erased here.", is_nullable=True),
        Column(
            "ground",
            "string",
            "Why: author, or the ground of a decision; masked: a passage; closed_account, name_hidden: the author’s name alone.",
        ),
        Column("text", "string", "Of a comment, the text it is about, as in annotations.jsonl; empty for a contribution."),
    ),
    placed=_erasures,
)
