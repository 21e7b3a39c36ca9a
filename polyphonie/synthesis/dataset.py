"""What is published of syntheses? Each version with its content, drawn in words, how it was checked; and every citation."""

from collections.abc import Iterator, Mapping
from typing import Any

from polyphonie.contributions.commitments import minute
from polyphonie.core.tables import CSV, JSON_LINES, Column, Row, Table
from polyphonie.ledger.queries import positions_of
from polyphonie.processes.models import Process
from polyphonie.synthesis.models import Qualifier, Review, Synthesis, SynthesisVersion
from polyphonie.synthesis.queries.published import Reading
from polyphonie.synthesis.quoting import cited_by, in_words

WITHDRAWN = "[citation retirée]"
"""Stands in the words of a sentence for a quotation whose own are not shown any more."""


def published_versions(process: Process) -> list[SynthesisVersion]:
    """Every published version of the syntheses of a process, by consultation and number."""
    found = SynthesisVersion.objects.filter(synthesis__consultation__process=process).select_related(
        "synthesis__consultation__process", "synthesis__document", "document_version"
    )
    found = found.prefetch_related("synthesis__reviews", "synthesis__settled_doubts")
    return list(found.order_by("synthesis__consultation__slug", "number"))


def _syntheses(process: Process) -> Iterator[Row]:
    versions = published_versions(process)
    cited = cited_by(process, [statement for version in versions for statement in version.content["statements"]])
    positions = positions_of(process.log, [bytes(version.leaf_hash) for version in versions])
    last = {version.synthesis_id: version.number for version in versions}
    for version in versions:
        leaf = positions.get(bytes(version.leaf_hash))
        is_last = version.number == last[version.synthesis_id]
        yield version_row(Reading(version, cited=cited), leaf=leaf, is_last=is_last)


def version_row(reading: Reading, *, leaf: int | None, is_last: bool) -> Row:
    """A version as files and the API give it."""
    version = reading.version
    closes_at = reading.synthesis.comments_close_at
    return {
        "consultation": reading.consultation.slug,
        "version": version.number,
        "is_final": is_last and reading.synthesis.state == Synthesis.State.FINAL,
        "published_at": minute(version.published_at),
        "published_by": version.published_by,
        "comments_close_at": None if closes_at is None else minute(closes_at),
        "content": version.content,
        "words": {one["key"]: in_words(one, reading.cited, WITHDRAWN) for one in version.content["statements"]},
        "changes": version.changes,
        "coverage": version.coverage,
        "representation": version.representation,
        "review": _review(reading.review),
        "doubts": [
            {
                "check": doubt.check_name,
                "statements": [mark["statement"] for mark in doubt.marks],
                "reason": doubt.reason,
                "settled_by": doubt.settled_by,
                "settled_at": minute(doubt.settled_at),
            }
            for doubt in reading.settled
        ],
        "leaf": leaf,
    }


def _review(review: Review | None) -> Mapping[str, Any] | None:
    if review is None:
        return None
    return {
        "reviewer": review.reviewer,
        "body": review.body,
        "checklist": review.checklist,
        "remarks": review.remarks,
        "reviewed_at": minute(review.reviewed_at),
    }


SYNTHESES = Table(
    "syntheses",
    JSON_LINES,
    "Every published version of every synthesis",
    (
        Column("consultation", "string", "The consultation it is the synthesis of."),
        Column("version", "integer", "The number of the version, from 1."),
        Column("is_final", "boolean", "Whether nothing changes any more."),
        Column("published_at", "datetime", "When it was published, to the minute."),
        Column("published_by", "string", "The role and its number."),
        Column("comments_close_at", "datetime", "The first instant at which comments are refused.", is_nullable=True),
        Column("content", "object", "The text as it is hashed: sentences, citations, spans of what is quoted, reasons."),
        Column("words", "object", "Each sentence in words, by its key; a quotation that is not shown any more is replaced."),
        Column("changes", "array", "What changed since the version before, and because of which discussions."),
        Column("coverage", "object", "What it takes up, by a published formula: figures, parameters, hash of the inputs."),
        Column(
            "representation",
            "object",
            "What voters find of theirs in it, by steps: computed by the operator, not verifiable; empty until it is computed.",
        ),
        Column("review", "object", "The second reading of this very text; null when it is not known.", is_nullable=True),
        Column("doubts", "array", "The doubts settled before it appeared, each with its reason."),
        Column(
            "leaf",
            "integer",
            "The position of its `state` leaf in ledger/leaves.jsonl, whose `h` is the hash of the content.",
            is_nullable=True,
        ),
    ),
    _syntheses,
    filters=("consultation",),
)


def _citations(process: Process) -> Iterator[Row]:
    for version in published_versions(process):
        source = f"synthesis/{version.synthesis.consultation.slug}/{version.number}"
        for statement in version.content["statements"]:
            for citation in statement["citations"]:
                yield {
                    "from": f"{source}/{statement['key']}",
                    "to": f"contribution/{citation['number']}/{citation['revision']}",
                    "kind": citation["qualifier"],
                    "is_quotation": "quote" in citation,
                }


CITATIONS = Table(
    "citations",
    CSV,
    "What rests on what: each sentence of a synthesis, and the contributions it cites",
    (
        Column("from", "string", "synthesis/<consultation>/<version>/<sentence>."),
        Column("to", "string", "contribution/<number>/<revision>."),
        Column("kind", "string", "plain, per (according to) or see_also.", choices=tuple(Qualifier.values)),
        Column("is_quotation", "boolean", "Whether its words are quoted."),
    ),
    _citations,
)
