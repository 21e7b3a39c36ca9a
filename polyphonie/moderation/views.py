"""The moderators' pages: the latest texts, and the decision on one."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution, Status
from polyphonie.contributions.queries import numbered
from polyphonie.core import addresses
from polyphonie.core.writing import writing
from polyphonie.moderation import queries
from polyphonie.moderation.actions import hide_text, restore_text
from polyphonie.moderation.forms import HideForm, RestoreForm
from polyphonie.moderation.models import Ground
from polyphonie.processes.actions import actor_name
from polyphonie.processes.models import Process, Role
from polyphonie.processes.queries.people import acting_as


@never_cache
def desk(request: HttpRequest, process: str) -> HttpResponse:
    """What was published last, what is hidden, and the way to any text by its number."""
    asked = request.GET.get("numero", "").strip().lstrip("#")
    if asked.isascii() and asked.isdigit() and len(asked) < 16:
        return redirect("moderation:decide", process=process, number=int(asked))
    held = get_object_or_404(Process, slug=process)
    return render(
        request,
        "moderation/desk.html",
        {"process": held, "latest": queries.latest_texts(held), "hidden": queries.hidden_texts(held)},
    )


@never_cache
def decide(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """Hide a text with a ground, or show a hidden one again."""
    try:
        contribution = numbered(process, number)
    except Contribution.DoesNotExist as error:
        raise Http404 from error
    is_hidden = contribution.status == Status.HIDDEN
    form = (RestoreForm if is_hidden else HideForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, Account)
        with writing(lock=contribution.consultation, shared=True) as now:
            role = acting_as(request.user, contribution.process, Role.MODERATOR)
            actor = actor_name(Role(role.role), role.number) if role else ""
            facts = form.cleaned_data["facts"]
            if is_hidden:
                restore_text(contribution, facts=facts, actor=actor, now=now)
            else:
                hide_text(contribution, ground=Ground(form.cleaned_data["ground"]), facts=facts, actor=actor, now=now)
        return HttpResponseRedirect(addresses.moderation_address(process))
    return render(
        request,
        "moderation/decide.html",
        {
            "process": contribution.process,
            "contribution": contribution,
            "is_hidden": is_hidden,
            "form": form,
            "decisions": queries.decisions_on(contribution),
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )
