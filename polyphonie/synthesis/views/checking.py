"""Before publishing: the doubts to settle, what the synthesis takes up, what it said before."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.core.refusal import Refused
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from polyphonie.processes.queries.journal import actor_in_words
from polyphonie.synthesis.actions.doubts import settle_doubts
from polyphonie.synthesis.actions.writing import lock_of, synthesis_of
from polyphonie.synthesis.checks.marks import IN_WORDS, Mark
from polyphonie.synthesis.content import content_of
from polyphonie.synthesis.models import Measure, PastStatement, SettledDoubt, Statement, Synthesis
from polyphonie.synthesis.queries.covered import Covered, covered
from polyphonie.synthesis.queries.covering import coverage_of_draft
from polyphonie.synthesis.queries.desk import NO_TOPIC, as_written, synthesis_now, with_citations
from polyphonie.synthesis.queries.doubts import doubts_of
from polyphonie.synthesis.queries.measuring import known_measure
from polyphonie.synthesis.queries.past import past_statements
from polyphonie.synthesis.queries.suggested import decisions_of
from polyphonie.synthesis.views.frame import rapporteur, the_desk

A_PAGE = 40
MOST_MARKS = 60
"""Marks of one kind shown at a time."""


@never_cache
def doubts(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """The amber marks, kind by kind; those of one kind are settled together with one reason."""
    held = the_desk(process, consultation)
    actor = rapporteur(request, held.process)
    refusal = ""
    if request.method == "POST":
        try:
            with writing(lock=lock_of(held)) as now:
                marks = _chosen(request, doubts_of(held).open)
                settle_doubts(synthesis_of(held), marks, reason=request.POST.get("reason", ""), actor=actor, now=now)
        except Refused as refused:
            refusal = refused.reason
        else:
            return HttpResponseRedirect(request.path)
    found = doubts_of(held)
    marked = Statement.objects.filter(synthesis__consultation=held, key__in={mark.statement for mark in found.open})
    said = {one.statement.key: one for one in as_written(with_citations(marked))}
    trail = SettledDoubt.objects.filter(synthesis__consultation=held).order_by("-settled_at", "-pk")
    return render(
        request,
        "synthesis/desk/doubts.html",
        {
            **_frame(held),
            "doubts": found,
            "said": {key: one.text for key, one in said.items()},
            "topics": {key: NO_TOPIC if one.statement.topic is None else one.statement.topic.key for key, one in said.items()},
            "trail": trail,
            "kinds": IN_WORDS,
            "who": actor_in_words,
            "most": MOST_MARKS,
            "refusal": refusal,
            "asked_check": request.POST.get("check", ""),
            "reason": request.POST.get("reason", ""),
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK,
    )


def _chosen(request: HttpRequest, marks: list[Mark]) -> list[Mark]:
    """Of these marks, those of one kind that are ticked."""
    check, ticked = request.POST.get("check", ""), set(request.POST.getlist("mark"))
    return [mark for mark in marks if mark.check == check and f"{mark.statement} {mark.about}" in ticked]


@never_cache
def coverage(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """The whole measure of what the text takes up, as it will be published."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    synthesis = synthesis_now(held)
    return render(request, "synthesis/desk/coverage.html", {**_frame(held), "covered": _covered(synthesis)})


def _covered(synthesis: Synthesis) -> Covered | None:
    """None as long as nothing is written."""
    if not synthesis.pk:
        return None
    content = content_of(synthesis)
    last = known_measure(synthesis, Measure.Kind.REPRESENTATION)
    found, read_at = ({}, None) if last is None else (last.result, last.read_at)
    return covered(
        synthesis.consultation.process,
        content,
        coverage_of_draft(synthesis, content, now=timezone.now()),
        found,
        found_at=read_at,
    )


@never_cache
def past(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """What statements said before they were changed or taken out, last first; each can be taken up again."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    page = max(1, whole_number(request.GET.get("page", "")) or 1)
    kept = PastStatement.objects.filter(synthesis__consultation=held)
    found = list(kept[(page - 1) * A_PAGE : page * A_PAGE + 1])
    return render(
        request,
        "synthesis/desk/past.html",
        {
            **_frame(held),
            "past": past_statements(held, found[:A_PAGE]),
            "page": page,
            "has_next": len(found) > A_PAGE,
            "who": actor_in_words,
            "decisions": decisions_of(held) if page == 1 else [],
        },
    )


def _frame(consultation: Consultation) -> dict[str, Any]:
    return {"process": consultation.process, "consultation": consultation}
