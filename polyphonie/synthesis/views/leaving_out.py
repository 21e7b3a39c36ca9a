"""What no sentence cites: one reason for those one ticks, for a page of them, or for a whole list."""

from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from polyphonie.contributions.fates import fate_in_words
from polyphonie.contributions.models import Contribution, Origin, Status
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.actions.doubts import explain_omissions, take_reason_back
from polyphonie.synthesis.actions.writing import lock_of, synthesis_of
from polyphonie.synthesis.models import Topic
from polyphonie.synthesis.queries.live import line_of
from polyphonie.synthesis.queries.reading import unread
from polyphonie.synthesis.queries.voices import EXPLAINED, WAITING, Asked, left_out_of, left_out_page
from polyphonie.synthesis.rules import FATES, longer_list_refusal
from polyphonie.synthesis.views.frame import asked_of, rapporteur, the_desk

A_PAGE = 40
TICKED, SHOWN, WHOLE = "ticked", "shown", "whole"
"""To which contributions a reason is given: those that are ticked, all those on the page, all those of the list."""


@never_cache
def left_out(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """What no sentence cites: what waits for a reason, and what has one."""
    held = the_desk(process, consultation)
    actor = rapporteur(request, held.process)
    asked = _asked(request)
    refusal = ""
    if request.method == "POST":
        try:
            with writing(lock=lock_of(held)) as now:
                _explain(request, held, asked, actor=actor, now=now)
        except Refused as refused:
            refusal = refused.reason
        else:
            return HttpResponseRedirect(f"{request.path}?{_query(asked, page=1)}".rstrip("?"))
    typed = request.POST if refusal else {}
    return render(
        request,
        "synthesis/desk/left_out.html",
        {
            "process": held.process,
            "consultation": held,
            "voices": left_out_page(held, asked, a_page=A_PAGE),
            "asked": asked,
            "is_explained": asked.list == EXPLAINED,
            "whole": left_out_of(held, asked).count(),
            "unread": _unread(held, asked),
            "list_query": lambda **changes: _query(asked, **changes),
            "line": line_of(held),
            "topics": list(Topic.objects.filter(synthesis__consultation=held)),
            "origins": Origin.choices,
            "fates": [(fate, fate_in_words(fate)) for fate in FATES],
            "refusal": refusal,
            "typed": typed,
            "scope": typed.get("scope", TICKED),
            "chosen": set(request.POST.getlist("number")) if refusal else set(),
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK,
    )


def _asked(request: HttpRequest) -> Asked:
    is_explained = request.GET.get("liste") == EXPLAINED
    return Asked(**{**asked_of(request).__dict__, "list": EXPLAINED if is_explained else WAITING})


def _query(asked: Asked, **changes: str | int) -> str:
    """The same list, with these changes, as the end of an address."""
    page = changes.get("page", asked.page)
    said = {"liste": changes.get("list", asked.list), "trie": asked.topic, "origine": asked.origin, "page": page}
    return urlencode({name: value for name, value in said.items() if value not in ("", 1, WAITING)})


def _unread(consultation: Consultation, asked: Asked) -> int:
    """How many of the list nobody has read at the desk."""
    return unread(consultation).filter(pk__in=left_out_of(consultation, asked).order_by().values("pk")).count()


def _explain(request: HttpRequest, consultation: Consultation, asked: Asked, *, actor: str, now: datetime) -> None:
    synthesis = synthesis_of(consultation)
    shown = Contribution.objects.filter(consultation=consultation, status=Status.PUBLISHED)
    back = whole_number(request.POST.get("back", ""))
    if back is not None:
        for one in shown.filter(number=back):
            take_reason_back(synthesis, one)
        return
    fate, reason = request.POST.get("fate", ""), request.POST.get("reason", "")
    chosen = _chosen(request, consultation, shown, asked)
    explain_omissions(synthesis, chosen, fate=fate, reason=reason, actor=actor, now=now)


def _chosen(
    request: HttpRequest, consultation: Consultation, shown: QuerySet[Contribution], asked: Asked
) -> QuerySet[Contribution]:
    """What the reason is given to. A whole list is no longer than the one that was seen, so that nothing is explained unseen."""
    scope = request.POST.get("scope", TICKED)
    if scope == WHOLE:
        waiting = left_out_of(consultation, asked).order_by("number")
        ensure(longer_list_refusal(seen=whole_number(request.POST.get("seen", "")) or 0, now=waiting.count()))
        return waiting.only("pk")
    typed = request.POST.getlist("on_page" if scope == SHOWN else "number")[:1_000]
    numbers = [number for text in typed if (number := whole_number(text)) is not None]
    return shown.filter(number__in=numbers).order_by("number")
