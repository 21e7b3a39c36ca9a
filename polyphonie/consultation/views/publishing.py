"""The last screen: read it again, say who you are, publish. One writes first and identifies last."""

from dataclasses import dataclass
from http import HTTPStatus

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.accounts.actions import check_code, open_account, send_code, sign_in
from polyphonie.accounts.limits import attempt_limit_refusal, code_limit_refusal
from polyphonie.accounts.models import Account, Organisation
from polyphonie.accounts.queries import speaking_names
from polyphonie.accounts.views.signing import UNCONFIRMED_SECONDS
from polyphonie.consultation import drafts
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.agreeing import agree
from polyphonie.consultation.drafts import Draft
from polyphonie.consultation.forms import CodeForm, IdentityForm, SpeakerForm, with_agreement
from polyphonie.consultation.queries.agreements import has_agreed
from polyphonie.consultation.queries.said import said_before
from polyphonie.consultation.rules import is_open_refusal, is_under_review
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.contributions.queries import numbered
from polyphonie.core import addresses
from polyphonie.core.refusal import Refused
from polyphonie.core.serving import haste
from polyphonie.core.writing import hold, writing
from polyphonie.processes.models import Consultation

IDENTITY = "identity"
"""Where the session keeps the address, the name and the age that wait for their code."""

ANOTHER = "autre"
"""In the address: another text was begun since, in another tab; the page shows that one, and says so."""


@dataclass(frozen=True)
class _Screen:
    """What the page shows: a form, the words of its button, the refusal that keeps it from being sent; and, where someone new
    says who they are, the stamp of the form and whether it is held because it came back too fast."""

    form: forms.Form
    button: str
    refusal: str | None = None
    shown: str = ""
    is_held: bool = False


@never_cache
def publish(request: HttpRequest, process: str) -> HttpResponse:
    """Screen 3: by someone signed in, one button; by someone new, mail and name, then the code that was sent."""
    draft = drafts.kept(request.session)
    mark = request.POST.get("draft", "")
    number = drafts.number_of(request.session, process, mark)
    if number is not None and (draft is None or draft.mark != mark):
        return HttpResponseRedirect(_published_address(process, number))
    if draft is None or draft.process != process:
        return HttpResponseRedirect(addresses.process_address(process))
    consultation = get_object_or_404(
        Consultation.objects.select_related("process"), process__slug=process, slug=draft.consultation
    )
    if mark and mark != draft.mark:
        return HttpResponseRedirect(f"{request.path}?{ANOTHER}")
    if request.user.is_authenticated:
        return _by_account(request, consultation, draft)
    if request.method == "POST" and request.POST.get("step") == "other":
        request.session.pop(IDENTITY, None)
        return HttpResponseRedirect(request.path)
    if request.session.get(IDENTITY):
        return _by_code(request, consultation, draft)
    return _by_address(request, consultation, draft)


def _by_account(request: HttpRequest, consultation: Consultation, draft: Draft) -> HttpResponse:
    account = request.user
    assert isinstance(account, Account)
    posted = request.POST if request.method == "POST" else None
    form = SpeakerForm(posted, organisations=speaking_names(account), name=account.display_name)
    with_agreement(form, is_asked=not has_agreed(account, consultation.process))
    if request.method == "POST" and form.is_valid():
        agrees = bool(form.cleaned_data.get("agrees"))
        contribution = _published(consultation, draft, account=account, speaks_for=form.organisation(), agrees=agrees)
        return _done(request, draft, contribution)
    return _shown(request, consultation, draft, _Screen(form, _("Publish")))


def _by_address(request: HttpRequest, consultation: Consultation, draft: Draft) -> HttpResponse:
    now, stamped = timezone.now(), request.POST.get(haste.STAMP_FIELD, "")
    form = IdentityForm(request.POST if request.method == "POST" else None)
    with_agreement(form, is_asked=consultation.process.asks_consent)
    is_held = request.method == "POST" and haste.is_hasty(stamped, request.POST.get(haste.TRAP_FIELD, ""), now)
    if request.method == "POST" and form.is_valid() and not is_held:
        address = form.cleaned_data["mail"]
        try:
            _send(request, address)
        except Refused as refused:
            form.add_error("mail", refused.reason)
        else:
            request.session[IDENTITY] = {
                "address": address,
                "name": form.cleaned_data["name"],
                "is_fifteen": form.cleaned_data["is_fifteen"],
                "agrees": bool(form.cleaned_data.get("agrees")),
            }
            request.session.set_expiry(UNCONFIRMED_SECONDS)
            return HttpResponseRedirect(request.path)
    screen = _Screen(form, _("Receive a code"), shown=haste.stamp_again(stamped, now), is_held=is_held and not form.errors)
    return _shown(request, consultation, draft, screen)


