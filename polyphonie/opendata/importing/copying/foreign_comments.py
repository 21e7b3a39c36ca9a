"""What does an export of another installation hold of commented texts? Their versions, comments and places, as records not yet
saved, each of which fits where it goes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from polyphonie.annotations.models import Anchor, Annotation, Document, DocumentVersion
from polyphonie.annotations.rules import publish_refusal
from polyphonie.ledger.canonical import unb64
from polyphonie.opendata.importing.copying.foreign import Foreign, fitting
from polyphonie.opendata.importing.reading import SourceRefused
from polyphonie.processes.models import Process

PLACE = ("block", "start", "end", "exact", "prefix", "suffix", "is_detached")


@dataclass(frozen=True)
class ForeignComment:
    """A comment, the numbers that tie it to others, and its places, each with the number of its version."""

    record: Annotation
    text: str
    discussion: int | None
    written_on: int
    answered_in: int | None
    places: list[tuple[int, Anchor]]


def documents_in(source: Foreign, process: Process) -> Iterator[tuple[Document, list[DocumentVersion]]]:
    """Each commented text with its versions, in order."""
    found: dict[str, tuple[Document, list[DocumentVersion]]] = {}
    for line in source.folder.lines("documents.jsonl"):
        entry = json.loads(line)
        document = Document(
            process=process,
            kind=entry["kind"],
            slug=entry["text"],
            title=entry["title"],
            opens_at=_instant(entry["opens_at"]),
            closes_at=_instant(entry["closes_at"]),
            final_at=_instant(entry["final_at"]),
        )
        blocks = [{"key": str(block["key"]), "text": str(block["text"])} for block in entry["blocks"]]
        if (refusal := publish_refusal(Document(), blocks)) is not None:
            raise SourceRefused(refusal)
        _document, versions = found.setdefault(document.slug, (fitting(document), []))
        versions.append(DocumentVersion(number=entry["version"], blocks=blocks, published_at=_instant(entry["published_at"])))
    yield from found.values()


def comments_in(source: Foreign) -> Iterator[ForeignComment]:
    """Each comment and reply, in the order of the file: a discussion before its replies."""
    for line in source.folder.lines("annotations.jsonl"):
        entry = json.loads(line)
        document, name = entry["document"] or {}, f"annotation/{entry['text']}/{entry['number']}"
        is_gone = entry["status"] != Annotation.Status.PUBLISHED
        ground, since = source.gone_comments.get(name, ("", None)) if is_gone else ("", None)
        places = [(place["version"], fitting(Anchor(**{part: place[part] for part in PLACE}))) for place in entry["places"]]
        record = Annotation(
            number=entry["number"],
            title=entry["title"],
            body=str(document.get("body", "")),
            author_name=entry["author"] or "",
            published_at=_instant(entry["created"]),
            status=entry["status"],
            status_ground=ground,
            status_since=since or (source.last_seal() if is_gone else None),
            answer=entry["answer"],
            answer_reason=entry["answer_reason"],
            answered_by=entry["answered_by"],
            answered_at=_instant(entry["answered_at"]),
            salt=_octets(entry["salt"]),
            author_salt=_octets(entry["author_salt"]),
            leaf_hash=source.hash_at(entry["leaf"]),
        )
        yield ForeignComment(
            record=fitting(record),
            text=entry["text"],
            discussion=entry["discussion"],
            written_on=document.get("version", places[0][0] if places else 1),
            answered_in=entry["answered_in"],
            places=places,
        )


def _octets(word: str | None) -> bytes | None:
    return None if word is None else unb64(word)


def _instant(value: str | None) -> Any:
    found = None if value is None else parse_datetime(value)
    if value is not None and (found is None or found.tzinfo is None):
        raise SourceRefused(_("“%(value)s” is not an instant.") % {"value": value[:40]})
    return found
