"""How is what a background job found kept? As the last measure of a draft; once for ever beside a published version."""

from datetime import datetime
from typing import Any

from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing
from polyphonie.synthesis.models import Measure, Synthesis, SynthesisVersion
from polyphonie.synthesis.queries.measuring import FAILED


def note_measure(
    synthesis: Synthesis, kind: Measure.Kind, *, basis: str, result: dict[str, Any] | None, read_at: datetime
) -> bool:
    """Keep what was computed from what was read at `read_at`, unless something read later is kept already; whether it was.

    `result` None: what is known already is still so. An empty one notes that the computation failed. Two jobs at once, or one
    that ends after a later one, leave what was read last.
    """
    assert_writing()
    known = Measure.objects.filter(synthesis=synthesis, kind=kind).first()
    if known is not None and known.read_at > read_at:
        return False
    kept = {"read_at": read_at} if result is None else {"read_at": read_at, "basis": basis, "result": result}
    if known is None:
        Measure.objects.create(synthesis=synthesis, kind=kind, **{"basis": basis, **kept})
    else:
        Measure.objects.filter(pk=known.pk).update(**kept)
    return True


def note_representation(version: SynthesisVersion, result: dict[str, Any], *, now: datetime) -> bool:
    """Publish what voters find of theirs in a version, unless it is published already; whether it was."""
    assert_writing()
    known = SynthesisVersion.objects.values_list("representation", flat=True).get(pk=version.pk)
    if known.get("verdict", FAILED) != FAILED:
        return False
    told = {**result, "computed_at": now.isoformat(timespec="minutes")}
    SynthesisVersion.objects.filter(pk=version.pk).update(representation=told)
    let_go()
    return True
