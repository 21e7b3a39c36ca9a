"""« Reprendre mes données »: an archive made elsewhere gives back settings, and texts as drafts to publish or drop."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.consultation import drafts
from polyphonie.consultation.drafts import Draft
from polyphonie.consultation.rules import is_open_refusal
from polyphonie.contributions.models import Kind
from polyphonie.core import addresses
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.portal.actions import drop_taken_text, take_up
from polyphonie.portal.actions.bringing import TakenUp
from polyphonie.portal.bringing import read_archive
from polyphonie.portal.forms import BringingForm
from polyphonie.portal.models import TakenText
from polyphonie.processes.models import Consultation


@never_cache
def bring(request: HttpRequest) -> HttpResponse:
    """The form that takes an archive, what it gave back, and the drafts that wait."""
    account = request.user
    assert isinstance(account, Account)
    form = BringingForm(request.POST or None, request.FILES or None) if request.method == "POST" else BringingForm()
    done = _taken_up(account, form) if form.is_bound and form.is_valid() else None
    if done is not None:
        form = BringingForm()
    texts = TakenText.objects.filter(account=account)
    context = {"form": form, "done": done, "texts": texts, "open_consultations": _open_consultations()}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "portal/bringing.html", context, status=status)


def _taken_up(account: Account, form: BringingForm) -> TakenUp | None:
    """Take it up, whole or not at all; the reason on the form when it is refused."""
    upload = form.cleaned_data["archive"]
    try:
        brought = read_archive(upload, size=upload.size)
        with writing(lock="names") as now:
            return take_up(account, brought, now=now)
    except Refused as refused:
        form.add_error("archive", refused.reason)
    return None


def _open_consultations() -> list[Consultation]:
    running = Consultation.objects.filter(state=Consultation.State.OPEN, process__is_listed=True).select_related("process")
    now = timezone.now()
    return [one for one in running.order_by("process__slug", "rank", "pk") if is_open_refusal(one, now=now) is None]


@never_cache
def use(request: HttpRequest, number: int) -> HttpResponse:
    """Propose a draft in a consultation, on the ordinary screens, or drop it."""
    account = request.user
    text = get_object_or_404(TakenText, pk=number, account_id=account.pk)
    if "drop" in request.POST:
        with writing():
            drop_taken_text(text)
        return HttpResponseRedirect(addresses.BRINGING)
    asked = request.POST.get("consultation", "")
    place = next((one for one in _open_consultations() if asked == str(one.pk)), None)
    if place is None:
        return HttpResponseRedirect(addresses.BRINGING)
    draft = Draft(kind=Kind.PROPOSAL.value, process=place.process.slug, consultation=place.slug, title=text.title, body=text.body)
    drafts.keep(request.session, draft)
    return HttpResponseRedirect(addresses.propose_address(place.process.slug, place.slug))
