"""What do pages ask of processes? Who holds which role today, where a concertation stands, what its method promises."""

from polyphonie.processes.queries.journal import JournalLine, journal
from polyphonie.processes.queries.method import checklist, public_checklist
from polyphonie.processes.queries.people import roles_held, standing_roles
from polyphonie.processes.queries.standing import (
    Standing,
    feedback_in_words,
    milestones,
    standing,
    standing_in_words,
    stave,
)

__all__ = [
    "JournalLine",
    "Standing",
    "checklist",
    "feedback_in_words",
    "journal",
    "milestones",
    "public_checklist",
    "roles_held",
    "standing",
    "standing_in_words",
    "standing_roles",
    "stave",
]
