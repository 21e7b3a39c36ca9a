"""Who says that an organisation is who it says? Organisers, or the administrator, one request at a time, with a reason."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from polyphonie.accounts.actions import decide_verification
from polyphonie.accounts.forms import DecisionForm
from polyphonie.accounts.models import ADMINISTRATOR, Account, StaffAccess, VerificationRequest
from polyphonie.accounts.queries import decided_requests, waiting_requests
from polyphonie.accounts.views.watching import note_shown
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing
from polyphonie.processes.actions import actor_name
from polyphonie.processes.models import Process, Role
from polyphonie.processes.queries.people import acting_as
from polyphonie.processes.queries.standing import stave
from polyphonie.processes.views.frame import menu


@never_cache
def for_organisers(request: HttpRequest, process: str) -> HttpResponse:
    """The requests, for an organiser of a process."""
    held = get_object_or_404(Process, slug=process)
    role = acting_as(_account(request), held, Role.ORGANISER)
    if role is None:
        raise Http404
    return _answered(request, actor_name(Role.ORGANISER, role.number), held)


@never_cache
def for_administrators(request: HttpRequest) -> HttpResponse:
    """The same requests, for the administrator of the installation."""
    return _answered(request, ADMINISTRATOR, None)


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _answered(request: HttpRequest, role: str, process: Process | None) -> HttpResponse:
    asked = whole_number(request.POST.get("request", "")) or 0
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        found = get_object_or_404(VerificationRequest, pk=asked)
        try:
            with writing() as now:
                decide_verification(
                    found,
                    is_accepted=form.cleaned_data["decision"] == "accept",
                    reason=form.cleaned_data["reason"],
                    by=_account(request),
                    role=role,
                    now=now,
                )
        except Refused as refused:
            form.add_error("reason", refused.reason)
        else:
            return HttpResponseRedirect(f"{request.path}?fait")
    requests = waiting_requests()
    note_shown(
        [one.requested_by for one in requests],
        viewer=_account(request),
        by=role,
        what=StaffAccess.What.EVIDENCE,
        process=process.slug if process else "",
    )
    waiting = [(one, form if form.is_bound and asked == one.pk else DecisionForm(auto_id=f"id_{one.pk}_%s")) for one in requests]
    return render(
        request,
        "portal/verifications.html",
        {
            "process": process,
            "menu": menu(request, process) if process else [],
            "stave": stave(process) if process else None,
            "waiting": waiting,
            "decided": decided_requests(20),
            "form": form,
            "is_done": "fait" in request.GET and not form.is_bound,
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )
