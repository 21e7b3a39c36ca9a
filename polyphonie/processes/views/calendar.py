"""How do organisers hold the calendar? The dates of one consultation or of several, announcing, opening, extending."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import hold, writing
from polyphonie.processes.actions.calendar import (
    announce_consultation,
    extend_consultation,
    open_consultation,
    set_calendar,
)
from polyphonie.processes.forms import CalendarForm, ExtensionForm, calendar_initial
from polyphonie.processes.models import Consultation
from polyphonie.processes.queries.method import checklist
from polyphonie.processes.queries.people import deadline_of
from polyphonie.processes.rules.calendar import announce_refusal, open_refusal, passes_deadline, reschedule_refusal
from polyphonie.processes.rules.method import missing_items
from polyphonie.processes.views.frame import (
    Edit,
    actor_of,
    back_to,
    done,
    page,
    posted,
    status_of,
    the_consultation,
    the_process,
)

State = Consultation.State


@never_cache
def calendar(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """The two days of a consultation, until it opens."""
    found = the_consultation(process, slug)
    actor = actor_of(request, found.process)
    refusal = reschedule_refusal(found)
    if refusal:
        return back_to("extend", process=process, slug=slug)
    form = CalendarForm(posted(request), initial=calendar_initial(found), deadline_on=deadline_of(found.process))
    edit = Edit(
        form,
        lock=found,
        act=lambda now: set_calendar(
            the_consultation(process, slug), **form.dates(), version=form.cleaned_data["version"] or 0, actor=actor, now=now
        ),
        current=lambda: calendar_initial(the_consultation(process, slug)),
    )
    if edit.is_saved(request):
        return back_to("dashboard", process=process)
    return page(
        request,
        "calendar.html",
        found.process,
        form=form,
        consultation=found,
        deadline_on=form.deadline_on,
        differences=edit.differences,
        status=edit.status,
    )


@never_cache
def group_calendar(request: HttpRequest, process: str) -> HttpResponse:
    """The same days for all the consultations of a theme, or for all of the process, at once."""
    held = the_process(process)
    actor = actor_of(request, held)
    number = whole_number(request.GET.get("theme", ""))
    concerned = held.consultations.filter(state__in=[State.DRAFT, State.ANNOUNCED])
    if number is not None:
        concerned = concerned.filter(theme__number=number)
    concerned = concerned.select_related("process__log", "theme").order_by("theme__number", "rank", "pk")
    form = CalendarForm(posted(request), deadline_on=deadline_of(held))

    def act(now: datetime) -> None:
        for pk in sorted(item.pk for item in concerned):
            hold(f"processes.Consultation/{pk}")
        for item in concerned.all():
            set_calendar(item, **form.dates(), version=item.version, actor=actor, now=now)

    if request.method == "POST" and form.is_valid() and done(form, act, lock=held):
        return back_to("dashboard", process=process)
    theme = None if number is None else held.themes.filter(number=number).first()
    return page(
        request,
        "group_calendar.html",
        held,
        form=form,
        theme=theme,
        themes=list(held.themes.order_by("number")),
        concerned=list(concerned),
        deadline_on=form.deadline_on,
        status=status_of(form),
    )


@never_cache
def announce(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """What will be public, then the announcement itself."""
    found = the_consultation(process, slug)
    actor = actor_of(request, found.process)
    if request.method == "POST":
        with writing(lock=found) as now:
            announced = announce_consultation(the_consultation(process, slug), actor=actor, now=now)
            _open_if_it_can(announced, actor=actor, now=now)
        return back_to("dashboard", process=process)
    now = timezone.now()
    return page(
        request,
        "announce.html",
        found.process,
        consultation=found,
        refusal=announce_refusal(found, now=now),
        missing=missing_items(checklist(found.process, found, now=now)),
        opens_at_once=found.opens_at is not None and found.opens_at <= now,
    )


@never_cache
def announce_ready(request: HttpRequest, process: str) -> HttpResponse:
    """All the drafts that are ready, announced together; the others are listed with what they lack."""
    held = the_process(process)
    actor = actor_of(request, held)
    drafts = held.consultations.filter(state=State.DRAFT).select_related("process__log", "theme")
    drafts = drafts.order_by("theme__number", "rank", "pk")
    if request.method == "POST":
        with writing(lock=held) as now:
            for pk in sorted(item.pk for item in drafts):
                hold(f"processes.Consultation/{pk}")
            for item in drafts.all():
                if announce_refusal(item, now=now) is None:
                    _open_if_it_can(announce_consultation(item, actor=actor, now=now), actor=actor, now=now)
        return back_to("dashboard", process=process)
    now = timezone.now()
    refusals = [(item, announce_refusal(item, now=now)) for item in drafts]
    return page(
        request,
        "announce_ready.html",
        held,
        ready=[item for item, refusal in refusals if refusal is None],
        unready=[(item, refusal) for item, refusal in refusals if refusal is not None],
    )


def _open_if_it_can(consultation: Consultation, *, actor: str, now: datetime) -> None:
    """Announced on its own opening day, with its method complete, it opens at once."""
    method = checklist(consultation.process, consultation, now=now)
    if open_refusal(consultation, method=method, now=now) is None:
        open_consultation(consultation, actor=actor, now=now)


def open_now(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """Its hour has come and what was missing is there: no need to wait for the clock."""
    found = the_consultation(process, slug)
    actor = actor_of(request, found.process)
    with writing(lock=found) as now:
        open_consultation(the_consultation(process, slug), actor=actor, now=now)
    return back_to("dashboard", process=process)


@never_cache
def extend(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """A later last day, with a published reason; for one consultation, or for all those of its theme that are open."""
    found = the_consultation(process, slug)
    actor = actor_of(request, found.process)
    form = ExtensionForm(posted(request))
    together = _open_with(found)

    def act(now: datetime) -> None:
        chosen = [found, *together] if request.POST.get("together") else [found]
        for item in sorted(chosen, key=lambda one: one.pk):
            hold(item)
        for item in chosen:
            extend_consultation(
                the_consultation(process, item.slug), closes_at=form.closes_at(), reason=form.cleaned_data["reason"],
                actor=actor, now=now,
            )  # fmt: skip

    if request.method == "POST" and form.is_valid() and done(form, act, lock=found.process):
        return back_to("dashboard", process=process)
    deadline_on = deadline_of(found.process)
    return page(
        request,
        "extend.html",
        found.process,
        form=form,
        consultation=found,
        together=together,
        deadline_on=deadline_on,
        is_past_deadline=passes_deadline(found.closes_at, deadline_on),
        status=status_of(form),
    )


def _open_with(consultation: Consultation) -> list[Consultation]:
    """The other open consultations of its theme."""
    if consultation.theme_id is None:
        return []
    others = consultation.process.consultations.filter(theme_id=consultation.theme_id, state=State.OPEN)
    return list(others.exclude(pk=consultation.pk).order_by("rank", "pk"))
