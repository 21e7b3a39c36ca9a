"""One case: the text and all that helps to decide, and one form for every act that is possible now."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import StaffAccess
from polyphonie.core.writing import hold, writing
from polyphonie.moderation import queries
from polyphonie.moderation.actions import confirm_urgent, decide, give_notice, hide_flood, hide_urgently, restore_text
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.clues import clues_about
from polyphonie.moderation.forms import CONFIRM, NOTICE, DecideForm, FloodForm
from polyphonie.moderation.models import Act, Appeal, Case, Ground
from polyphonie.moderation.reasons import reasons_of
from polyphonie.moderation.rules import (
    URGENT_GROUNDS,
    claim_refusal,
    confirm_refusal,
    decide_refusal,
    is_case_over,
    notice_refusal,
    return_refusal,
    urgent_refusal,
)
from polyphonie.moderation.turns import examining
from polyphonie.moderation.unmasking import prospect
from polyphonie.moderation.views.acting import moderator_of, named_or_404, note_file_seen, note_seen
from polyphonie.processes.models import Consultation

LABELS: dict[str, Promise] = {
    Act.KEPT: _("Keep it as it is"),
    NOTICE: _("Tell its author what is held against it: 48 hours to reply"),
    Act.HIDDEN_URGENTLY: _("Hide it urgently"),
    CONFIRM: _("Confirm the urgent hiding until its author is heard"),
    Act.MASKED: _("Mask a passage"),
    Act.MOVED: _("Move it to another consultation"),
    Act.HIDDEN: _("Hide it"),
    Act.REMOVED: _("Remove it: hidden now, destroyed when it can no longer be contested"),
    Act.RESTORED: _("Undo what was decided: show it again, give the passage back, move it back"),
    Act.REFUSED: _("Do not publish it"),
}
KEYS = {
    Act.KEPT: "c", NOTICE: "p", Act.HIDDEN_URGENTLY: "u", CONFIRM: "f", Act.MASKED: "b", Act.MOVED: "d", Act.HIDDEN: "m",
    Act.REMOVED: "x", Act.RESTORED: "r", Act.REFUSED: "n",
}  # fmt: skip
"""The key of each act, in the French words that moderators read: conserver, prévenir, urgence…"""


@dataclass(frozen=True)
class Possible:
    """An act as the form offers it, or why it does not."""

    act: str
    label: Promise
    key: str
    refusal: str | None


@never_cache
def case(request: HttpRequest, process: str, dossier: int) -> HttpResponse:
    """Look at a case, and decide."""
    try:
        found = queries.case_numbered(process, dossier)
    except Case.DoesNotExist as error:
        raise Http404 from error
    moderator = moderator_of(request, found.process)
    acts = possible_acts(found, moderator.account_id)
    destinations = [] if found.contribution is None else queries.open_consultations(found.contribution)
    form = DecideForm(
        request.POST or None,
        acts=[(one.act, one.label) for one in acts if one.refusal is None],
        destinations=destinations,
        initial=_suggested(found),
    )
    if request.method == "POST" and form.is_valid():
        _act(request, found, form.cleaned_data)
        return redirect("moderation:desk", process=process)
    note_file_seen(found, moderator)
    seen = _context_of(found)
    if seen["clues"]:
        note_seen(found.authors, found.process, moderator, StaffAccess.What.SIGN_UP)
    now = timezone.now()
    claim, restriction = getattr(found, "claim", None), queries.in_force(found)
    context = {
        "process": found.process,
        "case": found,
        "form": form,
        "acts": acts,
        "held_by_another": claim_refusal(claim, moderator=moderator.pk, now=now),
        "keys": KEYS,
        "reasons": reasons_of(found.process),
        "urgent_grounds": URGENT_GROUNDS,
        "now": now,
        "prospect": None if restriction is None else prospect(restriction),
        **seen,
    }
    return render(
        request, "moderation/case.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    )


def possible_acts(case: Case, by: int) -> list[Possible]:
    """Every act on a case with the reason that prevents it now: what the form offers and the actions ask alike."""
    standing, now = queries.standing_of(case), timezone.now()
    restriction = queries.in_force(case)
    contested = restriction is not None and Appeal.objects.filter(decision=restriction, outcome="").exists()
    refusals: dict[str, str | None] = {
        Act.KEPT: decide_refusal(case, standing, act=Act.KEPT, ground="", by=by, now=now),
        NOTICE: notice_refusal(case, standing, by=by),
        Act.HIDDEN_URGENTLY: urgent_refusal(case, standing, ground=URGENT_GROUNDS[0], by=by),
        CONFIRM: confirm_refusal(case, standing, by=by),
    }
    refusals |= {act: decide_refusal(case, standing, act=act, ground="…", by=by, now=now) for act in standing.acts}
    if standing.is_submitted:
        refusals = {act: decide_refusal(case, standing, act=act, ground="…", by=by, now=now) for act in (Act.KEPT, Act.REFUSED)}
    if is_case_over(case):
        refusals = {Act.RESTORED: return_refusal(restriction, has_open_appeal=contested, authors=standing.authors, by=by)}
    return [Possible(act, LABELS[act], KEYS[act], refusal) for act, refusal in refusals.items()]


def _suggested(case: Case) -> dict[str, Any]:
    """The ground and the facts already told to the author, so that they need not be written again."""
    hearing = queries.hearing_of(case)
    if hearing is not None:
        return {"ground": hearing.ground, "facts": hearing.facts}
    return {}


def _act(request: HttpRequest, case: Case, asked: dict[str, Any]) -> None:
    act, facts, ground = asked["act"], asked["facts"], asked["ground"]
    to = queries.moved_from(queries.in_force(case)) if act == Act.RESTORED else asked.get("destination")
    with examining(case.pk, to=to) as (standing, now):
        moderator = moderator_of(request, standing.process)
        if act == NOTICE:
            give_notice(standing, ground=Ground(ground), facts=facts, by=moderator, now=now)
        elif act == Act.HIDDEN_URGENTLY:
            hide_urgently(standing, ground=Ground(ground), facts=facts, by=moderator, now=now)
        elif act == CONFIRM:
            confirm_urgent(standing, by=moderator, now=now)
        elif act == Act.RESTORED:
            restore_text(standing, facts=facts, by=moderator, now=now)
        else:
            measure = Measure(Act(act), ground, asked.get("passage", ""), asked.get("destination"))
            decide(standing, measure, facts=facts, by=moderator, now=now)


def _context_of(case: Case) -> dict[str, object]:
    """Flags, the hearing, what was decided before, like cases: all that is read beside the text."""
    flags = list(case.flagged.all()[:20])
    grounds = {flag.ground for flag in flags}
    clues = clues_about(case)
    return {
        "clues": clues,
        "flags": flags,
        "hearing": queries.hearing_of(case),
        "decisions": queries.decisions_on(case),
        "history": queries.history_of(case.authors, case.process, except_case=case.pk),
        "similar": queries.similar_decisions(case.process, grounds, except_case=case.pk),
    }


@never_cache
def flood(request: HttpRequest, process: str, number: int, slug: str = "") -> HttpResponse:
    """Volume spam: the texts of the same author or of the same words, of any kind, hidden by one decision."""
    item = named_or_404(process, number, slug)
    alike = queries.alike(item)
    form = FloodForm(request.POST or None, alike=alike)
    if request.method == "POST" and form.is_valid():
        chosen = [one for one in alike if one.object_name in form.cleaned_data["texts"]]
        with writing() as now:
            for consultation in sorted({one.contribution.consultation_id for one in chosen if one.contribution is not None}):
                hold(Consultation(pk=consultation))
            moderator = moderator_of(request, item.process)
            texts = [queries.named(process, *_place_of(one)).subject for one in chosen]
            hide_flood(item.process, texts, facts=form.cleaned_data["facts"], by=moderator, now=now)
        return redirect("moderation:desk", process=process)
    authors = {author.pk: author for one in alike for author in one.authors}
    note_seen(authors.values(), item.process, moderator_of(request, item.process))
    return render(
        request,
        "moderation/flood.html",
        {"process": item.process, "alike": alike, "form": form},
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )


def _place_of(item: Case) -> tuple[int, str]:
    """Its number, and the word of the text that it comments on."""
    text = item.text
    assert text is not None
    return text.number, "" if item.annotation is None else item.annotation.document.slug
