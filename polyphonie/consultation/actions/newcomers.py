"""What is kept of the newcomers of a consultation? One number, once it is closed, and none under ten."""

from polyphonie.consultation.queries.newcomers import new_voters
from polyphonie.core.writing import assert_writing
from polyphonie.processes.models import Consultation

SMALLEST_CELL = 10
"""A cell that counts people is withheld under this many."""


def note_newcomers(consultation: Consultation) -> int:
    """Keep how many voters had an account of its last seven days: 0 stands for fewer than ten."""
    assert_writing()
    count = new_voters(consultation)
    kept = count if count >= SMALLEST_CELL else 0
    Consultation.objects.filter(pk=consultation.pk).update(new_voters=kept)
    return kept
