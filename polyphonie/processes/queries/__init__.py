"""What do pages ask of processes? Who holds which role today, where a concertation stands, what its method promises."""

from polyphonie.processes.queries.method import public_checklist
from polyphonie.processes.queries.people import roles_held, standing_roles

__all__ = ["public_checklist", "roles_held", "standing_roles"]
