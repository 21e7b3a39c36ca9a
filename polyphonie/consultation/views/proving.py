"""« Garder une preuve »: the voter's receipt, on a page and as a file to keep."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.consultation.receipts import receipt_for
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.queries import numbered


@never_cache
def receipt(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """The receipt, recomputed now; `?fichier` gives it as plain text."""
    try:
        text = numbered(process, number)
    except Contribution.DoesNotExist as error:
        raise Http404 from error
    assert isinstance(request.user, Account)
    found = receipt_for(text, request.user)
    if found is None:
        raise Http404
    if "fichier" in request.GET:
        name = f"recu-{process}-{number}.txt"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return HttpResponse(found.text, content_type="text/plain; charset=utf-8", headers=headers)
    context = {"process": text.process, "consultation": text.consultation, "text": text, "receipt": found}
    return render(request, "consultation/receipt.html", context)
