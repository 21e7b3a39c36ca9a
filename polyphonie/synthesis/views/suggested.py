"""What the machine suggests, each for a person to accept or to refuse: topics, near-duplicates, phrases, extracts."""

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from polyphonie.processes.queries.journal import actor_in_words
from polyphonie.synthesis.actions import suggested as actions
from polyphonie.synthesis.actions.writing import lock_of, synthesis_of
from polyphonie.synthesis.models import Synthesis
from polyphonie.synthesis.queries import suggested as queries
from polyphonie.synthesis.rules import writing_refusal
from polyphonie.synthesis.views.frame import rapporteur, the_desk


@never_cache
def suggestions(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """Everything suggested, with when and from what; each act a form of its own."""
    held = the_desk(process, consultation)
    actor = rapporteur(request, held.process)
    refusal, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            with writing(lock=lock_of(held)) as now:
                _do(request, held, synthesis_of(held), actor=actor, now=now)
        except Refused as refused:
            refusal, status = refused.reason, HTTPStatus(refused.status)
        else:
            return HttpResponseRedirect(request.path)
    board = queries.board_of(held)
    families = board.families[: queries.FAMILIES_SHOWN]
    synthesis = Synthesis.objects.filter(consultation=held).first()
    return render(
        request,
        "synthesis/desk/suggestions.html",
        {
            "process": held.process,
            "consultation": held,
            "synthesis": synthesis,
            "board": board,
            "families": families,
            "bodies": _bodies(families),
            "decisions": queries.decisions_of(held),
            "who": actor_in_words,
            "most": queries.MOST_SHOWN,
            "is_final": synthesis is not None and writing_refusal(synthesis.state) is not None,
            "refusal": refusal,
        },
        status=status,
    )


def _bodies(families: list[queries.Offered]) -> dict[int, str]:
    """What the texts of these families say, by their number."""
    wanted = [text.pk for family in families for text in family.texts[: queries.MOST_SHOWN]]
    return dict(Contribution.objects.filter(pk__in=wanted).order_by().values_list("number", "body"))


def _do(request: HttpRequest, consultation: Consultation, synthesis: Synthesis, *, actor: str, now: datetime) -> None:
    act = request.POST.get("act", "")
    if act == "begin":
        return
    if act == "again":
        actions.offer_again(synthesis, whole_number(request.POST.get("decision", "")) or 0)
        return
    board = queries.board_of(consultation)
    if act == "refuse_all":
        actions.refuse_suggestions(synthesis, board.all_offered(), actor=actor, now=now)
        return
    mark = request.POST.get("mark", "")
    offered = next((one for one in board.all_offered() if one.mark == mark), None)
    if offered is None:
        raise Refused(_("This suggestion is not there any more: its texts changed, or somebody decided it."), status=409)
    if act == "refuse":
        actions.refuse_suggestions(synthesis, [offered], actor=actor, now=now)
    elif act == "accept":
        _accept(request, board, synthesis, offered, actor=actor, now=now)


def _accept(
    request: HttpRequest, board: queries.Board, synthesis: Synthesis, offered: queries.Offered, *, actor: str, now: datetime
) -> None:
    if offered.kind == queries.TOPIC:
        actions.accept_topic(synthesis, offered, request.POST.get("label", ""), actor=actor, now=now)
    elif offered.kind == queries.FAMILY:
        actions.accept_family(synthesis, offered, actor=actor, now=now)
    elif offered.kind == queries.EXTRACT:
        actions.accept_extract(synthesis, offered, actor=actor, now=now)
    elif offered.kind == queries.JOINING:
        actions.accept_joining(synthesis, offered, actor=actor, now=now)
    else:
        _accept_phrase(board, synthesis, offered, actor=actor, now=now)


def _accept_phrase(board: queries.Board, synthesis: Synthesis, offered: queries.Offered, *, actor: str, now: datetime) -> None:
    """A phrase of a topic that stands renames it; of one that is suggested, it accepts it under this name."""
    holder = board.holder_of(offered.mark)
    assert holder is not None
    topic = holder.standing
    if topic is None:
        topic = actions.accept_topic(synthesis, holder.offered, queries.as_label(offered.words), actor=actor, now=now)
    actions.accept_phrase(synthesis, offered, topic, actor=actor, now=now)
