"""What do the decisions of moderation add up to? Figures made of the rows of `moderation.csv` and of nothing else."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

Row = dict[str, Any]
LATE_AFTER = timedelta(hours=72)
APPEAL_LATE_AFTER = timedelta(days=30)
UNTIMED = ("lapsed", "moot", "restored", "unmasked", "moved_back", "not_undone")
"""Acts that end another one: the time they took says nothing of how long a case waited."""


@dataclass(frozen=True)
class Statistics:
    """Each figure with the columns it is made of: its formula is printed beside it."""

    decisions: int
    by_act: dict[str, int]
    by_ground: dict[str, int]
    by_both: dict[tuple[str, str], int]
    """Restrictions by act and ground: every pair that occurs."""
    flags: int
    hours_to_decide: float | None
    heard: int
    replied: int
    appeals: int
    upheld: int
    overturned: int
    late: int
    late_appeals: int


def statistics(rows: Iterable[Row], *, at: datetime) -> Statistics:
    """Fold the published rows; `at` is the instant at which lateness is judged."""
    read = list(rows)
    restrictions = [row for row in read if row["decision_ground"]]
    flags = {row["case"]: int(row["notices"]) for row in read}
    hours = [
        (datetime.fromisoformat(row["application_date"]) - datetime.fromisoformat(row["opened_at"])).total_seconds() / 3600
        for row in read
        if row["act"] not in UNTIMED
    ]
    return Statistics(
        decisions=len(read),
        by_act=dict(sorted(Counter(row["act"] for row in read).items())),
        by_ground=dict(sorted(Counter(row["ground"] for row in restrictions).items())),
        by_both=dict(sorted(Counter((row["act"], row["ground"]) for row in restrictions).items())),
        flags=sum(flags.values()),
        hours_to_decide=median(hours) if hours else None,
        heard=sum(1 for row in read if row["hearing"]),
        replied=sum(1 for row in read if row["hearing"] == "replied"),
        appeals=sum(1 for row in read if row["appealed_at"]),
        upheld=sum(1 for row in read if row["appeal_outcome"] == "upheld"),
        overturned=sum(1 for row in read if row["appeal_outcome"] == "overturned"),
        late=sum(1 for row in read if is_late(row, at)),
        late_appeals=sum(1 for row in read if is_appeal_late(row, at)),
    )


def is_late(row: Row, at: datetime) -> bool:
    """An urgent hiding that no second person looked at within 72 hours: it was then, or still is, late."""
    if row["act"] != "hidden_urgently":
        return False
    due = datetime.fromisoformat(row["application_date"]) + LATE_AFTER
    looked = row["confirmed_at"] or row["end_date_visibility_restriction"]
    return (datetime.fromisoformat(looked) if looked else at) > due


def is_appeal_late(row: Row, at: datetime) -> bool:
    """An appeal that waited, or still waits, longer than a month."""
    if not row["appealed_at"]:
        return False
    ended = datetime.fromisoformat(row["appeal_decided_at"]) if row["appeal_decided_at"] else at
    return ended >= datetime.fromisoformat(row["appealed_at"]) + APPEAL_LATE_AFTER
