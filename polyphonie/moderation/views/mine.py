"""The author's side: what is held against my text, my reply, the reasons of what was decided, my appeal."""

from collections.abc import Iterable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.moderation import queries
from polyphonie.moderation.actions import lodge_appeal, reply
from polyphonie.moderation.forms import AppealForm, ReplyForm
from polyphonie.moderation.models import Appeal, Case, Decision
from polyphonie.moderation.reasons import as_stated, reasons_of
from polyphonie.moderation.rules import reply_refusal
from polyphonie.moderation.turns import examining
from polyphonie.moderation.unmasking import offer
from polyphonie.moderation.views.acting import may_contest


@never_cache
def my_cases(request: HttpRequest) -> HttpResponse:
    """Every case I was told of."""
    assert isinstance(request.user, Account)
    return render(request, "moderation/my_cases.html", {"cases": queries.cases_of(request.user)})


@never_cache
def my_case(request: HttpRequest, case: int) -> HttpResponse:
    """One of them: nobody else's."""
    assert isinstance(request.user, Account)
    found = next((one for one in queries.cases_of(request.user) if one.pk == case), None)
    if found is None:
        raise Http404
    reply_form = ReplyForm(request.POST if "reply" in request.POST else None)
    appeal_form = AppealForm(request.POST if "words" in request.POST else None)
    if _wrote(request, found, reply_form, appeal_form):
        return redirect("moderation:my_case", case=case)
    decisions = queries.decisions_on(found)
    hearing = queries.hearing_of(found)
    may_reply = reply_refusal(found, hearing, is_author=True, words="…") is None
    return render(
        request,
        "moderation/my_case.html",
        {
            "case": found,
            "hearing": hearing,
            "decisions": [one for one in decisions if one.case_id == found.pk],
            "reasons": reasons_of(found.process),
            "as_stated": as_stated,
            "offers": {one.pk: found_again for one in decisions if (found_again := offer(one, request.user)) is not None},
            "may_reply": may_reply,
            "reply_form": reply_form,
            "contestable": _contestable(found, decisions),
            "appeal_form": appeal_form,
            "now": timezone.now(),
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if reply_form.errors or appeal_form.errors else HTTPStatus.OK,
    )


def _wrote(request: HttpRequest, found: Case, reply_form: ReplyForm, appeal_form: AppealForm) -> bool:
    assert isinstance(request.user, Account)
    if reply_form.is_bound and reply_form.is_valid():
        with examining(found.pk) as (case, now):
            reply(case, reply_form.cleaned_data["reply"], account=request.user, now=now)
        return True
    if appeal_form.is_bound and appeal_form.is_valid():
        decision = _contestable(found, queries.decisions_on(found))
        if decision is None:
            return False
        with examining(found.pk) as (case, now):
            contested = case.decisions.get(pk=decision.pk)
            is_party = case.is_authored_by(request.user)
            words = appeal_form.cleaned_data["words"]
            lodge_appeal(contested, words, party=Appeal.Party.AUTHOR, is_party=is_party, now=now)
        return True
    return False


def _contestable(found: Case, decisions: Iterable[Decision]) -> Decision | None:
    """The first decision on this case that its author may contest now."""
    held = (one for one in decisions if one.case_id == found.pk)
    return next((one for one in held if may_contest(one, party=Appeal.Party.AUTHOR)), None)