def _by_code(request: HttpRequest, consultation: Consultation, draft: Draft) -> HttpResponse:
    identity = request.session[IDENTITY]
    address = str(identity["address"])
    form = CodeForm(request.POST if request.method == "POST" else None, address=address)
    if request.method == "POST" and form.is_valid():
        account, refusal = _identified(request, identity, code=form.cleaned_data["code"])
        if account is not None:
            request.session.pop(IDENTITY, None)
            if account.has_second_factor:
                return HttpResponseRedirect(request.path)
            agrees = bool(identity.get("agrees"))
            return _done(request, draft, _published(consultation, draft, account=account, speaks_for=None, agrees=agrees))
        form.add_error("code", refusal or "")
    return _shown(request, consultation, draft, _Screen(form, _("Publish")), address=address)


def _identified(request: HttpRequest, identity: dict[str, object], *, code: str) -> tuple[Account | None, str | None]:
    """The account that answers the code, opened if it is new; or the sentence that says why not. A wrong try is counted."""
    limited = attempt_limit_refusal(request, timezone.now())
    if limited is not None:
        return None, limited
    address = str(identity["address"])
    try:
        with writing() as now:
            refusal = check_code(address, code=code, now=now)
            if refusal is None:
                account = open_account(
                    address,
                    name=str(identity["name"]),
                    is_fifteen=bool(identity["is_fifteen"]),
                    language=get_language() or "fr",
                    now=now,
                )
                sign_in(request, account, now=now)
                return account, None
    except Refused as refused:
        return None, refused.reason
    return None, refusal


def _send(request: HttpRequest, address: str) -> None:
    """Send a code, within the limits of every other door where one asks for codes; raises Refused."""
    refusal = code_limit_refusal(request, address, timezone.now())
    if refusal is not None:
        raise Refused(refusal, status=HTTPStatus.TOO_MANY_REQUESTS)
    with writing() as instant:
        send_code(address, language=get_language() or "fr", now=instant)


def _published(
    consultation: Consultation, draft: Draft, *, account: Account, speaks_for: Organisation | None, agrees: bool
) -> Contribution:
    """The act itself, at the instant that decides; sent twice at once, it is done once. Raises Refused; the draft stays in the
    session."""
    with writing(lock=consultation, shared=True) as now:
        hold(f"consultation.speaking/{account.pk}")
        consultation.refresh_from_db()
        about = None if draft.kind == Kind.PROPOSAL else _about(draft)
        said = said_before(
            consultation, draft.kind, draft.text, author=account, speaks_for=speaks_for, about=about, side=draft.side
        )
        if said is not None:
            return said
        if agrees:
            agree(account, consultation.process, now=now)
        if about is None:
            return speaking.propose(
                consultation, draft.text, account=account, speaks_for=speaks_for, nature=draft.nature, now=now
            )
        if draft.kind == Kind.ARGUMENT:
            return speaking.argue(about, draft.text, side=draft.side, account=account, speaks_for=speaks_for, now=now)
        verb = speaking.add_source if draft.kind == Kind.SOURCE else speaking.complete
        return verb(about, draft.text, account=account, speaks_for=speaks_for, now=now)


def _about(draft: Draft) -> Contribution:
    try:
        return numbered(draft.process, draft.about or 0)
    except Contribution.DoesNotExist as error:
        raise Http404 from error


def _done(request: HttpRequest, draft: Draft, contribution: Contribution) -> HttpResponse:
    drafts.note_published(request.session, draft, contribution.number)
    return HttpResponseRedirect(_published_address(draft.process, contribution.number))


def _published_address(process: str, number: int) -> str:
    return reverse("consultation:published", kwargs={"process": process, "number": number})


def published(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """« C'est publié »: its number, what happens next, and where to go from here."""
    try:
        contribution = numbered(process, number, with_submitted=True)
    except Contribution.DoesNotExist as error:
        raise Http404 from error
    if not request.user.is_authenticated or contribution.author_id != request.user.pk:
        return HttpResponseRedirect(addresses.contribution_address(process, number))
    return render(
        request,
        "consultation/published.html",
        {"process": contribution.process, "consultation": contribution.consultation, "contribution": contribution},
    )


def _shown(request: HttpRequest, consultation: Consultation, draft: Draft, screen: _Screen, address: str = "") -> HttpResponse:
    refusal = is_open_refusal(consultation, now=timezone.now())
    kwargs: dict[str, object] = {"process": draft.process}
    if draft.kind == Kind.PROPOSAL:
        change_address = addresses.propose_address(draft.process, draft.consultation)
    else:
        change_address = reverse(f"consultation:{draft.kind}", kwargs={**kwargs, "number": draft.about})
    return render(
        request,
        "consultation/publish.html",
        {
            "process": consultation.process,
            "consultation": consultation,
            "draft": draft,
            "form": screen.form,
            "shown": screen.shown,
            "is_held": screen.is_held,
            "button": screen.button,
            "refusal": refusal,
            "under_review": is_under_review(consultation, now=timezone.now()),
            "address": address,
            "is_another": ANOTHER in request.GET,
            "change_address": change_address,
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if screen.form.errors else HTTPStatus.OK,
    )
