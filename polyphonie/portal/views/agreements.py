"""« Mes accords »: what I agreed to, in which words and on which day; what taking it back entails, and the button."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.accounts.actions import accept_terms
from polyphonie.accounts.models import Account
from polyphonie.accounts.queries import has_consented
from polyphonie.accounts.wordings import opinions_subject
from polyphonie.consultation.actions.agreeing import take_agreement_back
from polyphonie.core import addresses
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger.keys import KeyMissing
from polyphonie.portal.forms import TakingBackForm
from polyphonie.portal.queries.agreements import agreements, is_latest_terms_accepted
from polyphonie.processes.models import Process


@never_cache
def all_of_mine(request: HttpRequest) -> HttpResponse:
    """Everything I agreed to; the terms in force, when I accepted earlier ones, with a button."""
    account = request.user
    assert isinstance(account, Account)
    if request.method == "POST":
        with writing(lock=account) as now:
            accept_terms(account, now=now)
        return HttpResponseRedirect(addresses.MY_AGREEMENTS)
    context = {
        "agreements": agreements(account),
        "is_latest": is_latest_terms_accepted(account),
        "is_done": "fait" in request.GET,
    }
    return render(request, "portal/my_agreements.html", context)


@never_cache
def take_back(request: HttpRequest, process: str) -> HttpResponse:
    """What it entails, the choice about votes still counted, then it is done."""
    account = request.user
    assert isinstance(account, Account)
    held = get_object_or_404(Process, slug=process)
    if not has_consented(account, opinions_subject(held.slug)):
        raise Http404
    form = TakingBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            with writing() as now:
                take_agreement_back(account, held, withdraws_votes=form.cleaned_data["withdraws_votes"], now=now)
        except KeyMissing as missing:
            reason = _("The key that ties your votes to you is missing from this site: the operator must restore it.")
            raise Refused(reason, status=HTTPStatus.SERVICE_UNAVAILABLE) from missing
        return HttpResponseRedirect(f"{addresses.MY_AGREEMENTS}?fait")
    return render(request, "portal/take_agreement_back.html", {"concertation": held, "form": form})
