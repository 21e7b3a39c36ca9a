"""What is published of moderation? Each decision in coded fields only: no text, no name, staff by role and number."""

from collections.abc import Iterator

from polyphonie.contributions.commitments import minute
from polyphonie.core.tables import CSV, Column, Row, Table
from polyphonie.moderation.models import Decision
from polyphonie.processes.models import Process


def _moderation(process: Process) -> Iterator[Row]:
    decisions = Decision.objects.filter(contribution__process=process).select_related("contribution").order_by("pk")
    for decision in decisions.iterator(chunk_size=1000):
        yield {
            "number": decision.contribution.number,
            "decision_visibility": decision.act,
            "decision_ground": decision.ground,
            "automated_detection": False,
            "automated_decision": False,
            "decided_by": decision.actor,
            "decided_at": minute(decision.decided_at),
        }


MODERATION = Table(
    "moderation",
    CSV,
    "Every decision of moderation, in coded fields",
    (
        Column("number", "integer", "The number of the text."),
        Column("decision_visibility", "string", "hidden or restored."),
        Column("decision_ground", "string", "The coded ground: the law's or the charter's."),
        Column("automated_detection", "boolean", "Whether a machine pointed at it: never in this version."),
        Column("automated_decision", "boolean", "Whether a machine decided: never."),
        Column("decided_by", "string", "The role and its number."),
        Column("decided_at", "datetime", "When, to the minute."),
    ),
    _moderation,
)
