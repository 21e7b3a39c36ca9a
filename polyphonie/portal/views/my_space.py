"""What does one find in one's own space? One's texts with their fate, one's votes, the messages one receives."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.consultation.queries.positions import my_votes
from polyphonie.core import addresses
from polyphonie.core.paging import page_asked
from polyphonie.core.writing import writing
from polyphonie.moderation.queries import cases_of
from polyphonie.notifications.actions import choose_topics, unfollow
from polyphonie.notifications.forms import MessagesForm
from polyphonie.notifications.models import Topic
from polyphonie.notifications.queries import refused_topics
from polyphonie.portal.queries.lost_votes import votes_to_give_again
from polyphonie.portal.queries.my_space import comments_of, consultations_followed, contributions_of
from polyphonie.processes.queries.people import duties_of, has_leave_to_start, without_organiser

MOST_ORPHANS = 20


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


@never_cache
def my_contributions(request: HttpRequest) -> HttpResponse:
    """My texts, last first, each with what became of it and why."""
    mine = contributions_of(_account(request), page_asked(request))
    duties = duties_of(_account(request))
    starts = has_leave_to_start(_account(request))
    cases = cases_of(_account(request))
    return render(
        request,
        "portal/my_contributions.html",
        {
            "account": _account(request),
            "mine": mine,
            "comments": comments_of(_account(request)) if mine.page == 1 else [],
            "duties": duties,
            "starts": starts,
            "orphans": list(without_organiser()[:MOST_ORPHANS]) if _account(request).is_administrator else [],
            "cases": cases,
        },
    )


@never_cache
def votes(request: HttpRequest) -> HttpResponse:
    """My votes, recomputed on the spot from my secret: no page, file or mail of the site holds this list."""
    account = _account(request)
    return render(request, "portal/my_votes.html", {"votes": my_votes(account), "lost": votes_to_give_again(account)})


@never_cache
def my_messages(request: HttpRequest) -> HttpResponse:
    """The kinds of message, on or off, and the consultations I follow."""
    account = _account(request)
    if "unfollow" in request.POST:
        with writing():
            unfollow(account, request.POST["unfollow"].replace("\x00", ""))
        return HttpResponseRedirect(f"{addresses.MY_MESSAGES}?fait")
    wanted = [topic for topic in Topic.values if topic not in refused_topics(account)]
    form = MessagesForm(request.POST if request.method == "POST" else None, initial={"topics": wanted})
    if form.is_bound and form.is_valid():
        with writing():
            choose_topics(account, set(form.cleaned_data["topics"]))
        return HttpResponseRedirect(f"{addresses.MY_MESSAGES}?fait")
    return render(
        request,
        "portal/my_messages.html",
        {"form": form, "followed": consultations_followed(account), "is_done": "fait" in request.GET and not form.is_bound},
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )
