"""What is due by itself for a synthesis? What needs all pairs of texts or voters' keys is measured; people are told."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone

from polyphonie.consultation.queries.opinions import published_positions, unplaced_voters
from polyphonie.core.storage.sole import the_only_one
from polyphonie.core.writing import writing
from polyphonie.ledger.keys import KeyMissing
from polyphonie.opinion.apart import COMPUTATION, REPRESENTATION, TOO_FEW, Failed, Stopped, computed
from polyphonie.opinion.fingerprint import input_hash
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.actions.measuring import note_measure, note_representation
from polyphonie.synthesis.actions.telling import tell_some
from polyphonie.synthesis.actions.writing import lock_of
from polyphonie.synthesis.models import Measure, Synthesis, SynthesisVersion
from polyphonie.synthesis.pressing import press_next
from polyphonie.synthesis.queries.finding import find_phrases, find_topics, of_the_topics
from polyphonie.synthesis.queries.measuring import (
    FAILED,
    FOUND,
    Representing,
    due_for_measure,
    known_measure,
    near_duplicates,
    of_the_draft,
    of_the_version,
    texts_compared,
    versions_to_represent,
)

log = logging.getLogger(__name__)


def tell_of_syntheses() -> int:
    """Queue what people are to be told of published versions, a hundred a transaction; how many mails. Safe when run twice."""
    queued = 0
    due = SynthesisVersion.objects.filter(told_up_to__isnull=False).order_by("pk")
    for pk in due.values_list("pk", flat=True):
        while True:
            with writing() as now:
                found = SynthesisVersion.objects.select_related("synthesis__consultation__process", "synthesis__document")
                version = found.select_for_update(of=("self",)).get(pk=pk)
                if version.told_up_to is None:
                    break
                queued += tell_some(version, now=now)
    return queued


def compare_proposals() -> int:
    """Find the near-duplicates among the proposals of each synthesis being written, in a process of its own, where the texts
    changed since the last time; how many syntheses. Nothing is held meanwhile."""
    return sum(_compare(synthesis) for synthesis in _due(Measure.Kind.NEARNESS))


def _due(kind: Measure.Kind) -> Iterator[Synthesis]:
    """The syntheses for which a measure is due, as long as no other process of this machine computes."""
    with the_only_one(COMPUTATION) as is_mine:
        yield from due_for_measure(kind, now=timezone.now()) if is_mine else ()


def _compare(synthesis: Synthesis) -> bool:
    read_at = timezone.now()
    basis = texts_compared(synthesis.consultation)

    def find() -> dict[str, Any]:
        return near_duplicates(synthesis.consultation)

    return _measured(synthesis, Measure.Kind.NEARNESS, basis=basis, find=find, read_at=read_at)


def suggest_topics() -> int:
    """Find topics to suggest for each synthesis being written, with phrases and extracts, where the texts changed since the last
    time; how many syntheses. Nothing is applied: people accept or refuse."""
    return sum(_suggest(synthesis) for synthesis in _due(Measure.Kind.TOPICS))


def _suggest(synthesis: Synthesis) -> bool:
    read_at = timezone.now()
    basis = texts_compared(synthesis.consultation)

    def find() -> dict[str, Any]:
        return find_topics(synthesis.consultation)

    return _measured(synthesis, Measure.Kind.TOPICS, basis=basis, find=find, read_at=read_at)


def suggest_phrases() -> int:
    """Find phrases to name the topics that people made, where texts or their sorting changed since the last time; how many
    syntheses."""
    return sum(_name(synthesis) for synthesis in _due(Measure.Kind.PHRASES))


def _name(synthesis: Synthesis) -> bool:
    read_at = timezone.now()
    asked = of_the_topics(synthesis)

    def find() -> dict[str, Any]:
        return find_phrases(synthesis.consultation, asked)

    basis = input_hash([texts_compared(synthesis.consultation), asked])
    return _measured(synthesis, Measure.Kind.PHRASES, basis=basis, find=find, read_at=read_at)


def represent_voters() -> int:
    """Find what voters find of theirs: in each draft of a closed consultation that changed since the last time, then once in each
    published version; how many were computed."""
    drafts = sum(_represent_draft(synthesis) for synthesis in _due(Measure.Kind.REPRESENTATION))
    with the_only_one(COMPUTATION) as is_mine:
        due = versions_to_represent(now=timezone.now()) if is_mine else ()
        return drafts + sum(_represent_version(version) for version in due)


def _represent_draft(synthesis: Synthesis) -> bool:
    read_at = timezone.now()
    asked = of_the_draft(synthesis)
    if asked is None:
        return False

    def find() -> dict[str, Any]:
        return _found(synthesis.consultation, asked)

    return _measured(synthesis, Measure.Kind.REPRESENTATION, basis=asked.basis, find=find, read_at=read_at)


def _represent_version(version: SynthesisVersion) -> bool:
    asked = of_the_version(version)
    if asked is None:
        return False
    known = known_measure(version.synthesis, Measure.Kind.REPRESENTATION)
    if known is not None and known.result and known.basis == asked.basis:
        result = known.result
    else:
        try:
            result = _found(version.synthesis.consultation, asked)
        except Stopped:
            return False
        except (Failed, KeyMissing):
            log.exception("what voters find in %s was not computed; it is tried again in an hour", version)
            result = {"verdict": FAILED}
    with writing(lock=lock_of(version.synthesis.consultation)) as now:
        return note_representation(version, result, now=now)


def _found(consultation: Consultation, asked: Representing) -> dict[str, Any]:
    if asked.is_too_few:
        return {"verdict": TOO_FEW}
    votes, unplaced = published_positions(consultation), unplaced_voters(consultation, until=asked.analysed_on)
    return {"verdict": FOUND, **computed(REPRESENTATION, asked.texts, votes, unplaced=unplaced, settings=asked.settings)}


def _measured(synthesis: Synthesis, kind: Measure.Kind, *, basis: str, find: Callable[[], dict[str, Any]], read_at: Any) -> bool:
    """Compute it where its basis changed, and keep it; whether it was computed."""
    known = known_measure(synthesis, kind)
    result: dict[str, Any] | None = None
    if known is None or known.basis != basis or not known.result:
        try:
            result = find()
        except Stopped:
            return False
        except (Failed, KeyMissing):
            log.exception("the %s of %s was not computed; it is tried again later", kind, synthesis)
            result = {}
    with writing(lock=lock_of(synthesis.consultation)):
        return note_measure(synthesis, kind, basis=basis, result=result, read_at=read_at) and result is not None


def press_papers() -> int:
    """Make the next PDF that was asked for or that a published version wants, in a process of its own; one a turn, so that what
    else lasts never waits for many books."""
    return int(press_next(now=timezone.now()))


TASKS: list[Callable[[], int]] = [tell_of_syntheses]

LENGTHY: list[Callable[[], int]] = [compare_proposals, suggest_topics, suggest_phrases, represent_voters, press_papers]
"""In this order; what is measured is printed."""
