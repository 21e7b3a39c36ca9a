"""How does the organiser tell of the week? A draft from the record and the published texts, to complete, print or publish."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.consultation.queries.week import texts_of_the_week
from polyphonie.processes.citing import cited
from polyphonie.processes.forms import ProgressForm
from polyphonie.processes.queries.people import acting_as
from polyphonie.processes.queries.week import draft_of_the_week, last_told
from polyphonie.processes.views.frame import STAFF, page, signed_in, the_process


@never_cache
def week(request: HttpRequest, process: str) -> HttpResponse:
    """« Préparer le point de la semaine »: nothing is written before it is published on the next page."""
    held, now = the_process(process), timezone.now()
    if acting_as(signed_in(request), held, *STAFF) is None:
        raise Http404
    draft = draft_of_the_week(held, texts=texts_of_the_week(held, since=last_told(held, now=now)), now=now)
    form = ProgressForm(initial={"title": draft.title, "body": draft.body})
    return page(request, "consultation/week.html", held, form=form, draft=draft, cited=partial(cited, held))
