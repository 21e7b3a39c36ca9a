"""How do organisers write a concertation? Its presentation, its method, its referral, its themes, its consultations."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache

from polyphonie.core.writing import writing
from polyphonie.processes.actions import frame as framing
from polyphonie.processes.forms import (
    ConsultationForm,
    MethodForm,
    PresentationForm,
    ReferralForm,
    ThemeForm,
)
from polyphonie.processes.models import Consultation, Process, Referral, Theme
from polyphonie.processes.queries.standing import referral_of
from polyphonie.processes.rules.frame import FROZEN_BY_OPENING, edit_consultation_refusal, remove_consultation_refusal
from polyphonie.processes.views.frame import (
    Edit,
    actor_of,
    back_to,
    page,
    posted,
    the_consultation,
    the_process,
)

PRESENTATION = ("title", "tagline", "introduction", "organiser", "initiative", "hashtag", "licence")
METHOD = (
    "who_decides",
    "what_becomes",
    "feedback_due_on",
    "synthesis_planned",
    "legal_basis",
    "asks_consent",
    "appeal_body",
    "charter",
)
REFERRAL = ("kind", "number", "issuer", "addressee", "received_on", "deadline_on", "text", "questions")
THEME = ("number", "title", "presentation")
CONSULTATION = ("title", "questions", "presentation", "theme", "rank", "has_diagnoses", "is_under_crpa")


def _values(record: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    return {**{name: getattr(record, name) for name in fields}, "version": record.version}


@never_cache
def presentation(request: HttpRequest, process: str) -> HttpResponse:
    """The title and the texts of a process."""
    return _edit_process(request, process, PresentationForm, PRESENTATION, "presentation.html")


@never_cache
def method(request: HttpRequest, process: str) -> HttpResponse:
    """What is promised to those who take part: the texts of the checklist."""
    return _edit_process(request, process, MethodForm, METHOD, "method.html")


def _edit_process(
    request: HttpRequest, slug: str, form_class: type[PresentationForm | MethodForm], fields: tuple[str, ...], template: str
) -> HttpResponse:
    process = the_process(slug)
    actor = actor_of(request, process)
    form = form_class(posted(request), initial=_values(process, fields))
    edit = Edit(
        form,
        lock=process,
        act=lambda now: framing.edit_process(
            the_process(slug), form.asked(), version=form.cleaned_data["version"] or 0, actor=actor, now=now
        ),
        current=lambda: _values(the_process(slug), fields),
    )
    if edit.is_saved(request):
        return back_to("dashboard", process=slug)
    return page(request, template, process, form=form, differences=edit.differences, status=edit.status)


@never_cache
def referral(request: HttpRequest, process: str) -> HttpResponse:
    """The letter that asks for the concertation."""
    held = the_process(process)
    actor = actor_of(request, held)
    present = referral_of(held)
    initial = _values(present, REFERRAL) if present else {"kind": Referral.Kind.GOVERNMENT}
    form = ReferralForm(posted(request), initial=initial)
    edit = Edit(
        form,
        lock=held,
        act=lambda now: framing.record_referral(held, form.asked(), version=form.cleaned_data["version"], actor=actor, now=now),
        current=lambda: _values(Referral.objects.get(process=held), REFERRAL),
    )
    if edit.is_saved(request):
        return back_to("dashboard", process=process)
    return page(request, "referral.html", held, form=form, differences=edit.differences, status=edit.status)


@never_cache
def themes(request: HttpRequest, process: str) -> HttpResponse:
    """The themes of a process, and a new one."""
    held = the_process(process)
    actor = actor_of(request, held)
    form = ThemeForm(posted(request))
    edit = Edit(
        form,
        lock=held,
        act=lambda now: framing.add_theme(held, form.asked(), actor=actor, now=now),
        current=dict,
    )
    if edit.is_saved(request):
        return back_to("themes", process=process)
    listed = held.themes.prefetch_related("consultations").order_by("number")
    return page(request, "themes.html", held, form=form, themes=listed, status=edit.status)


@never_cache
def theme(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """Reword or renumber a theme."""
    held = the_process(process)
    actor = actor_of(request, held)
    found = get_object_or_404(Theme, process=held, number=number)
    form = ThemeForm(posted(request), initial=_values(found, THEME))
    edit = Edit(
        form,
        lock=held,
        act=lambda now: framing.edit_theme(
            Theme.objects.select_related("process__log").get(pk=found.pk),
            form.asked(),
            version=form.cleaned_data["version"] or 0,
            actor=actor,
            now=now,
        ),
        current=lambda: _values(Theme.objects.get(pk=found.pk), THEME),
    )
    if edit.is_saved(request):
        return back_to("themes", process=process)
    return page(request, "theme.html", held, form=form, theme=found, differences=edit.differences, status=edit.status)


def remove_theme(request: HttpRequest, process: str, number: int) -> HttpResponse:
    held = the_process(process)
    actor = actor_of(request, held)
    with writing(lock=held) as now:
        framing.remove_theme(get_object_or_404(Theme, process=held, number=number), actor=actor, now=now)
    return back_to("themes", process=process)


@never_cache
def new_consultation(request: HttpRequest, process: str) -> HttpResponse:
    """One more question."""
    held = the_process(process)
    actor = actor_of(request, held)
    form = ConsultationForm(posted(request), themes=held.themes.all())
    created: list[Consultation] = []
    edit = Edit(
        form,
        lock=held,
        act=lambda now: created.append(framing.add_consultation(held, form.asked(), actor=actor, now=now)),
        current=dict,
    )
    if edit.is_saved(request):
        return back_to("calendar", process=process, slug=created[0].slug)
    return page(request, "consultation.html", held, form=form, consultation=None, differences=None, status=edit.status)


@never_cache
def consultation(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """Reword a consultation; what people answer to is frozen once it has opened."""
    found = the_consultation(process, slug)
    held: Process = found.process
    actor = actor_of(request, held)
    form = ConsultationForm(posted(request), initial=_values(found, CONSULTATION), themes=held.themes.all())
    for name in FROZEN_BY_OPENING:
        if edit_consultation_refusal(found, {name: None}):
            form.fields[name].disabled = True
    edit = Edit(
        form,
        lock=found,
        act=lambda now: framing.edit_consultation(
            the_consultation(process, slug), form.asked(), version=form.cleaned_data["version"] or 0, actor=actor, now=now
        ),
        current=lambda: _values(the_consultation(process, slug), CONSULTATION),
    )
    if edit.is_saved(request):
        return HttpResponseRedirect(reverse("processes:dashboard", kwargs={"process": process}))
    return page(
        request,
        "consultation.html",
        held,
        form=form,
        consultation=found,
        frozen=edit_consultation_refusal(found, dict.fromkeys(FROZEN_BY_OPENING)),
        removal_refusal=remove_consultation_refusal(found),
        differences=edit.differences,
        status=edit.status,
    )


def remove_consultation(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    found = the_consultation(process, slug)
    actor = actor_of(request, found.process)
    with writing(lock=found) as now:
        framing.remove_consultation(the_consultation(process, slug), actor=actor, now=now)
    return back_to("dashboard", process=process)
