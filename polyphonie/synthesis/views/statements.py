"""Saving a statement: by its button, or by itself while one types; refused in its place, or compared with what another wrote."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from polyphonie.core.addresses import writing_address
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.fragments import wants_fragment
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.actions.writing import (
    Place,
    Unresolved,
    WrittenMeanwhile,
    lock_of,
    move_statement,
    remove_statement,
    save_statement,
    synthesis_of,
)
from polyphonie.synthesis.checks.resolving import Resolution, numbers_in, resolve
from polyphonie.synthesis.forms import StatementForm
from polyphonie.synthesis.models import Statement, Topic
from polyphonie.synthesis.queries import desk as queries
from polyphonie.synthesis.queries.quoting import citables
from polyphonie.synthesis.views.desk import desk_page, form_for
from polyphonie.synthesis.views.frame import asked_of, query_of, rapporteur, the_desk


@never_cache
def statement(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """Save, or take out, the statement whose form this is."""
    held = the_desk(process, consultation)
    form = form_for(held, queries.synthesis_now(held), data=request.POST)
    if not form.is_valid():
        return _again(request, held, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        saved = _act(request, held, form.cleaned_data)
    except Unresolved as unresolved:
        troubles = unresolved.resolution.troubles
        return _again(request, held, form, unresolved.status, troubles=troubles, written=unresolved.resolution.written)
    except WrittenMeanwhile as conflict:
        return _compared(request, held, form, conflict)
    except Refused as refused:
        form.add_error("text", refused.reason)
        return _again(request, held, form, refused.status)
    if wants_fragment(request):
        return render(request, "synthesis/desk/saved.html", {"statement": saved, "process": held.process, "consultation": held})
    if saved is not None and request.POST.get("act") == "next":
        return HttpResponseRedirect(_onwards(request, held, saved))
    return HttpResponseRedirect(_back(request, held, form.cleaned_data["topic"], "" if saved is None else saved.key))


@never_cache
def move(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """Put a statement before the one that stands above it."""
    held = the_desk(process, consultation)
    actor = rapporteur(request, held.process)
    with writing(lock=lock_of(held)):
        mine = Statement.objects.filter(synthesis__consultation=held).select_related("synthesis", "topic")
        moved = mine.filter(key=cleaned(request.POST.get("key", ""))[:12]).first()
        before = mine.filter(key=cleaned(request.POST.get("before", ""))[:12]).first()
        if moved is not None and before is not None:
            move_statement(moved, before=before, actor=actor)
    topic = "" if moved is None or moved.topic is None else moved.topic.key
    return HttpResponseRedirect(_back(request, held, topic, "" if moved is None else moved.key))


def _act(request: HttpRequest, consultation: Consultation, typed: dict[str, Any]) -> Statement | None:
    with writing(lock=lock_of(consultation)) as now:
        actor = rapporteur(request, consultation.process)
        synthesis = synthesis_of(consultation)
        if request.POST.get("act") == "remove":
            standing = synthesis.statements.filter(key=typed["key"]).first()
            if standing is not None:
                remove_statement(standing, edition=typed["edition"], actor=actor, now=now)
            return None
        return save_statement(
            synthesis,
            typed["key"],
            place=Place(_topic(consultation, typed["topic"]), typed["column"], typed["position"]),
            resolution=resolution_of(consultation, typed["text"]),
            is_linking=typed["is_linking"],
            edition=typed["edition"],
            actor=actor,
            now=now,
        )


def _topic(consultation: Consultation, key: str) -> Topic | None:
    return Topic.objects.filter(synthesis__consultation=consultation, key=key).first()


def resolution_of(consultation: Consultation, text: str) -> Resolution:
    """A sentence held against the texts it cites, as they stand now."""
    return resolve(text, citables(consultation, numbers_in(text)))


def _back(request: HttpRequest, consultation: Consultation, topic: str, key: str) -> str:
    address = _desk_at(request, consultation, {"ecrire": topic or queries.NO_TOPIC})
    return f"{address}#s-{key}" if key else address


def _onwards(request: HttpRequest, consultation: Consultation, saved: Statement) -> str:
    """A new statement beside the one just saved; after a position A, its position B."""
    topic = queries.NO_TOPIC if saved.topic is None else saved.topic.key
    position = Statement.Position.B if saved.position == Statement.Position.A else saved.position
    said = {"ecrire": topic, "phrase": "nouvelle", "colonne": saved.column, "position": position, "apres": saved.key}
    return f"{_desk_at(request, consultation, said)}#id_text"


def _desk_at(request: HttpRequest, consultation: Consultation, said: dict[str, str]) -> str:
    """The desk with the list beside the text as one left it."""
    beside = f"&{query_of(asked_of(request))}" if request.GET else ""
    return f"{writing_address(consultation.process.slug, consultation.slug)}?{urlencode(said)}{beside}"


def _compared(request: HttpRequest, consultation: Consultation, form: StatementForm, conflict: WrittenMeanwhile) -> HttpResponse:
    """Both texts; the form now answers to what stands, so that saving again is a choice."""
    theirs = None if conflict.theirs is None else queries.statement_of(consultation, conflict.theirs.key)
    form.data = form.data.copy()  # type: ignore[attr-defined]  # the data of a bound form
    form.data["edition"] = "0" if theirs is None else str(theirs.statement.edition)  # type: ignore[index]  # the data of a bound form
    return _again(request, consultation, form, conflict.status, theirs=theirs, is_conflict=True)


def _again(request: HttpRequest, consultation: Consultation, form: StatementForm, status: int, **more: Any) -> HttpResponse:
    """The form once more, with all that was typed and what is wrong with it."""
    if wants_fragment(request):
        said = {"form": form, "troubles": (), "theirs": None, "is_conflict": False, "written": "", **more}
        return render(request, "synthesis/desk/refused.html", {**said, "process": consultation.process}, status=status)
    topic = str(form.data.get("topic", ""))
    synthesis = queries.synthesis_now(consultation)
    return desk_page(request, consultation, synthesis, form=form, topic_key=topic, status=status, more=more)
