"""Which commented texts do these tests stand on? A synthesis of three paragraphs in its first version, open to comments."""

from datetime import datetime, timedelta

from polyphonie.accounts.models import Account
from polyphonie.annotations.actions import Words, annotate, open_comments, publish_version
from polyphonie.annotations.models import Annotation, Document
from polyphonie.annotations.queries import current_version
from polyphonie.processes.models import Process

FIRST = (
    "Une partie des contributeurs demande que les habitants aient les clés #128, parce que ce sont eux qui font vivre le lieu."
)
SECOND = "D’autres écrivent « \ufffc » #292 et craignent que les lieux ne profitent qu’à quelques-uns."
THIRD = "Une convention type entre la commune et les associations #193."
BLOCKS = [{"key": "s1", "text": FIRST}, {"key": "s2", "text": SECOND}, {"key": "s3", "text": THIRD}]


def a_document(process: Process, *, now: datetime, slug: str = "places", is_open: bool = True) -> Document:
    """Inside writing()."""
    document = Document.objects.create(process=process, kind=Document.Kind.SYNTHESIS, slug=slug, title="Synthèse : Nos places")
    publish_version(document, BLOCKS, actor="rapporteur/1", now=now)
    if is_open:
        open_comments(document, closes_at=now + timedelta(days=20), actor="rapporteur/1", now=now)
    return document


def comment(
    document: Document, words: str, *, author: Account, now: datetime, block: str = "s1", title: str = "Combien sont-ils ?"
) -> Annotation:
    """A comment on these words of a block, or on the whole block when there are none. Inside writing()."""
    version = current_version(document)
    assert version is not None
    text = next(one["text"] for one in version.blocks if one["key"] == block)
    start = text.index(words) if words else 0
    body = "« Une partie » : combien ?"
    return annotate(version, block=block, start=start, end=start + len(words), words=Words(title, body), author=author, now=now)
