"""What may organisers do, and when? Each rule answers with a reason, or with nothing when it allows."""

from polyphonie.processes.rules.calendar import (
    announce_refusal,
    closing_instant,
    extend_refusal,
    open_refusal,
    opening_instant,
    participation_refusal,
    state_at,
)
from polyphonie.processes.rules.frame import slug_refusal

__all__ = [
    "announce_refusal",
    "closing_instant",
    "extend_refusal",
    "open_refusal",
    "opening_instant",
    "participation_refusal",
    "slug_refusal",
    "state_at",
]
