"""Rapporteurs answer each discussion: integrated, noted or declined with a reason; those without an answer come first."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.annotations.actions import answer_discussion
from polyphonie.annotations.anchoring import texts_of
from polyphonie.annotations.beside import page_asked
from polyphonie.annotations.forms import AnswerForm
from polyphonie.annotations.models import Annotation
from polyphonie.annotations.places import PLACES, places_of
from polyphonie.annotations.queries import Discussion, to_answer
from polyphonie.annotations.rules import overtaken_refusal
from polyphonie.annotations.views.reading import annotation_or_404, document_or_404, version_or_404
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from polyphonie.processes.views.frame import actor_of


@never_cache
def answers(request: HttpRequest, process: str, slug: str, kind: str) -> HttpResponse:
    """The list, each discussion with its form; the one that is posted names its number."""
    try:
        document = document_or_404(process, kind, slug)
    except Http404:
        return _nothing_yet(request, process, kind, slug)
    version = version_or_404(document)
    posted = _number(request)
    form = AnswerForm(request.POST) if posted is not None else None
    if form is not None and posted is not None and form.is_valid():
        try:
            with writing(lock=document) as now:
                document.refresh_from_db()
                discussion = annotation_or_404(document, posted)
                answer, reason = form.cleaned_data["answer"], form.cleaned_data["reason"]
                if (answer, reason) != (discussion.answer, discussion.answer_reason):
                    ensure(overtaken_refusal(seen=request.POST.get("answered_at", ""), standing=_answered_at(discussion)))
                answer_discussion(
                    discussion,
                    answer,
                    reason=reason,
                    actor=actor_of(request, document.process, places_of(document).answers),
                    consultation=Consultation.objects.filter(process=document.process, slug=slug).first(),
                    now=now,
                )
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            return HttpResponseRedirect(f"{request.get_full_path()}#discussion-{posted}")
    panel = to_answer(version, page=page_asked(request.GET))
    context = {
        "process": document.process,
        "document": document,
        "text_places": places_of(document),
        "version": version,
        "panel": panel,
        "answered_at": _answered_at,
        "discussions": [(one, form if form is not None and one.number == posted else _form(one)) for one in panel.discussions],
        "paragraphs": {key: text.replace("\ufffc", "…") for key, text in texts_of(version.blocks).items()},
        "unanswered": sum(not one.is_answered for one in panel.standing),
        "wrong": form if form is not None and form.errors else None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form is not None and form.errors else HTTPStatus.OK
    return render(request, "annotations/answers.html", context, status=status)


def _nothing_yet(request: HttpRequest, process: str, kind: str, slug: str) -> HttpResponse:
    """Nothing is published of it yet: there is no discussion to answer."""
    consultation = Consultation.objects.select_related("process").filter(process__slug=process, slug=slug).first()
    if consultation is None:
        raise Refused(_("Nothing is published yet: there is no discussion to answer."), status=HTTPStatus.NOT_FOUND)
    context: dict[str, object] = {"process": consultation.process, "document": None, "title": consultation.title}
    context["text_places"] = PLACES[kind](process, slug)
    return render(request, "annotations/answers.html", context, status=HTTPStatus.NOT_FOUND)


def _form(discussion: Discussion) -> AnswerForm:
    said = discussion.opening
    form = AnswerForm(initial={"answer": said.answer, "reason": said.answer_reason}, auto_id=f"id_%s_{said.number}")
    return form


def _answered_at(discussion: Annotation) -> str:
    """The mark of the answer that a form shows; empty without one."""
    return "" if discussion.answered_at is None else discussion.answered_at.isoformat()


def _number(request: HttpRequest) -> int | None:
    return whole_number(request.POST.get("discussion", ""))
