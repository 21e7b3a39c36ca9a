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

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from polyphonie.ledger.canonical import digest
from polyphonie.synthesis.models import Citation, ColumnKind, Synthesis

VERSION = 1
LABEL = "synthesis/v1"


def content_of(synthesis: Synthesis) -> dict[str, Any]:
    """The content of the synthesis as it is written now; four queries, whatever its length."""
    topics = list(synthesis.topics.values_list("key", "label"))
    cites = _citations_by_statement(synthesis)
    statements = synthesis.statements.order_by("rank", "pk").values_list("pk", *_SAID_OF_A_STATEMENT)
    written = [_statement(row, cites.get(pk, [])) for pk, *row in statements]
    return {
        "v": VERSION,
        "consultation": synthesis.consultation.slug,
        "title": synthesis.consultation.title,
        "introduction": synthesis.introduction,
        "columns": columns_of(synthesis),
        "topics": [{"key": key, "label": label} for key, label in topics],
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


_SAID_OF_A_STATEMENT = ("key", "topic__key", "column", "position", "is_linking", "text")


def _statement(row: Sequence[Any], citations: list[dict[str, Any]]) -> dict[str, Any]:
    key, topic, column, position, is_linking, text = row
    return {
        "key": key,
        "topic": topic or "",
        "column": column,
        "position": position,
        "is_linking": is_linking,
        "text": text,
        "citations": citations,
    }


_SAID_OF_A_CITATION = ("contribution__number", "revision", "qualifier", "field", "start", "end")


def _citations_by_statement(synthesis: Synthesis) -> dict[int, list[dict[str, Any]]]:
    """What each statement cites, in the order of its sentence: rows, not records, for there are thousands."""
    cited = Citation.objects.filter(statement__synthesis=synthesis).order_by("statement", "rank")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for statement, *row in cited.values_list("statement", *_SAID_OF_A_CITATION):
        found[statement].append(_citation(*row))
    return found


def citation_content(citation: Citation) -> dict[str, Any]:
    """One citation, read with its contribution, as the content says it."""
    number = citation.contribution.number
    return _citation(number, citation.revision, citation.qualifier, citation.field, citation.start, citation.end)


def _citation(number: int, revision: int, qualifier: str, field: str, start: int | None, end: int | None) -> dict[str, Any]:
    said: dict[str, Any] = {"number": number, "revision": revision, "qualifier": qualifier}
    if start is not None:
        said["quote"] = {"field": field, "start": start, "end": end}
    return said
