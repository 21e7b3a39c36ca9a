"""How does one start a concertation? From a starting point, from another concertation, or from a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import ADMINISTRATOR, Account, StaffAccess, folded
from polyphonie.accounts.views.watching import note_shown
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.processes.actions.frame import ACTOR_INSTALLATION
from polyphonie.processes.actions.people import allow_creation, end_creation, grant_role
from polyphonie.processes.actions.starting import free_process_slug, start_process
from polyphonie.processes.forms import FileForm, HandOverForm, QuestionStartForm, RightForm, StartForm
from polyphonie.processes.models import CreationRight, Process, Role
from polyphonie.processes.queries.people import processes_to_copy
from polyphonie.processes.rules.calendar import closing_instant, opening_instant
from polyphonie.processes.rules.method import is_left_to_write
from polyphonie.processes.starting_points import SHIPPED, StartingPoint, read, shipped, starting_point_of
from polyphonie.processes.views.frame import (
    back_to,
    done,
    posted,
    signed_in,
    status_of,
)

LOCK = "processes/new"


@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """« Partir de… »: what to start from."""
    account = signed_in(request)
    return render(
        request,
        "processes/new.html",
        {
            "points": [(name, shipped(name, get_language() or "fr")) for name in SHIPPED],
            "copies": processes_to_copy(account),
            "form": FileForm(),
            "is_administrator": account.is_administrator,
        },
    )


@never_cache
def start_shipped(request: HttpRequest, name: str) -> HttpResponse:
    point = shipped(name, get_language() or "fr")
    if point is None:
        raise Http404
    return _start(request, point)


@never_cache
def duplicate(request: HttpRequest, source: str) -> HttpResponse:
    """« Dupliquer »: the texts and the calendar of another concertation, without its people and its answers."""
    process = get_object_or_404(processes_to_copy(signed_in(request)), slug=source)
    return _start(request, starting_point_of(process), initial={"organiser": process.organiser})


@never_cache
def start_from_file(request: HttpRequest) -> HttpResponse:
    """A file received from elsewhere: read with care, shown, then started from. Its content stays in the page."""
    if request.method == "POST" and "content" in request.POST and "title" in request.POST:
        point = read(request.POST["content"])
        return _start(request, point, content=request.POST["content"])
    form = FileForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["content"]
        try:
            return _start(request, read(content), content=content, is_first=True)
        except Refused as refused:
            form.add_error(None, refused.reason)
            form.data = {"content": content}
    return render(request, "processes/new_from_file.html", {"form": form}, status=status_of(form))


def _start(
    request: HttpRequest,
    point: StartingPoint,
    *,
    initial: dict[str, Any] | None = None,
    content: str = "",
    is_first: bool = False,
) -> HttpResponse:
    form_class = QuestionStartForm if point.is_one_question else StartForm
    form = form_class(None if is_first else posted(request), initial=_initial(point, initial))
    if form.is_bound and form.is_valid():
        slug = form.cleaned_data["slug"] or free_process_slug(form.cleaned_data["title"])
        if form.cleaned_data["slug"] and Process.objects.filter(slug=slug).exists():
            form.add_error("slug", _("Another concertation already has this address."))
        elif done(form, lambda now: _create(request, point, form, slug, now), lock=LOCK):
            return back_to("dashboard", process=slug)
    return render(
        request,
        "processes/start.html",
        {"form": form, "point": point, "content": content},
        status=status_of(form),
    )


def _create(request: HttpRequest, point: StartingPoint, form: StartForm, slug: str, now: Any) -> Process:
    values = form.cleaned_data
    return start_process(
        point,
        starter=signed_in(request),
        slug=slug,
        title=values["title"],
        organiser=values["organiser"],
        opens_on=values["opens_on"],
        question=_question(values) if point.is_one_question else None,
        now=now,
    )


def _question(values: dict[str, Any]) -> dict[str, Any]:
    question = {"title": values["title"], "questions": values["questions"], "presentation": values["presentation"]}
    if values["opens_on"]:
        question["opens_at"] = opening_instant(values["opens_on"])
    if values["closes_on"]:
        question["closes_at"] = closing_instant(values["closes_on"])
    return question


def _initial(point: StartingPoint, initial: dict[str, Any] | None) -> dict[str, Any]:
    """What the starting point already says of its only question; what it leaves to be written is not shown."""
    if not point.is_one_question:
        return initial or {}
    item = point.consultations[0]
    texts = {"title": item.title, "questions": item.questions, "presentation": item.presentation}
    return {**{name: text for name, text in texts.items() if not is_left_to_write(text)}, **(initial or {})}


@never_cache
def rights(request: HttpRequest) -> HttpResponse:
    """Who may start concertations on this installation, besides its administrators."""
    form = RightForm(posted(request))
    if request.method == "POST" and form.is_valid():
        account = _confirmed(form.cleaned_data["email"])
        if account is None:
            form.add_error(
                "email", _("No confirmed account has this address: the person signs up first, then you come back here.")
            )
        elif done(form, lambda now: allow_creation(account, body=form.cleaned_data["body"], now=now), lock=LOCK):
            return back_to("rights")
    held = list(CreationRight.objects.select_related("account").order_by("body", "pk"))
    shown = [right.account for right in held]
    note_shown(shown, viewer=signed_in(request), by=ADMINISTRATOR, what=StaffAccess.What.ROLE)
    return render(request, "processes/rights.html", {"form": form, "rights": held}, status=status_of(form))


def end_right(request: HttpRequest, pk: int) -> HttpResponse:
    right = get_object_or_404(CreationRight, pk=pk)
    with writing(lock=LOCK):
        end_creation(right)
    return back_to("rights")


@never_cache
def hand_over(request: HttpRequest) -> HttpResponse:
    """An administrator names an organiser where none is left to do it; it is written in the journal like any role."""
    form = HandOverForm(
        posted(request), initial={"process": request.GET.get("concertation", ""), "email": signed_in(request).email}
    )
    if request.method == "POST" and form.is_valid():
        account, process = _confirmed(form.cleaned_data["email"]), form.cleaned_data["process"]
        if account is None:
            form.add_error("email", _("No confirmed account has this address: the person signs up first."))
        elif done(
            form,
            lambda now: grant_role(process, account, Role.ORGANISER, actor=ACTOR_INSTALLATION, now=now),
            lock=process,
        ):
            is_mine = account == signed_in(request)
            return back_to("dashboard", process=process.slug) if is_mine else back_to("rights")
    return render(request, "processes/hand_over.html", {"form": form}, status=status_of(form))


def _confirmed(address: str) -> Account | None:
    return Account.objects.filter(email=folded(address), closed_on=None, confirmed_on__isnull=False).first()
