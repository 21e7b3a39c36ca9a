"""How do organisers and the authority tell where things are? Points with a date, looked at before they are published."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from polyphonie.processes.actions.progress import publish_progress
from polyphonie.processes.citing import cited
from polyphonie.processes.forms import ProgressForm
from polyphonie.processes.models import Role
from polyphonie.processes.queries.people import acting_as
from polyphonie.processes.views.frame import (
    STAFF,
    back_to,
    done,
    page,
    posted,
    signed_in,
    status_of,
    the_process,
)


@never_cache
def progress(request: HttpRequest, process: str) -> HttpResponse:
    """The points already published, and a new one: looked at before it is published, since it then stays."""
    held = the_process(process)
    assignment = acting_as(signed_in(request), held, *STAFF)
    if assignment is None:
        raise Http404
    form = ProgressForm(posted(request))
    is_preview = False
    if request.method == "POST" and form.is_valid():
        is_preview = "publish" not in request.POST
        if not is_preview and done(
            form,
            lambda now: publish_progress(
                held, **form.cleaned_data, role=Role(assignment.role), number=assignment.number, now=now
            ),
            lock=held,
        ):
            return back_to("progress", process=process)
    return page(
        request,
        "progress.html",
        held,
        form=form,
        is_preview=is_preview,
        cited=partial(cited, held),
        updates=held.progress_updates.order_by("-published_at", "-pk"),
        status=status_of(form),
    )
