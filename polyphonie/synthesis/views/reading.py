"""Reading mode: one contribution at a time with all that is said about it; one key sorts it and brings the next."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.serving.fragments import wants_fragment
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.actions import reading as actions
from polyphonie.synthesis.actions.topics import add_topic
from polyphonie.synthesis.actions.writing import lock_of, synthesis_of
from polyphonie.synthesis.models import Synthesis, Topic
from polyphonie.synthesis.queries import reading as queries
from polyphonie.synthesis.views.frame import rapporteur, the_desk

NO_TOPIC = "none"
SORTING = ("topic", "same", "new")
"""The acts after which the next text comes."""


@never_cache
def reading(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """Where the reading stands, and the way back to one's place."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    account = _account(request)
    asked = whole_number(request.GET.get("numero", ""))
    if asked is not None:
        return HttpResponseRedirect(_address(held, queries.proposal_of(held, asked) or asked))
    return render(
        request,
        "synthesis/desk/reading.html",
        {
            "process": held.process,
            "consultation": held,
            "progress": queries.progress_of(held, account),
            "following": queries.next_to_read(held, account, now=timezone.now()),
            "topics": queries.sorted_under(held),
            "without_topic": queries.readings_of(held).filter(topic=None).count(),
        },
    )


@never_cache
def read(request: HttpRequest, process: str, consultation: str, number: int) -> HttpResponse:
    """One proposal, its arguments side by side, its sources; or what the rapporteur does with it."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    refusal, typed = "", ""
    if request.method == "POST":
        try:
            following = _acted(request, held, number)
        except Refused as refused:
            refusal, typed = refused.reason, request.POST.get("words", "") or request.POST.get("same_as", "")
        else:
            if wants_fragment(request):
                return HttpResponse(status=204)
            return HttpResponseRedirect(following)
    opened = queries.opened(held, number, _account(request))
    if opened is None:
        belongs_to = queries.proposal_of(held, number)
        if belongs_to is None or belongs_to == number:
            raise Http404
        return HttpResponseRedirect(_address(held, belongs_to))
    return render(
        request,
        "synthesis/desk/read.html",
        {
            "process": held.process,
            "consultation": held,
            "opened": opened,
            "progress": queries.progress_of(held, _account(request)),
            "topics": list(Topic.objects.filter(synthesis__consultation=held)),
            "refusal": refusal,
            "typed": typed,
            "typed_note": request.POST.get("note"),
        },
        status=422 if refusal else 200,
    )


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _address(consultation: Consultation, number: int | None = None) -> str:
    names = {"process": consultation.process.slug, "consultation": consultation.slug}
    if number is None:
        return reverse("synthesis:reading", kwargs=names)
    return reverse("synthesis:read", kwargs={**names, "number": number})


def _acted(request: HttpRequest, consultation: Consultation, number: int) -> str:
    """Do what was asked with this text; where one goes then."""
    asked = request.POST.get("act", "topic" if "topic" in request.POST else "")
    with writing(lock=lock_of(consultation)) as now:
        actor, account = rapporteur(request, consultation.process), _account(request)
        synthesis = synthesis_of(consultation)
        text = Contribution.objects.filter(consultation=consultation, number=number).first()
        if text is None or not text.is_visible:
            raise Http404
        _do(request, synthesis, text, asked, actor=actor, account=account, now=now)
        if asked not in SORTING:
            actions.mark_place(synthesis, account, at=number, now=now)
            return f"{_address(consultation, number)}#{asked}" if asked else _address(consultation, number)
        following = queries.next_to_read(consultation, account, now=now, after=number)
        actions.mark_place(synthesis, account, at=following, now=now)
    place = "content" if following is None else "lecture"  # one or the other: else a browser keeps the fragment it came from
    return f"{_address(consultation, following)}#{place}"


def _do(
    request: HttpRequest, synthesis: Synthesis, text: Contribution, asked: str, *, actor: str, account: Account, now: datetime
) -> None:
    said = request.POST
    if asked == "topic":
        topic = synthesis.topics.filter(key=cleaned(said.get("topic", ""))[:12]).first()
        actions.sort_text(synthesis, text, topic=topic, actor=actor, now=now)
    elif asked == "new":
        actions.sort_text(synthesis, text, topic=add_topic(synthesis, said.get("label", ""), actor=actor), actor=actor, now=now)
    elif asked == "same":
        same_as = _named(synthesis, said.get("same_as", ""))
        before = queries.readings_of(synthesis.consultation).filter(contribution=same_as).select_related("topic").first()
        topic = None if before is None else before.topic
        actions.sort_text(synthesis, text, topic=topic, same_as=same_as, actor=actor, now=now)
    elif asked == "apart":
        said_so = queries.readings_of(synthesis.consultation).filter(contribution=text).select_related("topic").first()
        actions.sort_text(synthesis, text, topic=None if said_so is None else said_so.topic, actor=actor, now=now)
    elif asked == "note":
        actions.note_for_oneself(synthesis, text, said.get("note", ""), account=account)
    elif asked == "passage":
        opened = queries.opened(synthesis.consultation, text.number, account)
        texts = [text] if opened is None else opened.all_texts
        chosen = whole_number(said.get("of", ""))
        texts.sort(key=lambda one: one.number != chosen)
        actions.keep_passage(synthesis, texts, said.get("words", ""), actor=actor, now=now)
    elif asked == "drop":
        actions.let_passage_go(synthesis, whole_number(said.get("passage", "")) or 0)
    elif asked == "again":
        actions.put_back(synthesis, text)


def _named(synthesis: Synthesis, typed: str) -> Contribution:
    number = whole_number(typed)
    found = Contribution.objects.filter(process=synthesis.consultation.process_id, number=number).first() if number else None
    if found is None:
        raise Refused(actions.unknown_number(typed), status=422)
    return found
