"""Where does a concertation stand, for its organisers? The dashboard, the journal, the preview, the file one can give away."""

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.processes.actions.starting import add_pasted
from polyphonie.processes.forms import PasteForm
from polyphonie.processes.models import Process
from polyphonie.processes.queries.desk import rows_of
from polyphonie.processes.queries.journal import organisers_journal
from polyphonie.processes.queries.method import organisers_checklist
from polyphonie.processes.queries.standing import milestones, referral_of, standing, standing_in_words
from polyphonie.processes.rules.method import MethodItem, missing_items
from polyphonie.processes.spreadsheet import PastedRow, paste_refusal, pasted_rows
from polyphonie.processes.starting_points import starting_point_of, written
from polyphonie.processes.views.frame import (
    actor_of,
    back_to,
    done,
    page,
    posted,
    status_of,
    the_process,
)

LAST_LINES, MOST_LINES = 8, 500
METHOD_KEYS = frozenset({"who_decides", "what_becomes", "feedback", "legal_basis", "appeal_body", "synthesis_planned"})


def mending_address(process: Process, item: MethodItem) -> str:
    """The page, and the field in it, where a line of the checklist is mended."""
    if item.key == "moderators":
        return reverse("processes:roles", kwargs={"process": process.slug}) + "?role=moderator"
    if item.key == "judges":
        return reverse("processes:roles", kwargs={"process": process.slug}) + "?role=appeal"
    if item.key in METHOD_KEYS:
        field = "feedback_due_on" if item.key == "feedback" else item.key
        return reverse("processes:method", kwargs={"process": process.slug}) + f"#id_{field}"
    if not item.consultation:
        return reverse("processes:new_consultation", kwargs={"process": process.slug})
    name = "consultation" if item.key == "question" else "calendar"
    return reverse(f"processes:{name}", kwargs={"process": process.slug, "slug": item.consultation})


@never_cache
def dashboard(request: HttpRequest, process: str) -> HttpResponse:
    """Where it stands, what is missing before opening, the next dates."""
    held = the_process(process)
    actor_of(request, held)
    prefetch_related_objects([held], "consultations")
    now = timezone.now()
    rows = rows_of(held, now=now)
    items = organisers_checklist(held, now=now)
    return page(
        request,
        "dashboard.html",
        held,
        standing=standing(held, now=now),
        standing_words=standing_in_words(held, now=now),
        items=[(item, mending_address(held, item)) for item in items],
        missing=len(missing_items(items)),
        rows=rows,
        ready=sum(row.announce_refusal is None for row in rows),
        has_themes=held.themes.exists(),
        has_referral=referral_of(held) is not None,
        milestones=milestones(held, now=now)[:6],
        lines=organisers_journal(held, limit=LAST_LINES),
    )


@never_cache
def journal_page(request: HttpRequest, process: str) -> HttpResponse:
    """All that was done here, what is still in preparation included."""
    held = the_process(process)
    actor_of(request, held)
    return page(request, "journal.html", held, lines=organisers_journal(held, limit=MOST_LINES), most_lines=MOST_LINES)


@never_cache
def starting_point_file(request: HttpRequest, process: str) -> HttpResponse:
    """This concertation as a file from which others can start."""
    held = the_process(process)
    actor_of(request, held)
    answer = HttpResponse(written(starting_point_of(held)), content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{held.slug}.json"'
    return answer


@never_cache
def paste(request: HttpRequest, process: str) -> HttpResponse:
    """Themes and consultations copied from a spreadsheet: shown as they were understood, then added all together."""
    held = the_process(process)
    actor = actor_of(request, held)
    form = PasteForm(posted(request))
    rows: list[PastedRow] = []
    if request.method == "POST" and form.is_valid():
        rows = pasted_rows(form.cleaned_data["rows"])
        refusal = paste_refusal(rows)
        if refusal:
            form.add_error("rows", refusal)
        elif "apply" in request.POST and done(form, lambda now: add_pasted(held, rows, actor=actor, now=now), lock=held):
            return back_to("dashboard", process=process)
    return page(request, "paste.html", held, form=form, rows=rows, status=status_of(form))
