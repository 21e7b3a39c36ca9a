"""Where do staff have texts read before they appear, or say that a change was typographic? With a reason, 72 hours at a time."""

from http import HTTPStatus

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.consultation.actions.moderating import declare_typographic, publish_submitted
from polyphonie.consultation.actions.reviewing import begin_review, end_review
from polyphonie.consultation.queries.review import is_late, waiting_for_review
from polyphonie.consultation.rules import begin_review_refusal, is_under_review, own_review_refusal
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.queries import numbered
from polyphonie.core.addresses import moderation_address, review_address, revisions_address
from polyphonie.core.refusal import ensure
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation, Role
from polyphonie.processes.queries.people import acting_as
from polyphonie.processes.views.frame import actor_of, signed_in, the_consultation


class ReviewForm(forms.Form):
    """The published reason."""

    reason = forms.CharField(
        label=_("Why are texts read before they appear?"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everyone reads it on the page of the consultation and in the journal."),
        error_messages={"required": _("Say why: the reason is published.")},
    )


@never_cache
def review(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """Begin, renew or end the review of a consultation, and publish what waits."""
    found = the_consultation(process, slug)
    actor = actor_of(request, found.process, Role.MODERATOR, Role.ORGANISER)
    asked = request.POST.get("act", "")
    form = ReviewForm(request.POST if asked == "begin" else None, initial={"reason": found.review_reason})
    if request.method == "POST" and (asked != "begin" or form.is_valid()):
        _act(asked, found, request.POST.get("number", ""), form, actor, signed_in(request))
        return HttpResponseRedirect(review_address(process, slug))
    now = timezone.now()
    me = signed_in(request)
    waiting = [(text, is_late(text, now=now), own_review_refusal(text, by=me.pk)) for text in waiting_for_review(found)]
    is_moderator = acting_as(me, found.process, Role.MODERATOR) is not None
    return render(
        request,
        "consultation/review.html",
        {
            "process": found.process,
            "consultation": found,
            "form": form,
            "is_on": is_under_review(found, now=now),
            "refusal": begin_review_refusal(found, reason="…", now=now),
            "waiting": waiting,
            "decide_at": moderation_address(process) if is_moderator else "",
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )


def typographic(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """A moderator says that the last change by its author left the meaning as it was."""
    try:
        text = numbered(process, number)
    except Contribution.DoesNotExist as error:
        raise Http404 from error
    actor = actor_of(request, text.process, Role.MODERATOR)
    with writing(lock=text.consultation) as now:
        declare_typographic(text, moderator=signed_in(request), actor=actor, now=now)
    return HttpResponseRedirect(revisions_address(process, number))


def _act(asked: str, found: Consultation, number: str, form: ReviewForm, actor: str, by: Account) -> None:
    """What the button that was pressed says. Raises Refused, Http404."""
    with writing(lock=found) as now:
        if asked == "begin":
            begin_review(found, reason=form.cleaned_data["reason"], actor=actor, now=now)
        elif asked == "end":
            end_review(found, actor=actor, now=now)
        else:
            text = waiting_for_review(found).filter(number=whole_number(number) or 0).first()
            if asked != "publish" or text is None:
                raise Http404
            ensure(own_review_refusal(text, by=by.pk))
            publish_submitted(text, actor=actor, now=now)
