"""Which passages of published texts, and which comments on them, speak of this? The same French stems as voices are found by.

The last version of a text is searched, paragraph by paragraph, and the comments that are shown. The words of a quotation are in
no paragraph (U+FFFC stands for them), so that nobody finds here what its author took back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F
from django.db.models.expressions import RawSQL

from polyphonie.annotations.models import QUOTATION, Annotation, Document, DocumentVersion, SearchText
from polyphonie.annotations.places import places_of
from polyphonie.annotations.queries import current_version
from polyphonie.core.writing import assert_writing
from polyphonie.opinion.texts.french import Query, index_text, parse_query
from polyphonie.processes.models import Process

AT_ONCE = 500


@dataclass(frozen=True)
class Hit:
    """A passage or a comment that answers: the text it is in, its words, where it is read; `comment` is none for a passage."""

    document: Document
    words: str
    address: str
    comment: Annotation | None


@dataclass(frozen=True)
class Hits:
    """One page of them, and how many there are in all."""

    shown: list[Hit]
    total: int


def search(process: Process, asked: str, *, slug: str = "", offset: int = 0, limit: int = 20) -> Hits:
    """What answers in the texts of a process (`slug`: in one of them): passages in the order of the texts, then comments, the
    first written first. An empty question finds nothing."""
    query = parse_query(asked)
    if not query:
        return Hits([], 0)
    among = SearchText.objects.filter(document__process=process, pk__in=_answering(query))
    if slug:
        among = among.filter(document__slug=slug)
    in_order = among.order_by(F("annotation").asc(nulls_first=True), "document__slug", "rank")
    found = list(in_order.values_list("pk", flat=True))
    page = found[offset : offset + limit]
    rows = SearchText.objects.select_related("document__process", "annotation__discussion").order_by("pk").in_bulk(page)
    return Hits([_hit(rows[pk]) for pk in page], len(found))


def _answering(query: Query) -> RawSQL:
    """The keys of the rows that answer, as a subquery."""
    if connection.vendor == "sqlite":
        return RawSQL("SELECT rowid FROM annotations_search WHERE annotations_search MATCH %s", [query.as_fts5()])
    return RawSQL("SELECT id FROM annotations_searchtext WHERE stems_document @@ %s::tsquery", [query.as_tsquery()])


def _hit(row: SearchText) -> Hit:
    places, comment = places_of(row.document), row.annotation
    if comment is None:
        return Hit(row.document, row.words, f"{places.text}#s-{row.block}" if row.block else places.text, None)
    return Hit(row.document, comment.body, places.discussion(comment.number), comment)


def index_version(version: DocumentVersion, *, introduction: str = "") -> None:
    """Search this version of a text from now on, and none before it; `introduction` is what is said before its paragraphs."""
    assert_writing()
    SearchText.objects.filter(document=version.document_id, annotation=None).delete()
    texts = [("", introduction), *((block["key"], block["text"]) for block in version.blocks)]
    rows = (
        SearchText(document_id=version.document_id, block=key, rank=rank, words=_shown(text), stems=index_text(text))
        for rank, (key, text) in enumerate(texts)
        if text
    )
    SearchText.objects.bulk_create(rows, batch_size=AT_ONCE)


def index_comment(annotation: Annotation) -> None:
    """Bring the index in line with a comment: its stems while it is shown, nothing once it is not."""
    assert_writing()
    if not annotation.is_visible:
        SearchText.objects.filter(annotation=annotation).delete()
        return
    facts = {"document_id": annotation.document_id, "rank": annotation.number, "stems": index_text(_said(annotation))}
    SearchText.objects.update_or_create(annotation=annotation, defaults=facts)


def rebuild(document: Document, *, introduction: str = "") -> None:
    """Write the index of a text anew (a copy, an upgrade of the stemmer)."""
    assert_writing()
    version = current_version(document)
    if version is None:
        return
    SearchText.objects.filter(document=document).delete()
    index_version(version, introduction=introduction)
    shown = Annotation.objects.filter(document=document, status=Annotation.Status.PUBLISHED).order_by("number")
    SearchText.objects.bulk_create(_rows(document, list(shown)), batch_size=AT_ONCE)


def _rows(document: Document, comments: Sequence[Annotation]) -> Iterator[SearchText]:
    for comment in comments:
        yield SearchText(document=document, annotation=comment, rank=comment.number, stems=index_text(_said(comment)))


def _said(annotation: Annotation) -> str:
    return f"{annotation.title}\n{annotation.body}"


def _shown(text: str) -> str:
    return text.replace(QUOTATION, "…")
