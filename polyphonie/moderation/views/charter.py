"""The organisers' page of reasons: each ground of the charter, its article, the sentence that authors read."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache

from polyphonie.core.writing import writing
from polyphonie.moderation.actions.tying import Tie, tie_reasons
from polyphonie.moderation.forms import CharterForm
from polyphonie.moderation.models import Ground
from polyphonie.moderation.reasons import CHARTER_GROUNDS, articles_of, tied
from polyphonie.processes.models import Process
from polyphonie.processes.views.frame import actor_of, page


@never_cache
def charter(request: HttpRequest, process: str) -> HttpResponse:
    """Which article of the charter each reason rests on, and in which words."""
    held = get_object_or_404(Process.objects.select_related("log"), slug=process)
    articles = articles_of(held.charter)
    form = CharterForm(request.POST if request.method == "POST" else None, articles=articles, ties=tied(held))
    if form.is_bound and form.is_valid():
        with writing() as now:
            tie_reasons(held, _asked(form.cleaned_data), actor=actor_of(request, held), now=now)
        return redirect("moderation:charter", process=process)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return page(request, "moderation/charter.html", held, form=form, articles=articles, status=status)


def _asked(cleaned: dict[str, str]) -> dict[Ground, Tie]:
    """What the form asks for each ground of the charter."""
    ties = {}
    for ground in CHARTER_GROUNDS:
        article = cleaned[f"article_{ground}"]
        ties[ground] = Tie(int(article) if article else None, cleaned[f"sentence_{ground}"])
    return ties
