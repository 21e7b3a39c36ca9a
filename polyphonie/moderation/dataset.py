"""What is published of moderation? Each decision in coded fields only: no text, no name, staff by role and number."""

from collections.abc import Iterator

from polyphonie.contributions.commitments import minute
from polyphonie.core.tables import CSV, Column, Row, Table
from polyphonie.moderation.models import Act, Appeal, Decision, Ground
from polyphonie.moderation.queries import public_decisions
from polyphonie.moderation.reasons import INCOMPATIBLE, REASONS, UNLAWFUL, VISIBILITY, ground_code
from polyphonie.processes.models import Process

FLAGGED, OWN_READING = "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY"


def moderation_rows(process: Process) -> Iterator[Row]:
    """Every decision, in the order it was taken."""
    for decision in public_decisions(process).iterator(chunk_size=1000):
        yield _row(decision)


def _row(decision: Decision) -> Row:
    case, contribution, text = decision.case, decision.contribution, decision.text
    appeal: Appeal | None = getattr(decision, "appeal", None)
    return {
        "case": case.number,
        "object": decision.object_name,
        "number": None if contribution is None else contribution.number,
        "act": decision.act,
        "decision_visibility": VISIBILITY.get(Act(decision.act), ""),
        "decision_ground": ground_code(decision.ground),
        "ground": decision.ground,
        "category": REASONS[decision.ground].category if decision.ground else "",
        "content_type": "CONTENT_TYPE_TEXT",
        "content_date": "" if text is None else minute(text.published_at),
        "source_type": FLAGGED if case.flags else OWN_READING,
        "notices": case.flags,
        "opened_at": minute(case.opened_at),
        "hearing": _hearing(decision),
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "decided_by": decision.actor,
        "application_date": minute(decision.decided_at),
        "end_date_visibility_restriction": "" if decision.ended_at is None else minute(decision.ended_at),
        "confirmed_at": "" if decision.confirmed_at is None else minute(decision.confirmed_at),
        "appealed_at": "" if appeal is None else minute(appeal.lodged_at),
        "appeal_decided_at": "" if appeal is None or appeal.judged_at is None else minute(appeal.judged_at),
        "appeal_outcome": "" if appeal is None else appeal.outcome,
        "appeal_decided_by": "" if appeal is None else appeal.actor,
    }


def _hearing(decision: Decision) -> str:
    if decision.hearing is None:
        return ""
    return "silent" if decision.hearing.replied_at is None else "replied"


MODERATION = Table(
    "moderation",
    CSV,
    "Every decision of moderation, in coded fields",
    (
        Column("case", "integer", "The number of the case in this process; it may hold several decisions."),
        Column(
            "object",
            "string",
            "What it is about: contribution/746; annotation/<text>/7; name, of a person; organisation, the name of one.",
        ),
        Column(
            "number",
            "integer",
            "The number of the contribution; empty when the case is about a comment or a name.",
            is_nullable=True,
        ),
        Column(
            "act",
            "string",
            "What was decided, undone (unmasked, moved_back, not_undone), or ended by itself (lapsed, moot).",
            choices=tuple(Act.values),
        ),
        Column(
            "decision_visibility",
            "string",
            "The restriction, in the words of the DSA Transparency Database; empty for none.",
            is_nullable=True,
            choices=tuple(sorted(set(VISIBILITY.values()))),
        ),
        Column(
            "decision_ground",
            "string",
            "Contrary to the law or to the charter, in the words of the same database.",
            is_nullable=True,
            choices=(UNLAWFUL, INCOMPATIBLE),
        ),
        Column(
            "ground",
            "string",
            "The coded ground: the law's or the charter's.",
            is_nullable=True,
            choices=tuple(Ground.values),
        ),
        Column(
            "category",
            "string",
            "The category of the ground, in the words of the same database.",
            is_nullable=True,
            choices=tuple(sorted({reason.category for reason in REASONS.values()})),
        ),
        Column("content_type", "string", "Always CONTENT_TYPE_TEXT.", choices=("CONTENT_TYPE_TEXT",)),
        Column("content_date", "datetime", "When the text was published, to the minute.", is_nullable=True),
        Column("source_type", "string", "Whether flags led to it, or a moderator's own reading.", choices=(FLAGGED, OWN_READING)),
        Column("notices", "integer", "How many flags the case holds: they share one answer."),
        Column("opened_at", "datetime", "When the case was opened, to the minute."),
        Column(
            "hearing",
            "string",
            "replied, silent (48 hours passed), or empty: no hearing before this decision.",
            is_nullable=True,
            choices=("replied", "silent"),
        ),
        Column("automated_detection", "string", "Whether a machine pointed at it: never.", choices=("No",)),
        Column(
            "automated_decision",
            "string",
            "Whether a machine decided: never; `clock` only ends a hiding nobody confirmed.",
            choices=("AUTOMATED_DECISION_NOT_AUTOMATED",),
        ),
        Column("decided_by", "string", "The role and its number."),
        Column("application_date", "datetime", "When it was decided and applied, to the minute."),
        Column("end_date_visibility_restriction", "datetime", "When the restriction ended, if it did.", is_nullable=True),
        Column("confirmed_at", "datetime", "When a second person confirmed an urgent hiding.", is_nullable=True),
        Column("appealed_at", "datetime", "When the decision was contested, if it was.", is_nullable=True),
        Column("appeal_decided_at", "datetime", "When the appeal was judged, or lost its object.", is_nullable=True),
        Column(
            "appeal_outcome",
            "string",
            "upheld or overturned, once judged; moot: the text was shown again before.",
            is_nullable=True,
            choices=tuple(Appeal.Outcome.values),
        ),
        Column("appeal_decided_by", "string", "Who judged the appeal: the role and its number.", is_nullable=True),
    ),
    moderation_rows,
)
