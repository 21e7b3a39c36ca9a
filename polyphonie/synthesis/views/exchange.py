"""The draft as a Markdown file: taken away, changed elsewhere, shown before it is taken over, then taken over in one act."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from polyphonie.core.addresses import writing_address
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from polyphonie.synthesis import shelf
from polyphonie.synthesis.actions.taking_over import take_over
from polyphonie.synthesis.actions.writing import lock_of, synthesis_of
from polyphonie.synthesis.forms import MarkdownForm
from polyphonie.synthesis.models import ColumnKind
from polyphonie.synthesis.paper import draft_of
from polyphonie.synthesis.queries.desk import synthesis_now
from polyphonie.synthesis.queries.taking_over import Plan, planned
from polyphonie.synthesis.rules import writing_refusal
from polyphonie.synthesis.views.frame import rapporteur, the_desk
from polyphonie.synthesis.views.paper import standing
from polyphonie.synthesis.written import draft_as_markdown


@never_cache
def draft(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """The draft as it stands, as a Markdown file that can be taken over again."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    answer = HttpResponse(draft_as_markdown(draft_of(held)), content_type="text/markdown; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="brouillon-{held.slug}.md"'
    return answer


@never_cache
def exchange(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """Choose a file or paste its text; see what it would change; take it over."""
    held = the_desk(process, consultation)
    actor = rapporteur(request, held.process)
    form = MarkdownForm(request.POST, request.FILES) if request.method == "POST" else MarkdownForm()
    if not form.is_bound or not form.is_valid():
        return _page(request, held, form)
    text = form.cleaned_data["content"]
    if request.POST.get("act") != "take":
        return _page(request, held, form, plan=planned(synthesis_now(held), text), text=text)
    try:
        with writing(lock=lock_of(held)) as now:
            synthesis = synthesis_of(held)
            plan = planned(synthesis, text)
            if plan.troubles or plan.state != form.cleaned_data["state"]:
                raise _NotWhatWasShown(plan)
            take_over(synthesis, plan, actor=actor, now=now)
    except _NotWhatWasShown as stopped:
        return _page(request, held, form, plan=stopped.plan, text=text, has_changed=not stopped.plan.troubles)
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _page(request, held, form)
    return HttpResponseRedirect(writing_address(held.process.slug, held.slug))


class _NotWhatWasShown(Exception):
    """What the file would do now is not what was agreed to: nothing is written."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


def _page(
    request: HttpRequest,
    consultation: Consultation,
    form: MarkdownForm,
    *,
    plan: Plan | None = None,
    text: str = "",
    has_changed: bool = False,
) -> HttpResponse:
    synthesis = synthesis_now(consultation)
    is_wrong = bool(form.errors) or (plan is not None and bool(plan.troubles))
    return render(
        request,
        "synthesis/desk/exchange.html",
        {
            "process": consultation.process,
            "consultation": consultation,
            "form": form,
            "plan": plan,
            "text": text,
            "has_changed": has_changed and not form.errors,
            "refusal": writing_refusal(synthesis.state),
            "kinds": dict(ColumnKind.choices),
            "pdf": standing(shelf.Place(consultation.process.slug, shelf.DRAFT, consultation.slug)),
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK,
    )
