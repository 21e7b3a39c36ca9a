"""How is a synthesis laid out? Its topics, its columns, its introduction."""

from django.db.models import F, Max
from django.utils.translation import gettext as _

from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing
from polyphonie.processes.actions.traces import ChangedMeanwhile
from polyphonie.synthesis.actions.writing import new_key, note_writing
from polyphonie.synthesis.models import ColumnKind, DecidedSuggestion, Presorted, Reading, Synthesis, Topic
from polyphonie.synthesis.rules import writing_refusal

MOST_TOPICS = 60
MOST_LABEL = 200
MOST_INTRODUCTION = 10_000


def add_topic(synthesis: Synthesis, label: str, *, actor: str, key: str = "") -> Topic:
    """A new row, last; the one of that name when there is one. `key`: the one it had in a file, when it is free."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    label = _labelled(label)
    standing = synthesis.topics.filter(label=label).first()
    if standing is not None:
        return standing
    if synthesis.topics.count() >= MOST_TOPICS:
        raise Refused(_("A synthesis has at most %(most)s topics: merge some first.") % {"most": MOST_TOPICS}, status=422)
    note_writing(synthesis, actor=actor)
    last = synthesis.topics.aggregate(last=Max("rank"))["last"]
    if not key or synthesis.topics.filter(key=key).exists():
        key = new_key()
    return synthesis.topics.create(key=key, rank=0 if last is None else last + 1, label=label)


def rename_topic(topic: Topic, label: str, *, actor: str) -> None:
    assert_writing()
    ensure(writing_refusal(topic.synthesis.state))
    topic.label = _labelled(label)
    topic.save(update_fields=["label"])
    note_writing(topic.synthesis, actor=actor)


def move_topic(topic: Topic, *, is_up: bool, actor: str) -> None:
    """Exchange a topic with its neighbour."""
    assert_writing()
    ensure(writing_refusal(topic.synthesis.state))
    topics = list(topic.synthesis.topics.order_by("rank", "pk"))
    place = topics.index(topic)
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(topics):
        return
    topics[place], topics[other] = topics[other], topics[place]
    for rank, one in enumerate(topics):
        one.rank = rank
    Topic.objects.bulk_update(topics, ["rank"])
    note_writing(topic.synthesis, actor=actor)


def merge_topic(topic: Topic, into: Topic, *, actor: str) -> None:
    """Everything under a topic goes under another; the empty one leaves."""
    assert_writing()
    ensure(writing_refusal(topic.synthesis.state))
    if topic.pk == into.pk:
        raise Refused(_("Choose another topic to merge it with."), status=422)
    topic.statements.update(topic=into, edition=F("edition") + 1)
    for model in (Reading, Presorted, DecidedSuggestion):
        model.objects.filter(topic=topic).update(topic=into)
    topic.delete()
    note_writing(topic.synthesis, actor=actor)


def remove_topic(topic: Topic, *, actor: str) -> None:
    """An empty topic leaves; one that holds statements is merged with another instead."""
    assert_writing()
    ensure(writing_refusal(topic.synthesis.state))
    if topic.statements.exists():
        raise Refused(_("Statements stand under this topic: merge it with another."), status=422)
    topic.delete()
    note_writing(topic.synthesis, actor=actor)


def set_frame(synthesis: Synthesis, *, introduction: str, columns: list[dict[str, str]], edition: int, actor: str) -> None:
    """The introduction and the columns, if nobody changed them since they were read. Raises ChangedMeanwhile."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    kinds = [column["kind"] for column in columns]
    if not kinds or len(set(kinds)) != len(kinds) or not set(kinds) <= set(ColumnKind.values):
        raise Refused(_("Keep at least one column."), status=422)
    used = set(synthesis.statements.order_by().values_list("column", flat=True).distinct())
    if used - set(kinds):
        lost = ", ".join(str(ColumnKind(kind).label) for kind in ColumnKind.values if kind in used - set(kinds))
        raise Refused(_("Statements stand in this column: %(columns)s. Move them first.") % {"columns": lost}, status=422)
    changes = {"introduction": cleaned(introduction)[:MOST_INTRODUCTION], "columns": columns, "edition": F("edition") + 1}
    if not Synthesis.objects.filter(pk=synthesis.pk, edition=edition).update(**changes):
        raise ChangedMeanwhile
    synthesis.refresh_from_db()
    note_writing(synthesis, actor=actor)


def _labelled(label: str) -> str:
    label = " ".join(cleaned(label).split())[:MOST_LABEL]
    if not label:
        raise Refused(_("Name the topic."), status=422)
    return label
