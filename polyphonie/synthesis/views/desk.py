"""The rapporteurs' desk: the consultations of a process, then one of them, voices on the left and the text on the right."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.annotations.queries import unanswered_in
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.serving.fragments import wants_fragment
from polyphonie.processes.models import Consultation, Process
from polyphonie.synthesis.actions.writing import new_key
from polyphonie.synthesis.forms import StatementForm
from polyphonie.synthesis.models import PastStatement, Synthesis, Topic
from polyphonie.synthesis.queries import desk as queries
from polyphonie.synthesis.queries.doubts import Doubts, doubts_of
from polyphonie.synthesis.queries.groups import pattern_of
from polyphonie.synthesis.queries.live import Line, line_of
from polyphonie.synthesis.queries.passages import passages_kept, passages_of
from polyphonie.synthesis.queries.past import past_statements
from polyphonie.synthesis.queries.second_reading import last_reading
from polyphonie.synthesis.queries.voices import TOPIC, Asked, voices_beside
from polyphonie.synthesis.rules import Progress, next_step
from polyphonie.synthesis.views.frame import asked_of, query_of, rapporteur, the_desk

NEW = "nouvelle"


@never_cache
def desks(request: HttpRequest, process: str) -> HttpResponse:
    """Every consultation of the process, with what is read and written of it."""
    held = get_object_or_404(Process, slug=process)
    rapporteur(request, held)
    return render(request, "synthesis/desk/desks.html", {"process": held, "rows": queries.desks_of(held)})


@never_cache
def desk(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """The desk of one consultation; `phrase` opens a statement, or a new one."""
    held = the_desk(process, consultation)
    if wants_fragment(request):
        rapporteur(request, held.process)
        line = {"line": line_of(held), "doubts": doubts_of(held), "process": held.process, "consultation": held}
        return render(request, "synthesis/desk/fresh_line.html", line)
    synthesis = queries.synthesis_now(held)
    asked = request.GET.get("phrase", "")
    form = None
    if asked == NEW:
        form = form_for(held, synthesis, initial=_beginning(request, held, synthesis))
    elif asked:
        initial = _standing(request, held, asked)
        form = form_for(held, synthesis, initial=initial) if initial else None
    return desk_page(request, held, synthesis, form=form, topic_key=request.GET.get("ecrire", ""))


def _standing(request: HttpRequest, consultation: Consultation, key: str) -> dict[str, Any]:
    """A statement as it stands, or with the words it had before (`ancienne`); nothing when there is neither."""
    found = queries.statement_of(consultation, key)
    initial = initial_of(found) if found else {}
    number = whole_number(request.GET.get("ancienne", ""))
    former = PastStatement.objects.filter(synthesis__consultation=consultation, key=key, pk=number).first() if number else None
    if former is not None:
        before = {"topic": former.topic or queries.NO_TOPIC, "column": former.column, "position": former.position}
        ((_one, words),) = past_statements(consultation, [former])
        initial = {"key": key, "edition": 0, **before, **initial, "is_linking": former.is_linking, "text": words}
    return initial


def _beginning(request: HttpRequest, consultation: Consultation, synthesis: Synthesis) -> dict[str, Any]:
    """A new statement: under the topic and in the column one came from, else the first, with what one came to cite."""
    number = whole_number(request.GET.get("citer", ""))
    text = "" if number is None else f" #{number}"
    kept = whole_number(request.GET.get("passage", ""))
    if kept is not None:
        asked = passages_kept(passages_of(consultation).filter(pk=kept))
        text = "".join(f"« {one.words} » #{one.kept.contribution.number}" for one in asked)
    return {
        "key": new_key(),
        "edition": 0,
        "topic": request.GET.get("ecrire", "") or queries.first_topic(consultation),
        "column": request.GET.get("colonne", "") or queries.columns_in_words(synthesis)[0][0],
        "position": request.GET.get("position", ""),
        "text": text,
    }


def initial_of(found: queries.Written) -> dict[str, Any]:
    """A statement as its form shows it."""
    statement = found.statement
    return {
        "key": statement.key,
        "edition": statement.edition,
        "topic": queries.NO_TOPIC if statement.topic is None else statement.topic.key,
        "column": statement.column,
        "position": statement.position,
        "is_linking": statement.is_linking,
        "text": found.text,
    }


def form_for(consultation: Consultation, synthesis: Synthesis, **options: Any) -> StatementForm:
    topics = list(Topic.objects.filter(synthesis__consultation=consultation).values_list("key", "label"))
    return StatementForm(topics=topics, columns=queries.columns_in_words(synthesis), **options)


def _progress(synthesis: Synthesis, read: int, line: Line, doubts: Doubts) -> Progress:
    since = queries.since_published(synthesis)
    return Progress(
        read=read,
        total=line.proposals,
        statements=doubts.statements,
        doubtful=doubts.doubtful,
        unexplained=line.unexplained,
        state=synthesis.state,
        is_closed=synthesis.consultation.state == Consultation.State.CLOSED,
        is_changed=since.is_changed,
        is_read_again=since.is_read_again,
    )


def _waiting(synthesis: Synthesis) -> int:
    """How many discussions of the published text have no answer."""
    document = synthesis.document_id
    return 0 if document is None else unanswered_in([document]).get(document, 0)


def desk_page(
    request: HttpRequest,
    consultation: Consultation,
    synthesis: Synthesis,
    *,
    form: StatementForm | None,
    topic_key: str,
    status: int = 200,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The whole desk; `form` is the statement being written, `more` what went wrong with it."""
    me = rapporteur(request, consultation.process)
    headings = queries.headings(consultation)
    pattern = pattern_of(consultation)
    current = next((one for one in headings if one.key == topic_key), headings[0])
    line, doubts = line_of(consultation), doubts_of(consultation, pattern)
    read = queries.read_in(consultation)
    is_every = topic_key == queries.EVERY_TOPIC and form is None
    number = whole_number(request.GET.get("sujets", "")) or 1
    screen = queries.screen_of(consultation, headings, number) if is_every else None
    statements = [] if is_every else queries.statements_under(consultation, current.topic)
    asked: Asked = asked_of(request)
    if asked.list == TOPIC:
        asked = replace(asked, topic=current.key)
    step = next_step(_progress(synthesis, read, line, doubts))
    return render(
        request,
        "synthesis/desk/desk.html",
        {
            "process": consultation.process,
            "consultation": consultation,
            "synthesis": synthesis,
            "columns": queries.columns_in_words(synthesis),
            "headings": headings,
            "current": current,
            "statements": statements,
            "screen": screen,
            "form": form,
            "voices": voices_beside(consultation, asked),
            "asked": asked,
            "list_query": partial(query_of, asked),
            "others": queries.others_writing(consultation, me=me, now=timezone.now()),
            "me": me,
            "line": line,
            "doubts": doubts,
            "read": read,
            "step": step,
            "last_reading": last_reading(synthesis) if step == "review" else None,
            "waiting": _waiting(synthesis) if step == "done" else 0,
            "groups": pattern.names,
            "sorted_topics": [one.topic for one in headings if one.topic is not None],
            "troubles": (),
            "theirs": None,
            "proposed": None,
            **(more or {}),
        },
        status=status,
    )
