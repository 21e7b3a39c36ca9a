"""How is a suggestion accepted or refused? By a person, one by one or all refused at once; nothing is applied otherwise.

An accepted topic becomes a topic, and holds those of its texts that nobody sorted; later texts may join it; an accepted phrase
names it; an accepted family says which text its others repeat; an accepted extract is kept to be quoted. What was read by hand
stays as it was sorted.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing
from polyphonie.opinion.texts.stance import stance
from polyphonie.synthesis.actions.topics import add_topic, rename_topic
from polyphonie.synthesis.models import DecidedSuggestion, KeptPassage, Presorted, Reading, Synthesis, Topic
from polyphonie.synthesis.queries.suggested import Offered, as_label
from polyphonie.synthesis.rules import writing_refusal


def accept_topic(synthesis: Synthesis, offered: Offered, label: str, *, actor: str, now: datetime) -> Topic:
    """A suggested topic becomes a topic of this name; its texts that nobody sorted stand under it, still to be read."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    topic = add_topic(synthesis, label, actor=actor)
    decision = _decided(synthesis, offered, is_accepted=True, topic=topic, actor=actor, now=now)
    _presort(synthesis, offered, topic, decision)
    return topic


def accept_joining(synthesis: Synthesis, offered: Offered, *, actor: str, now: datetime) -> None:
    """Later texts join the topic that was accepted: those that nobody sorted meanwhile stand under it, still to be read."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    assert offered.topic is not None
    decision = _decided(synthesis, offered, is_accepted=True, topic=offered.topic, actor=actor, now=now)
    _presort(synthesis, offered, offered.topic, decision)


def _presort(synthesis: Synthesis, offered: Offered, topic: Topic, decision: DecidedSuggestion) -> None:
    """Put these texts under a topic, but for those that somebody sorted."""
    held = {one.contribution_id: one for one in Presorted.objects.filter(synthesis=synthesis)}
    read = set(Reading.objects.filter(synthesis=synthesis).values_list("contribution", flat=True))
    new = []
    for text in offered.texts:
        before = held.get(text.pk)
        if text.pk in read or (before is not None and before.topic_id is not None):
            continue
        if before is None:
            new.append(Presorted(synthesis=synthesis, contribution_id=text.pk, topic=topic, decision=decision))
        else:
            Presorted.objects.filter(pk=before.pk).update(topic=topic, decision=decision)
    Presorted.objects.bulk_create(new, batch_size=500)


def accept_phrase(synthesis: Synthesis, offered: Offered, topic: Topic, *, actor: str, now: datetime) -> None:
    """A key phrase names the topic to which it is proper."""
    assert_writing()
    rename_topic(topic, as_label(offered.words), actor=actor)
    _decided(synthesis, offered, is_accepted=True, topic=topic, actor=actor, now=now)


def accept_family(synthesis: Synthesis, offered: Offered, *, actor: str, now: datetime) -> int:
    """The texts of a family are said already by its first; how many. Those read by hand stay, and whatever perhaps says the
    contrary is never joined."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    texts = list(Contribution.objects.filter(pk__in=[text.pk for text in offered.texts]).order_by("number"))
    first, others = texts[0], texts[1:]
    if any(_is_perhaps_contrary(first, other) for other in others):
        raise Refused(_("Two of these texts perhaps say the contrary of each other: nothing was joined. Read them."), status=422)
    decision = _decided(synthesis, offered, is_accepted=True, topic=None, actor=actor, now=now)
    read = {one.contribution_id: one for one in Reading.objects.filter(synthesis=synthesis, contribution__in=texts)}
    held = {one.contribution_id: one for one in Presorted.objects.filter(synthesis=synthesis, contribution__in=texts)}
    before = read.get(first.pk) or held.get(first.pk)
    topic = None if before is None else before.topic_id
    joined = 0
    for other in others:
        if other.pk in read:
            continue
        standing = held.get(other.pk)
        kept = topic if standing is None or standing.topic_id is None else standing.topic_id
        Presorted.objects.update_or_create(
            synthesis=synthesis, contribution=other, defaults={"same_as": first, "topic_id": kept, "decision": decision}
        )
        joined += 1
    return joined


def _is_perhaps_contrary(one: Contribution, other: Contribution) -> bool:
    return "perhaps_contrary" in (
        stance(one.title, other.title),
        stance(f"{one.title}\n{one.body}", f"{other.title}\n{other.body}"),
    )


def accept_extract(synthesis: Synthesis, offered: Offered, *, actor: str, now: datetime) -> None:
    """A suggested extract is kept, to be quoted later."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    _number, revision, field, start, end = offered.places[0]
    KeptPassage.objects.get_or_create(
        synthesis=synthesis,
        contribution_id=offered.texts[0].pk,
        revision=revision,
        field=field,
        start=start,
        end=end,
        defaults={"kept_by": actor, "kept_at": now},
    )
    _decided(synthesis, offered, is_accepted=True, topic=None, actor=actor, now=now)


def refuse_suggestions(synthesis: Synthesis, offered: Iterable[Offered], *, actor: str, now: datetime) -> int:
    """These do not come back unless their texts change; how many."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    known = set(synthesis.decided_suggestions.values_list("mark", flat=True))
    rows = {one.mark: _decision(synthesis, one, is_accepted=False, topic=one.topic, actor=actor, now=now) for one in offered}
    new = [row for mark, row in rows.items() if mark not in known]
    DecidedSuggestion.objects.bulk_create(new, batch_size=200)
    return len(new)


def offer_again(synthesis: Synthesis, decision: int) -> None:
    """A refused suggestion may come back."""
    assert_writing()
    DecidedSuggestion.objects.filter(synthesis=synthesis, pk=decision, is_accepted=False).delete()


def _decided(
    synthesis: Synthesis, offered: Offered, *, is_accepted: bool, topic: Topic | None, actor: str, now: datetime
) -> DecidedSuggestion:
    if synthesis.decided_suggestions.filter(mark=offered.mark).exists():
        raise Refused(_("Somebody decided this one meanwhile."), status=409)
    decision = _decision(synthesis, offered, is_accepted=is_accepted, topic=topic, actor=actor, now=now)
    decision.save()
    return decision


def _decision(
    synthesis: Synthesis, offered: Offered, *, is_accepted: bool, topic: Topic | None, actor: str, now: datetime
) -> DecidedSuggestion:
    return DecidedSuggestion(
        synthesis=synthesis,
        kind=offered.kind,
        texts=offered.pairs,
        places=[list(place) for place in offered.places],
        mark=offered.mark,
        is_accepted=is_accepted,
        topic=topic,
        decided_by=actor,
        decided_at=now,
    )
