"""What can happen to a process? It is created; its consultations are announced, opened, extended. Each act leaves its leaf."""

from polyphonie.processes.actions.calendar import (
    announce_consultation,
    extend_consultation,
    open_consultation,
    set_calendar,
)
from polyphonie.processes.actions.frame import create_process
from polyphonie.processes.actions.people import grant_role
from polyphonie.processes.actions.traces import (
    ACTOR_CLOCK,
    actor_name,
    instant,
    record_act,
    record_rules,
    record_state,
    rules_document,
)

__all__ = [
    "ACTOR_CLOCK",
    "actor_name",
    "announce_consultation",
    "create_process",
    "extend_consultation",
    "grant_role",
    "instant",
    "open_consultation",
    "record_act",
    "record_rules",
    "record_state",
    "rules_document",
    "set_calendar",
]
