"""The plan of a synthesis: its introduction and columns, its topics, each act a form of its own."""

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing
from polyphonie.processes.queries.journal import actor_in_words
from polyphonie.synthesis.actions import topics as actions
from polyphonie.synthesis.actions.sections import begin_with_sections, undo_sections
from polyphonie.synthesis.actions.writing import lock_of, synthesis_of
from polyphonie.synthesis.models import ColumnKind, Synthesis, Topic
from polyphonie.synthesis.queries import desk as queries
from polyphonie.synthesis.queries.sections import begun_with_sections, sections_of
from polyphonie.synthesis.rules import writing_refusal
from polyphonie.synthesis.views.frame import rapporteur, the_desk

MOST_LABEL = 60


@never_cache
def plan(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """What the synthesis is made of."""
    held = the_desk(process, consultation)
    actor = rapporteur(request, held.process)
    refusal, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            with writing(lock=lock_of(held)) as now:
                _do(request, synthesis_of(held), actor=actor, now=now)
        except Refused as refused:
            refusal, status = refused.reason, HTTPStatus(refused.status)
        else:
            return HttpResponseRedirect(request.path)
    synthesis = queries.synthesis_now(held)
    shown = queries.columns_in_words(synthesis)
    typed = request.POST if refusal and request.POST.get("act") == "frame" else None
    return render(
        request,
        "synthesis/desk/plan.html",
        {
            "process": held.process,
            "consultation": held,
            "synthesis": synthesis,
            "introduction": synthesis.introduction if typed is None else typed.get("introduction", ""),
            "columns": [*[(kind, label, True) for kind, label in shown], *_others(shown)],
            "headings": queries.headings(held),
            "kinds": dict(ColumnKind.choices),
            "source_sections": sections_of(held) if writing_refusal(synthesis.state) is None else [],
            "began": begun_with_sections(held),
            "who": actor_in_words,
            "refusal": refusal,
        },
        status=status,
    )


def _others(shown: list[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    held = {kind for kind, _label in shown}
    return [(kind.value, str(kind.label), False) for kind in ColumnKind if kind.value not in held]


def _do(request: HttpRequest, synthesis: Synthesis, *, actor: str, now: datetime) -> None:
    said = request.POST
    asked = said.get("act", "")
    if asked == "add":
        for line in said.get("label", "").splitlines() or [""]:
            if line.strip() or not said.get("label", "").strip():
                actions.add_topic(synthesis, line, actor=actor)
        return
    if asked == "sections":
        begin_with_sections(synthesis, actor=actor, now=now)
        return
    if asked == "undo-sections":
        undo_sections(synthesis)
        return
    if asked == "frame":
        edition = whole_number(said.get("edition", "")) or 0
        actions.set_frame(
            synthesis, introduction=said.get("introduction", ""), columns=_columns(request), edition=edition, actor=actor
        )
        return
    topic = get_object_or_404(
        Topic.objects.select_related("synthesis"), synthesis=synthesis, key=cleaned(said.get("topic", ""))[:12]
    )
    if asked == "rename":
        actions.rename_topic(topic, said.get("label", ""), actor=actor)
    elif asked in ("up", "down"):
        actions.move_topic(topic, is_up=asked == "up", actor=actor)
    elif asked == "merge":
        into = Topic.objects.filter(synthesis=synthesis, key=cleaned(said.get("into", ""))[:12]).first()
        if into is None:
            raise Refused(_("Choose the topic to merge it with."), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        actions.merge_topic(topic, into, actor=actor)
    elif asked == "remove":
        actions.remove_topic(topic, actor=actor)


def _columns(request: HttpRequest) -> list[dict[str, str]]:
    """The columns kept, in the order of their ranks, each with its label; the label of the kind is not written down."""
    found = []
    for place, kind in enumerate(ColumnKind):
        if request.POST.get(f"shown-{kind.value}"):
            label = " ".join(cleaned(request.POST.get(f"label-{kind.value}", "")).split())[:MOST_LABEL]
            rank = whole_number(request.POST.get(f"rank-{kind.value}", "")) or 0
            found.append((rank, place, {"kind": kind.value, "label": "" if label == str(kind.label) else label}))
    return [column for _rank, _place, column in sorted(found, key=lambda one: one[:2])]
