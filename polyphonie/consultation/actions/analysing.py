"""How is what was computed of opinions kept? Once, after the close; a failure is noted and tried again later."""

from datetime import datetime
from typing import Any

from polyphonie.consultation.models import OpinionAnalysis
from polyphonie.core.writing import assert_writing
from polyphonie.processes.models import Consultation


def note_analysis(consultation: Consultation, result: dict[str, Any], *, now: datetime) -> bool:
    """Publish the analysis of a closed consultation, unless one is published already; whether it was. An empty `result` notes
    that the computation failed."""
    assert_writing()
    if consultation.state != Consultation.State.CLOSED:
        return False
    known = OpinionAnalysis.objects.filter(consultation=consultation).first()
    if known is not None and known.result:
        return False
    OpinionAnalysis.objects.update_or_create(consultation=consultation, defaults={"computed_at": now, "result": result})
    return True
