"""How does a consultation begin with what is already in the public debate? A batch of proposals, each with its source."""

from datetime import datetime

from polyphonie.consultation.seeding import SeededRow, seeding_refusal
from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Contribution, Kind, Origin
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.processes.actions.traces import record_act
from polyphonie.processes.models import ActKind, Consultation


def seed_proposals(
    consultation: Consultation, rows: list[SeededRow], *, name: str, actor: str, now: datetime
) -> list[Contribution]:
    """Enter a batch before the opening, all or none: marked, without an author, counted apart. `name` is what is printed
    where an author would be."""
    assert_writing()
    ensure(seeding_refusal(consultation, rows))
    seeded = [
        voices.publish(
            consultation,
            Kind.PROPOSAL,
            voices.Text(row.title, row.body),
            author=None,
            author_name=name,
            nature=row.nature,
            origin=Origin.PUBLIC_DEBATE,
            origin_note="" if row.address else row.source,
            origin_address=row.address,
            now=now,
        )
        for row in rows
    ]
    record_act(
        consultation.process,
        ActKind.SEEDED,
        actor=actor,
        now=now,
        consultation=consultation,
        facts={"count": len(seeded), "first": seeded[0].number, "last": seeded[-1].number},
    )
    return seeded
