"""Conveniences that prove nothing by themselves: my receipts, a receipt looked up, a text recounted. The proof is `verify.py`."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.consultation.queries.positions import my_votes
from polyphonie.consultation.receipts import receipt_for
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.freshness import shared_page
from polyphonie.core.serving.limits import Limit, is_client_over
from polyphonie.portal.forms import ReceiptForm
from polyphonie.portal.queries.receipts import look_up as found_in_the_register
from polyphonie.portal.queries.recount import recounted
from polyphonie.portal.views.processes import process_or_404
from polyphonie.portal.views.voices import voice_or_404

LOOK_UPS = Limit("receipts", times=20, seconds=60)
"""Each walks through the register."""
MOST_AT_ONCE = 200
MISSHAPEN = (ValueError, KeyError, TypeError, AttributeError)


@never_cache
def my_receipts(request: HttpRequest) -> HttpResponse:
    """The votes that stand, each with the way to its receipt; `?fichier` gives all the receipts as one text, computed now."""
    assert isinstance(request.user, Account)
    votes = my_votes(request.user)
    if "fichier" not in request.GET:
        return render(request, "portal/my_receipts.html", {"votes": votes, "most": MOST_AT_ONCE})
    texts = [voice for _consultation, mine in votes for voice, _vote in mine][:MOST_AT_ONCE]
    receipts = [receipt for receipt in (receipt_for(text, request.user) for text in texts) if receipt is not None]
    headers = {"Content-Disposition": 'attachment; filename="mes-recus.txt"', "Cache-Control": "private, no-store"}
    words = "\n".join(receipt.text for receipt in receipts)
    return HttpResponse(words, content_type="text/plain; charset=utf-8", headers=headers)


@never_cache
def look_up(request: HttpRequest, process: str) -> HttpResponse:
    """A receipt, pasted or sent: every leaf of its mark in the register. Nothing of it is written anywhere."""
    shown = process_or_404(request, process, with_consultations=False)
    form = ReceiptForm(request.POST, request.FILES) if request.method == "POST" else ReceiptForm()
    found = []
    if form.is_bound and form.is_valid():
        now = timezone.now()
        if is_client_over(LOOK_UPS, request, now):
            raise Refused(_("Too many receipts at once: wait a minute."), status=HTTPStatus.TOO_MANY_REQUESTS)
        try:
            found = [found_in_the_register(shown, receipt, now=now) for receipt in form.cleaned_data["receipts"]]
        except MISSHAPEN:
            form.add_error("words", _("This receipt is not whole: paste the whole file."))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "portal/receipt_lookup.html", {"process": shown, "form": form, "found": found}, status=status)


@shared_page
def recount(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """The totals of a text counted again from the published votes, each held to its leaf."""
    text = voice_or_404(request, process, number)
    shown = {"process": text.process, "consultation": text.consultation, "contribution": text}
    return render(request, "portal/recount.html", shown | {"recount": recounted(text) if text.is_votable else None})
