"""« Un problème sur cette page ? »: told without an account, stored, answered, listed for all."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.core import addresses
from polyphonie.core.paging import page_asked, part_of
from polyphonie.core.serving import haste
from polyphonie.core.writing import writing
from polyphonie.portal.actions import answer_problem, report_problem
from polyphonie.portal.forms import AnswerForm, ProblemForm
from polyphonie.portal.queries.problems import PER_PAGE, problem, problems_told


@never_cache
def problems(request: HttpRequest) -> HttpResponse:
    """The form, and the latest reports with what was answered."""
    now = timezone.now()
    shown = request.POST.get(haste.STAMP_FIELD, "")
    is_held = False
    if request.method == "POST":
        form = ProblemForm(request.POST)
        is_held = haste.is_hasty(shown, request.POST.get(haste.TRAP_FIELD, ""), now)
        if form.is_valid() and not is_held:
            with writing() as now:
                report_problem(form.cleaned_data["page"], form.cleaned_data["words"], now=now)
            return HttpResponseRedirect(f"{addresses.PROBLEMS}?merci=1")
    else:
        form = ProblemForm(initial={"page": request.GET.get("page", "")[:300]})
    may_answer = request.user.is_authenticated and request.user.is_administrator
    return render(
        request,
        "portal/problems.html",
        {
            "form": form,
            "shown": haste.stamp_again(shown, now),
            "is_held": is_held and not form.errors,
            "is_thanked": "merci" in request.GET,
            "told": part_of(problems_told(is_administrator=may_answer), page=page_asked(request), most=PER_PAGE),
            "may_answer": may_answer,
        },
    )


@never_cache
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """The operator answers a report."""
    report = problem(number)
    if report is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with writing() as now:
            answer_problem(report, form.cleaned_data["answer"], now=now)
        return HttpResponseRedirect(f"{addresses.PROBLEMS}#probleme-{report.pk}")
    return render(request, "portal/problem_answer.html", {"form": form, "report": report})
