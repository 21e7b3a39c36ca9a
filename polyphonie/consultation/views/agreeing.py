"""« J’accepte que mes opinions… »: asked once in a concertation, apart from the vote, which is a request of its own."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.consultation.actions.agreeing import agree
from polyphonie.consultation.forms import AgreementForm
from polyphonie.consultation.queries.agreements import has_agreed
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.queries import numbered
from polyphonie.core import addresses
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing
from polyphonie.processes.models import Process


def agreement_asked(account: object, process: Process) -> AgreementForm | None:
    """The box to show before this person's vote form, or none when it was ticked or is not asked."""
    is_asked = isinstance(account, Account) and not has_agreed(account, process)
    return AgreementForm() if is_asked else None


@never_cache
def agreement(request: HttpRequest, process: str) -> HttpResponse:
    """What is asked, why, what it lasts; then back to the text on which one was voting."""
    held = get_object_or_404(Process, slug=process, asks_consent=True)
    account = request.user
    assert isinstance(account, Account)
    suite = addresses.local(request.POST.get("suite") or request.GET.get("suite", ""), addresses.process_address(process))
    form = AgreementForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with writing(lock=account) as now:
            agree(account, held, now=now)
        return HttpResponseRedirect(suite)
    return render(
        request,
        "consultation/agreement.html",
        {
            "process": held,
            "form": form,
            "suite": suite,
            "text": _text(process, request.POST.get("numero") or request.GET.get("numero", "")),
            "has_agreed": has_agreed(account, held),
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )


def _text(process: str, asked: str) -> Contribution | None:
    """The text on which one was voting, if it is shown."""
    number = whole_number(asked)
    if number is None:
        return None
    try:
        found = numbered(process, number)
    except Contribution.DoesNotExist as error:
        raise Http404 from error
    return found if found.is_visible else None
