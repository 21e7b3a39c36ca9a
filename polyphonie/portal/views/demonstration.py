"""The doors of the demonstration: entering as someone in one click, and reading the mail it would have sent."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from polyphonie.accounts.actions.people import sign_in
from polyphonie.core.writing import writing
from polyphonie.outbox.queries import everything
from polyphonie.portal.demonstration.entries import ENTRIES

MAILS_SHOWN = 100


@never_cache
def entrance(request: HttpRequest) -> HttpResponse:
    """« Entrer comme… »: the people one may be."""
    _only_in_demonstration()
    return render(request, "portal/demonstration.html", {"entries": list(ENTRIES.values()), "account": request.user})


@never_cache
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as this person, their second factor taken as given, and arrive where they work."""
    _only_in_demonstration()
    entry = ENTRIES.get(key)
    account = entry.account if entry else None
    if entry is None or account is None:
        raise Http404
    with writing() as now:
        sign_in(request, account, now=now, with_second_factor=True)
    return HttpResponseRedirect(entry.arrival)


@never_cache
def mails(request: HttpRequest) -> HttpResponse:
    """« Courrier de la démonstration »: what would have left, last first, codes included."""
    _only_in_demonstration()
    return render(request, "portal/demonstration_mails.html", {"mails": everything(MAILS_SHOWN), "most": MAILS_SHOWN})


def _only_in_demonstration() -> None:
    """The access table says so too: these three would open any account of a real installation."""
    if not settings.POLYPHONIE_DEMO:
        raise Http404
