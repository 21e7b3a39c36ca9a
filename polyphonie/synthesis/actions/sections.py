"""How does a plan begin with the sections of the source? In one act, which can be undone: nothing is read by it."""

from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing
from polyphonie.opinion.fingerprint import input_hash
from polyphonie.synthesis.actions.topics import MOST_LABEL, MOST_TOPICS, add_topic
from polyphonie.synthesis.models import DecidedSuggestion, Presorted, Reading, Synthesis, Topic
from polyphonie.synthesis.queries.finding import proposals_of
from polyphonie.synthesis.queries.sections import begun_with_sections, sections_of
from polyphonie.synthesis.rules import writing_refusal

KEY = "section"
"""How the keys of the topics made of sections begin; a topic that had the name already keeps its own."""
AT_ONCE = 500


def begin_with_sections(synthesis: Synthesis, *, actor: str, now: datetime) -> int:
    """Each section of the source becomes a topic, those of most proposals where there is not room for all; what nobody sorted
    stands under it, still to be read. How many sections. Raises Refused."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    if begun_with_sections(synthesis.consultation) is not None:
        raise Refused(_("The plan began with these sections already."), status=409)
    found = sections_of(synthesis.consultation)
    room = MOST_TOPICS - synthesis.topics.count()
    most = {section.label for section in sorted(found, key=lambda one: -one.proposals)[:room]}
    kept = [section.label for section in found if section.label in most]
    if not kept:
        raise Refused(_("There is no section of the source to begin with."), status=422)
    topics = {label: add_topic(synthesis, label, actor=actor, key=f"{KEY}{rank}") for rank, label in enumerate(kept, start=1)}
    texts = list(proposals_of(synthesis.consultation).filter(section__in=kept).values_list("pk", "number", "revision", "section"))
    decision = DecidedSuggestion.objects.create(
        synthesis=synthesis,
        kind=DecidedSuggestion.Kind.SECTION,
        texts=[[number, revision] for _pk, number, revision, _section in texts],
        mark=input_hash([KEY]),
        is_accepted=True,
        decided_by=actor,
        decided_at=now,
    )
    _stand_under(synthesis, {pk: topics[section] for pk, _number, _revision, section in texts}, decision)
    return len(kept)


def _stand_under(synthesis: Synthesis, topic_of: dict[int, Topic], decision: DecidedSuggestion) -> None:
    """Put texts under their topics, but for those that somebody read or sorted."""
    settled = {
        *synthesis.readings.values_list("contribution", flat=True),
        *synthesis.presorted.values_list("contribution", flat=True),
    }
    rows = [
        Presorted(synthesis=synthesis, contribution_id=text, topic=topic, decision=decision)
        for text, topic in topic_of.items()
        if text not in settled
    ]
    Presorted.objects.bulk_create(rows, batch_size=AT_ONCE)


def undo_sections(synthesis: Synthesis) -> None:
    """The sections leave the plan as they came: a topic where somebody wrote or sorted since, or that has another name, stays."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    taken = begun_with_sections(synthesis.consultation)
    if taken is None:
        raise Refused(_("This was undone already."), status=409)
    taken.delete()
    labels = [" ".join(section.label.split())[:MOST_LABEL] for section in sections_of(synthesis.consultation)]
    made = synthesis.topics.filter(key__startswith=KEY, label__in=labels, statements__isnull=True)
    made.exclude(pk__in=Reading.objects.filter(synthesis=synthesis, topic__isnull=False).values("topic")).delete()
