"""The judges' pages, and that right alone: the appeals that wait, each with its whole file, and the judgment."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.moderation import queries
from polyphonie.moderation.actions import judge
from polyphonie.moderation.forms import JudgeForm
from polyphonie.moderation.models import Appeal
from polyphonie.moderation.reasons import as_stated
from polyphonie.moderation.rules import judge_refusal
from polyphonie.moderation.turns import examining
from polyphonie.moderation.unmasking import prospect
from polyphonie.moderation.views.acting import acting_under, note_file_seen
from polyphonie.processes.models import Process, Role


@never_cache
def appeals(request: HttpRequest, process: str) -> HttpResponse:
    """The appeals that wait, the oldest first; those judged lately."""
    held = get_object_or_404(Process, slug=process)
    judged = Appeal.objects.filter(decision__case__process=held).exclude(outcome="").order_by("-judged_at")
    return render(
        request,
        "moderation/appeals.html",
        {
            "process": held,
            "appeals": queries.waiting_appeals(held, now=timezone.now()),
            "judged": list(judged.select_related(*(f"decision__{name}" for name in queries.NAMED))[:20]),
        },
    )


@never_cache
def appeal(request: HttpRequest, process: str, appeal: int) -> HttpResponse:
    """One appeal: the text, what was held against it, what each said; one judgment."""
    held = get_object_or_404(Process, slug=process)
    found = get_object_or_404(Appeal.objects.select_related("decision__case"), pk=appeal, decision__case__process=held)
    case = queries.case_numbered(process, found.decision.case.number)
    role = acting_under(request, held, Role.APPEAL, Role.MODERATOR)
    has_body = bool(queries.appeal_people(held))
    refusal = judge_refusal(
        found,
        role=role.role,
        by=role.account_id,
        involved=queries.involved(case),
        has_appeal_body=has_body,
        reasons="…",
    )
    form = JudgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with examining(case.pk, to=queries.moved_from(found.decision)) as (standing, now):
            judged = Appeal.objects.select_related("decision").get(pk=found.pk)
            judged.decision.case = standing
            outcome = Appeal.Outcome(form.cleaned_data["outcome"])
            judge(judged, outcome, reasons=form.cleaned_data["reasons"], by=role, now=now)
        return redirect("moderation:appeals", process=process)
    note_file_seen(case, role)
    return render(
        request,
        "moderation/appeal.html",
        {
            "process": held,
            "appeal": found,
            "case": case,
            "decision": found.decision,
            "hearing": queries.hearing_of(case),
            "flags": list(case.flagged.all()[:20]),
            "as_stated": as_stated,
            "now": timezone.now(),
            "prospect": prospect(found.decision),
            "refusal": refusal,
            "form": form,
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )
