"""How does one come in? A mail address, the code it receives, a name the first time; or a password; then one goes on."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from polyphonie.accounts import limits
from polyphonie.accounts.actions import check_code, open_account, send_code, sign_in, sign_out
from polyphonie.accounts.forms import AddressForm, CodeForm, NameForm, PasswordForm
from polyphonie.accounts.models import Account
from polyphonie.accounts.queries import account_of
from polyphonie.accounts.rules import UNCONFIRMED_DAYS
from polyphonie.core import addresses
from polyphonie.core.refusal import Refused
from polyphonie.core.serving import haste
from polyphonie.core.writing import writing

SESSION_KEY = "signing_in"
UNCONFIRMED_SECONDS = UNCONFIRMED_DAYS * 24 * 3600
"""How long a browser's session keeps an address that has not answered; signing in makes it an ordinary one."""
PROVEN_FOR = timedelta(minutes=30)


def next_address(request: HttpRequest) -> str:
    """Where to go once signed in: a local address, else one's own space."""
    asked = request.POST.get("suite") or request.GET.get("suite") or ""
    return addresses.local(asked, addresses.MY_SPACE)


def gone_on(request: HttpRequest, account: Account, suite: str) -> HttpResponse:
    """To the second factor when the account has one, else where the person was going."""
    if account.has_second_factor and not request.session.get("second_factor"):
        return HttpResponseRedirect(f"{addresses.SECOND_FACTOR}?{urlencode({'suite': suite})}")
    return HttpResponseRedirect(suite)


def is_held(request: HttpRequest, now: datetime) -> bool:
    """Whether the form looks like a machine's and asks to be confirmed."""
    return haste.is_hasty(request.POST.get(haste.STAMP_FIELD, ""), request.POST.get(haste.TRAP_FIELD, ""), now)


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page, with status 422 when a form came back with errors."""
    form = context.get("form")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form is not None and form.is_bound and form.errors else HTTPStatus.OK
    return render(request, template, context, status=status)


@never_cache
def address_page(request: HttpRequest) -> HttpResponse:
    """One field: the mail address that a code is sent to, whether or not it has an account."""
    suite, now = next_address(request), timezone.now()
    if request.user.is_authenticated and request.method != "POST":
        return HttpResponseRedirect(suite)
    form = AddressForm(request.POST if request.method == "POST" else None)
    held = False
    if form.is_bound and form.is_valid():
        held = is_held(request, now)
        if not held and _send(request, form, form.cleaned_data["address"], now):
            request.session[SESSION_KEY] = {"address": form.cleaned_data["address"], "suite": suite}
            request.session.set_expiry(UNCONFIRMED_SECONDS)
            return HttpResponseRedirect(reverse("accounts:code"))
    shown = haste.stamp_again(request.POST.get(haste.STAMP_FIELD, ""), now)
    return page(request, "accounts/sign_in.html", {"form": form, "suite": suite, "shown": shown, "is_held": held})


def _send(request: HttpRequest, form: AddressForm | CodeForm, address: str, now: datetime) -> bool:
    """Send a code, or say on the form why not."""
    refusal = limits.code_limit_refusal(request, address, now)
    if refusal is None:
        try:
            with writing() as instant:
                send_code(address, language=get_language() or "fr", now=instant)
        except Refused as refused:
            refusal = refused.reason
    if refusal is not None:
        form.add_error(None, refusal)
    return refusal is None


@never_cache
@sensitive_post_parameters("code")
def code_page(request: HttpRequest) -> HttpResponse:
    """The six digits; then straight on for those who have an account, to one more question for the others."""
    pending = request.session.get(SESSION_KEY)
    if not pending or request.user.is_authenticated:
        return HttpResponseRedirect(addresses.SIGN_IN)
    address, suite = pending["address"], pending["suite"]
    wants_another = "again" in request.POST
    form = CodeForm(request.POST if request.method == "POST" and not wants_another else None)
    is_sent_again = False
    if wants_another:
        form = CodeForm({"code": ""})
        form.errors.clear()
        is_sent_again = _send(request, form, address, timezone.now())
        form = form if form.errors else CodeForm()
    elif form.is_bound and form.is_valid() and (answer := _checked(request, form, address, suite)):
        return answer
    return page(request, "accounts/code.html", {"form": form, "address": address, "is_sent_again": is_sent_again})


def _checked(request: HttpRequest, form: CodeForm, address: str, suite: str) -> HttpResponse | None:
    refusal = limits.attempt_limit_refusal(request, timezone.now())
    account = None
    if refusal is None:
        with writing() as now:
            refusal = check_code(address, code=form.cleaned_data["code"], now=now)
            account = account_of(address) if refusal is None else None
            if account is not None:
                sign_in(request, account, now=now)
    if refusal is not None:
        form.add_error("code", refusal)
        return None
    if account is not None:
        request.session.pop(SESSION_KEY, None)
        return gone_on(request, account, suite)
    until = (timezone.now() + PROVEN_FOR).isoformat()
    request.session[SESSION_KEY] = {"address": address, "suite": suite, "proven_until": until}
    return HttpResponseRedirect(reverse("accounts:name"))


@never_cache
def name_page(request: HttpRequest) -> HttpResponse:
    """The first time: a name to show, being fifteen, what becomes public and which messages come."""
    pending = request.session.get(SESSION_KEY) or {}
    proven_until = pending.get("proven_until")
    if proven_until is None or datetime.fromisoformat(proven_until) < timezone.now():
        return HttpResponseRedirect(addresses.SIGN_IN)
    form = NameForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            with writing(lock="names") as now:
                account = open_account(
                    pending["address"],
                    name=form.cleaned_data["name"],
                    is_fifteen=form.cleaned_data["is_fifteen"],
                    language=get_language() or "fr",
                    now=now,
                )
                sign_in(request, account, now=now)
        except Refused as refused:
            form.add_error("name", refused.reason)
        else:
            request.session.pop(SESSION_KEY, None)
            return gone_on(request, account, pending["suite"])
    return page(request, "accounts/name.html", {"form": form, "has_draft": "draft" in request.session})


@never_cache
@sensitive_post_parameters("password")
def password_page(request: HttpRequest) -> HttpResponse:
    """For those who set a password: the same sentence whether the address or the password is wrong."""
    suite = next_address(request)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        address, password = form.cleaned_data["address"], form.cleaned_data["password"]
        refusal = limits.password_limit_refusal(request, address, timezone.now())
        account = None if refusal else authenticate(request, username=address, password=password)
        if isinstance(account, Account):
            with writing() as now:
                sign_in(request, account, now=now)
            return gone_on(request, account, suite)
        form.add_error(
            None, refusal or _("This address and this password do not go together. You can always sign in by mail code.")
        )
    return page(request, "accounts/password_sign_in.html", {"form": form, "suite": suite})


@never_cache
def sign_out_page(request: HttpRequest) -> HttpResponse:
    """Leave: the session and what it held are forgotten."""
    with writing():
        sign_out(request)
    return HttpResponseRedirect("/")
