"""How does one comment? On a passage or a whole paragraph of the published version; then others reply."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from polyphonie.accounts.models import Account, Organisation
from polyphonie.accounts.queries import is_member
from polyphonie.annotations import search
from polyphonie.annotations.actions.traces import record_annotation
from polyphonie.annotations.anchoring import passage_at, texts_of
from polyphonie.annotations.messages import tell_reply
from polyphonie.annotations.models import Anchor, Annotation, Document, DocumentVersion
from polyphonie.annotations.queries import current_version
from polyphonie.annotations.rules import (
    annotate_refusal,
    passage_refusal,
    reply_refusal,
    speaker_refusal,
    version_refusal,
    words_refusal,
)
from polyphonie.consultation.queries.agreements import has_agreed
from polyphonie.consultation.rules import agreement_refusal
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing


@dataclass(frozen=True)
class Words:
    """What someone wrote, as typed: it is cleaned, never otherwise changed."""

    title: str = ""
    body: str = ""

    def cleaned(self) -> "Words":
        return Words(title=" ".join(cleaned(self.title).split()), body=cleaned(self.body))


def annotate(
    version: DocumentVersion,
    *,
    block: str,
    start: int = 0,
    end: int = 0,
    words: Words,
    author: Account,
    speaks_for: Organisation | None = None,
    now: datetime,
) -> Annotation:
    """Comment on characters `[start, end)` of a block of the last version, or on the whole block (`[0, 0)`). Raises Refused."""
    assert_writing()
    document = version.document
    _ensure_may_speak(document, author, speaks_for, now=now)
    last = current_version(document)
    ensure(version_refusal(is_last=last is not None and last.pk == version.pk))
    passage = passage_at(texts_of(version.blocks), block, start, end)
    ensure(passage_refusal(passage))
    assert passage is not None
    words = words.cleaned()
    ensure(words_refusal(title=words.title, body=words.body, asks_title=True))
    annotation = _written(Annotation(document=document, written_on=version), words, author, speaks_for, now)
    anchor = Anchor(
        annotation=annotation,
        version=version,
        block=passage.block,
        start=passage.start,
        end=passage.end,
        exact=passage.exact,
        prefix=passage.prefix,
        suffix=passage.suffix,
    )
    record_annotation(annotation, anchor)
    annotation.save()
    anchor.save()
    search.index_comment(annotation)
    return annotation


def reply(
    discussion: Annotation, *, words: Words, author: Account, speaks_for: Organisation | None = None, now: datetime
) -> Annotation:
    """Reply in a discussion; those who take part in it are told. Raises Refused."""
    assert_writing()
    document = discussion.document
    _ensure_may_speak(document, author, speaks_for, now=now)
    ensure(reply_refusal(discussion))
    words = Words(body=words.body).cleaned()
    ensure(words_refusal(title="", body=words.body, asks_title=False))
    version = current_version(document)
    assert version is not None
    annotation = Annotation(document=document, discussion=discussion, written_on=version)
    annotation = _written(annotation, words, author, speaks_for, now)
    record_annotation(annotation, None)
    annotation.save()
    search.index_comment(annotation)
    tell_reply(annotation, now=now)
    return annotation


def _ensure_may_speak(document: Document, author: Account, speaks_for: Organisation | None, *, now: datetime) -> None:
    ensure(annotate_refusal(document, account=author, now=now))
    ensure(agreement_refusal(asks_consent=document.process.asks_consent, has_agreed=has_agreed(author, document.process)))
    ensure(speaker_refusal(speaks_for, is_member=speaks_for is None or is_member(author, speaks_for)))


def _written(annotation: Annotation, words: Words, author: Account, speaks_for: Organisation | None, now: datetime) -> Annotation:
    annotation.number = _next_number(annotation.document)
    annotation.title, annotation.body = words.title, words.body
    annotation.author, annotation.speaks_for = author, speaks_for
    annotation.author_name = str(speaks_for or author)
    annotation.published_at = now
    return annotation


def _next_number(document: Document) -> int:
    """The next number of the document; numbers are never reused."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Document._meta.db_table} SET last_number = last_number + 1 WHERE id = %s RETURNING last_number",  # noqa: S608  (names of our own tables and columns; values are bound)
            [document.pk],
        )
        (number,) = cursor.fetchone()
    return int(number)
