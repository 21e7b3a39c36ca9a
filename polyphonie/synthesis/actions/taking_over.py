"""How does a Markdown file enter the draft? Whole or not at all, by the verbs of the desk, each change keeping what stood."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from django.db.models import Manager
from django.utils.translation import gettext as _

from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing
from polyphonie.synthesis.actions.doubts import explain_omissions
from polyphonie.synthesis.actions.topics import add_topic, rename_topic, set_frame
from polyphonie.synthesis.actions.writing import NEW, Place, new_key, note_writing, save_statement
from polyphonie.synthesis.content import columns_of
from polyphonie.synthesis.models import Statement, Synthesis, Topic
from polyphonie.synthesis.queries.taking_over import Plan, PlannedTopic
from polyphonie.synthesis.rules import writing_refusal

Row = TypeVar("Row", Topic, Statement)


def take_over(synthesis: Synthesis, plan: Plan, *, actor: str, now: datetime) -> None:
    """Do what was planned from a file against the draft as it stands. Nothing the file leaves out is removed.

    Raises Refused while anything in the file is wrong.
    """
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    if plan.troubles:
        raise Refused(_("Nothing was taken over: the file has something to correct."), status=422)
    if plan.columns is not None or plan.introduction is not None:
        _set_frame(synthesis, plan, actor=actor)
    topics = [_topic(synthesis, one, actor=actor) for one in plan.topics]
    _in_order_of(synthesis, synthesis.topics, [one.pk for one in topics], actor=actor)
    keys = []
    for one in plan.statements:
        if one.resolution is None and one.standing is not None:
            keys.append(one.standing.pk)
            continue
        assert one.resolution is not None
        said = one.said
        place = Place(None if said.topic is None else topics[said.topic], said.column, said.position)
        saved = save_statement(
            synthesis,
            one.standing.key if one.standing is not None else said.key or new_key(),
            place=place,
            resolution=one.resolution,
            is_linking=said.is_linking,
            edition=NEW if one.standing is None else one.standing.edition,
            actor=actor,
            now=now,
        )
        keys.append(saved.pk)
    _in_order_of(synthesis, synthesis.statements, keys, actor=actor)
    for given in plan.reasons:
        explain_omissions(synthesis, [given.contribution], fate=given.fate, reason=given.said.reason, actor=actor, now=now)


def _set_frame(synthesis: Synthesis, plan: Plan, *, actor: str) -> None:
    introduction = synthesis.introduction if plan.introduction is None else plan.introduction
    columns = columns_of(synthesis) if plan.columns is None else plan.columns
    set_frame(synthesis, introduction=introduction, columns=columns, edition=synthesis.edition, actor=actor)


def _topic(synthesis: Synthesis, planned: PlannedTopic, *, actor: str) -> Topic:
    if planned.standing is None:
        return add_topic(synthesis, planned.label, actor=actor, key=planned.key)
    if planned.is_changed:
        rename_topic(planned.standing, planned.label, actor=actor)
    return planned.standing


def _in_order_of(synthesis: Synthesis, held: Manager[Row], wanted: Sequence[int], *, actor: str) -> None:
    """Put these in the order of the file, the others after them; nothing when they stand in it already."""
    rows = list(held.order_by("rank", "pk"))
    asked = {pk: place for place, pk in enumerate(wanted)}
    places = [asked[row.pk] for row in rows if row.pk in asked]
    if places == sorted(places):
        return
    rows.sort(key=lambda row: asked.get(row.pk, len(asked)))
    for rank, row in enumerate(rows, start=1):
        row.rank = rank
    held.bulk_update(rows, ["rank"])
    note_writing(synthesis, actor=actor)
