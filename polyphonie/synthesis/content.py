"""What is the content of a synthesis, as reviewed, published, exported and hashed? One plain document, without quoted words.

    {"v": 1, "consultation": slug, "title": …, "introduction": …,
     "columns": [{"kind": "agreement", "label": …}, …],
     "topics": [{"key": …, "label": …}, …],
     "statements": [{"key": …, "topic": key or "", "column": kind, "position": "", "a" or "b", "is_linking": bool,
                     "text": stored form,
                     "citations": [{"number": 746, "revision": 1, "qualifier": "plain",
                                    "quote": {"field": "body", "start": 10, "end": 34}}, …]}, …],
     "uncited": [{"number": 12, "fate": "merged", "reason": …}, …]}

Citations stand in the order of the sentence; `quote` is there for those whose words are quoted, and the k-th of them is `⟦k⟧` of
the text. Offsets are characters (code points) of the field of that revision. Statements are in the order of the page, `uncited`
(why a contribution that no statement cites is not) in that of the numbers.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Prefetch

from polyphonie.ledger.canonical import digest
from polyphonie.synthesis.models import Citation, ColumnKind, Statement, Synthesis

VERSION = 1
LABEL = "synthesis/v1"


def content_of(synthesis: Synthesis) -> dict[str, Any]:
    """The content of the synthesis as it is written now; five queries, whatever its length."""
    topics = list(synthesis.topics.all())
    keys = {topic.pk: topic.key for topic in topics}
    told = ("statement", "rank", "revision", "qualifier", "field", "start", "end", "contribution__number")
    cited = Citation.objects.select_related("contribution").only(*told)
    statements = synthesis.statements.prefetch_related(Prefetch("citations", cited)).order_by("rank", "pk")
    written = [_statement(statement, keys) for statement in statements]
    return {
        "v": VERSION,
        "consultation": synthesis.consultation.slug,
        "title": synthesis.consultation.title,
        "introduction": synthesis.introduction,
        "columns": columns_of(synthesis),
        "topics": [{"key": topic.key, "label": topic.label} for topic in topics],
        "statements": written,
        "uncited": _uncited(synthesis, cited_numbers(written)),
    }


def cited_numbers(statements: Iterable[Mapping[str, Any]]) -> set[int]:
    """The numbers that these statements of a content cite."""
    return {citation["number"] for statement in statements for citation in statement["citations"]}


def columns_of(synthesis: Synthesis) -> list[dict[str, str]]:
    """Its columns in order, each with its label: an empty label is that of its kind."""
    chosen = synthesis.columns or [{"kind": kind.value, "label": ""} for kind in ColumnKind]
    return [{"kind": str(column["kind"]), "label": str(column["label"])} for column in chosen]


def content_hash(content: dict[str, Any]) -> bytes:
    """What a review and a version name: the SHA-256 of `["synthesis/v1", content]` in canonical JSON."""
    return digest(LABEL, content)


def _uncited(synthesis: Synthesis, cited: set[int]) -> list[dict[str, Any]]:
    """The reasons of what is not cited; one given to a contribution that was cited since says nothing any more."""
    rows = synthesis.uncited_reasons.order_by("contribution__number").values_list("contribution__number", "fate", "reason")
    return [{"number": number, "fate": fate, "reason": reason} for number, fate, reason in rows if number not in cited]


def _statement(statement: Statement, topics: dict[int, str]) -> dict[str, Any]:
    return {
        "key": statement.key,
        "topic": "" if statement.topic_id is None else topics[statement.topic_id],
        "column": statement.column,
        "position": statement.position,
        "is_linking": statement.is_linking,
        "text": statement.text,
        "citations": [citation_content(citation) for citation in statement.citations.all()],
    }


def citation_content(citation: Citation) -> dict[str, Any]:
    """One citation, read with its contribution, as the content says it."""
    said: dict[str, Any] = {
        "number": citation.contribution.number,
        "revision": citation.revision,
        "qualifier": citation.qualifier,
    }
    if citation.is_quotation:
        said["quote"] = {"field": citation.field, "start": citation.start, "end": citation.end}
    return said
