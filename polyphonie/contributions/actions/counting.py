"""Which counters follow a text? Those of what it answers, and those of its consultation, while it is shown."""

from django.db.models import F

from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.writing import assert_writing
from polyphonie.processes.models import Consultation


def count_text(contribution: Contribution, change: int) -> None:
    """A text appears (1) or disappears (-1)."""
    assert_writing()
    count_answer(contribution, change)
    count_in_consultation(contribution, change)


def count_in_consultation(contribution: Contribution, change: int) -> None:
    """A text enters the consultation it is in (1), or leaves it (-1)."""
    Consultation.objects.filter(pk=contribution.consultation_id).update(
        texts=F("texts") + change, proposals=F("proposals") + (change if contribution.kind == Kind.PROPOSAL else 0)
    )


def count_answer(contribution: Contribution, change: int) -> None:
    """Keep the counters shown beside the contribution that is answered."""
    if contribution.about_id is None:
        return
    if contribution.kind == Kind.ARGUMENT:
        counter = "arguments_for" if contribution.side == "for" else "arguments_against"
    else:
        counter = "sources" if contribution.kind == Kind.SOURCE else "completions"
    Contribution.objects.filter(pk=contribution.about_id).update(**{counter: F(counter) + change})
