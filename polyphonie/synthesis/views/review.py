"""How does a draft become public? A second person reads it, then it is published in a version, and one day it is final."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from markupsafe import Markup

from polyphonie.annotations.queries import integrated_by_block
from polyphonie.core.addresses import second_reading_address, synthesis_address
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger.canonical import b64
from polyphonie.processes.models import Consultation, Role, RoleAssignment
from polyphonie.processes.queries.journal import actor_in_words
from polyphonie.processes.queries.people import acting_as
from polyphonie.processes.queries.standing import stave
from polyphonie.processes.views.frame import actor_of, done, posted, signed_in, status_of
from polyphonie.synthesis.actions import publishing, reviewing
from polyphonie.synthesis.actions.writing import lock_of
from polyphonie.synthesis.changes import changes_between
from polyphonie.synthesis.content import content_hash, content_of
from polyphonie.synthesis.forms import PublicationForm, ReviewForm
from polyphonie.synthesis.models import Synthesis, SynthesisVersion
from polyphonie.synthesis.queries.doubts import unsettled
from polyphonie.synthesis.queries.published import (
    Drawn,
    by_reason,
    changed_words,
    discussions_of,
    reader_in_words,
    uncited_of,
)
from polyphonie.synthesis.queries.readiness import favourable_review, is_writer, last_version, readiness
from polyphonie.synthesis.queries.second_reading import second_readers
from polyphonie.synthesis.queries.telling import people_of
from polyphonie.synthesis.rules import PUBLISHERS, REVIEWERS, ask_refusal, readiness_refusals


def the_synthesis(process: str, slug: str) -> Synthesis:
    found = Synthesis.objects.select_related("consultation__process__log", "document")
    return get_object_or_404(found, consultation__process__slug=process, consultation__slug=slug)


def _nothing_yet(request: HttpRequest, process: str, slug: str) -> HttpResponse | None:
    """The page that says so, as long as nobody wrote anything; None once somebody did."""
    if Synthesis.objects.filter(consultation__process__slug=process, consultation__slug=slug).exists():
        return None
    found = Consultation.objects.select_related("process")
    consultation = get_object_or_404(found, process__slug=process, slug=slug)
    may_write = acting_as(signed_in(request), consultation.process, Role.RAPPORTEUR) is not None
    context = {"process": consultation.process, "consultation": consultation, "may_write": may_write}
    return render(request, "synthesis/nothing_yet.html", context)


def _frame(request: HttpRequest, synthesis: Synthesis) -> dict[str, object]:
    process = synthesis.consultation.process
    may_write = acting_as(signed_in(request), process, Role.RAPPORTEUR) is not None
    return {
        "process": process,
        "stave": None if may_write else stave(process),  # rapporteurs are at their desk, whose pages have none
        "consultation": synthesis.consultation,
        "synthesis": synthesis,
        "may_publish": acting_as(signed_in(request), process, *PUBLISHERS) is not None,
        "may_write": may_write,
    }


def _asking(synthesis: Synthesis, content: dict[str, Any]) -> str | None:
    """Why a second reading of this content cannot be asked for, or None."""
    hashed, last = content_hash(content), last_version(synthesis)
    return ask_refusal(
        state=synthesis.state,
        is_empty=not content["statements"],
        is_same_as_published=last is not None and bytes(last.content_hash) == hashed,
        has_review=favourable_review(synthesis, hashed) is not None,
    )


@never_cache
def review(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """The draft as the public would read it, and the checklist of the second reader."""
    nothing = _nothing_yet(request, process, slug)
    if nothing is not None:
        return nothing
    synthesis = the_synthesis(process, slug)
    reader = acting_as(signed_in(request), synthesis.consultation.process, *REVIEWERS)
    if reader is None:
        raise Http404
    content = content_of(synthesis)
    hashed = content_hash(content)
    form = ReviewForm(posted(request))
    if request.method == "POST" and form.is_valid() and _is_recorded(form, synthesis, reader):
        return HttpResponseRedirect(request.path)
    drawn = Drawn(synthesis.consultation.process, content)
    before = last_version(synthesis)
    changes = [] if before is None else changes_between(before.content, content)
    reviews = [(one, bytes(one.content_hash) == hashed) for one in synthesis.reviews.order_by("-pk")]
    return render(
        request,
        "synthesis/review.html",
        {
            **_frame(request, synthesis),
            "reading": drawn,
            "uncited": by_reason(uncited_of(drawn)),
            "form": form,
            "wrote_it": is_writer(synthesis, reader.account),
            "reviews": reviews,
            "mine": next((one for one, is_present in reviews if is_present and one.account_id == reader.account_id), None),
            "before": before,
            "changes": changes,
            "words": _changed_words(synthesis, before, content, changes),
            "read_text": b64(hashed),
            "reader_in_words": reader_in_words,
            "may_ask": _asking(synthesis, content) is None,
            "readers": len(second_readers(synthesis)),
            "actor_in_words": actor_in_words,
        },
        status=status_of(form),
    )


@never_cache
def ask(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """Ask those who may read it again; their space and a mail say so."""
    synthesis = the_synthesis(process, slug)
    by = acting_as(signed_in(request), synthesis.consultation.process, *PUBLISHERS)
    if by is None:
        raise Http404
    with writing(lock=lock_of(synthesis.consultation)) as now:
        reviewing.ask_second_reading(synthesis, by=by, now=now)
    return HttpResponseRedirect(second_reading_address(process, slug))


def _is_recorded(form: ReviewForm, synthesis: Synthesis, reader: RoleAssignment) -> bool:
    def act(now: datetime) -> None:
        if form.cleaned_data["content"] != b64(content_hash(content_of(synthesis))):
            raise Refused(_("The text changed while you were reading it: here it is as it stands now."))
        reviewing.review(
            synthesis,
            reader=reader,
            answers=form.answers(),
            is_favourable=all(form.answers().values()),
            remarks=form.cleaned_data["remarks"],
            now=now,
        )

    return done(form, act, lock=lock_of(synthesis.consultation))


@never_cache
def publication(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """What publication still waits for, what changed since the last version, and the act itself."""
    nothing = _nothing_yet(request, process, slug)
    if nothing is not None:
        return nothing
    synthesis = the_synthesis(process, slug)
    actor = actor_of(request, synthesis.consultation.process, *PUBLISHERS)
    content = content_of(synthesis)
    before = last_version(synthesis)
    changes = [] if before is None else changes_between(before.content, content)
    integrated = {} if synthesis.document is None else integrated_by_block(synthesis.document)
    form = PublicationForm(posted(request), changes=changes, integrated=integrated, is_first=before is None)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(
            form,
            lambda now: publishing.publish_version(
                synthesis, closes_at=form.closes_at(), because=form.because(), actor=actor, now=now
            ),
            lock=lock_of(synthesis.consultation),
        )
    ):
        return HttpResponseRedirect(synthesis_address(process, slug))
    ready = readiness(synthesis, content, doubts=len(unsettled(synthesis)))
    return render(
        request,
        "synthesis/publication.html",
        {
            **_frame(request, synthesis),
            "form": form,
            "refusals": readiness_refusals(synthesis.state, ready),
            "ready": ready,
            "unanswered": len(discussions_of(synthesis.document, only_unanswered=True)),
            "before": before,
            "changes": changes,
            "words": _changed_words(synthesis, before, content, changes),
            "told": people_of(synthesis.consultation).count(),
            "may_ask": _asking(synthesis, content) is None,
            "readers": len(second_readers(synthesis)),
            "actor_in_words": actor_in_words,
            "now": timezone.now(),
        },
        status=status_of(form),
    )


def _changed_words(
    synthesis: Synthesis, before: SynthesisVersion | None, content: dict[str, Any], changes: list[dict[str, Any]]
) -> dict[str, Markup]:
    if before is None:
        return {}
    process = synthesis.consultation.process
    return changed_words(Drawn(process, before.content), Drawn(process, content), [one["statement"] for one in changes])


def final(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """The last version becomes the final one."""
    synthesis = the_synthesis(process, slug)
    actor = actor_of(request, synthesis.consultation.process, *PUBLISHERS)
    with writing(lock=lock_of(synthesis.consultation)) as now:
        publishing.make_final(synthesis, actor=actor, now=now)
    return HttpResponseRedirect(synthesis_address(process, slug))
