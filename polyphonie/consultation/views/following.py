"""One follows a consultation, or stops, by a button."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from polyphonie.accounts.models import Account
from polyphonie.consultation.views.reading import shown_consultation
from polyphonie.core import addresses
from polyphonie.core.writing import writing
from polyphonie.notifications.actions import follow, unfollow
from polyphonie.notifications.queries import consultation_subject


def choose(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """Set, never toggled: the button says which."""
    shown = shown_consultation(process, slug)
    account = request.user
    assert isinstance(account, Account)
    subject = consultation_subject(process, shown.slug)
    with writing():
        if request.POST.get("suivre") == "oui":
            follow(account, subject)
        else:
            unfollow(account, subject)
    return HttpResponseRedirect(addresses.consultation_address(process, slug))
