"""How is an account locked, and opened? Second factor, printed codes, password, the link of a first administrator."""

from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote, urlencode

import pyotp
import segno
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from markupsafe import Markup

from polyphonie.accounts import limits
from polyphonie.accounts.actions import (
    SECOND_FACTOR,
    begin_second_factor,
    check_second_factor,
    confirm_second_factor,
    draw_recovery_codes,
    enter_by_link,
    remove_password,
    remove_second_factor,
    second_factor_secret,
    set_password,
)
from polyphonie.accounts.forms import NewPasswordForm, SecondFactorForm
from polyphonie.accounts.models import Account
from polyphonie.accounts.queries import recovery_codes_left
from polyphonie.accounts.rules import second_factor_refusal
from polyphonie.accounts.views.signing import gone_on, next_address, page
from polyphonie.core import addresses
from polyphonie.core.paging import page_asked, part_of
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing

EVENTS_PER_PAGE = 20


def signed_in(request: HttpRequest) -> Account:
    """The account of a page that only those who are signed in reach."""
    assert isinstance(request.user, Account)
    return request.user


@never_cache
@sensitive_post_parameters("code")
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """The second step of signing in, for those who have one or whose role asks for one."""
    suite = next_address(request)
    if not request.user.is_authenticated:
        return HttpResponseRedirect(f"{addresses.SIGN_IN}?{urlencode({'suite': suite})}")
    account = signed_in(request)
    if not account.has_second_factor:
        return HttpResponseRedirect(f"{reverse('accounts:second_factor_setup')}?{urlencode({'suite': suite})}")
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        refusal = limits.second_factor_limit_refusal(account.pk, timezone.now())
        if refusal is None:
            with writing() as now:
                is_right = check_second_factor(account, form.cleaned_data["code"], now=now)
            refusal = second_factor_refusal(is_right=is_right)
        if refusal is None:
            request.session.cycle_key()
            request.session[SECOND_FACTOR] = True
            return HttpResponseRedirect(suite)
        form.add_error("code", refusal)
    return page(request, "accounts/second_factor.html", {"form": form, "suite": suite})


@never_cache
def link_page(request: HttpRequest, account: int, token: str) -> HttpResponse:
    """A link drawn on the command line: shown by GET, used by POST, once."""
    found = get_object_or_404(Account, pk=account, closed_on=None)
    if request.method == "POST":
        with writing() as now:
            enter_by_link(request, found, token, now=now)
        if found.needs_second_factor and not found.has_second_factor:
            return HttpResponseRedirect(reverse("accounts:second_factor_setup"))
        return gone_on(request, found, addresses.MY_SPACE)
    return render(request, "accounts/link.html", {})


@never_cache
def security_page(request: HttpRequest) -> HttpResponse:
    """The locks of one's account, and what happened to them."""
    account = signed_in(request)
    return render(
        request,
        "accounts/security.html",
        {
            "account": account,
            "has_password": account.has_usable_password(),
            "codes_left": recovery_codes_left(account),
            "told": part_of(account.security_events.all(), page=page_asked(request), most=EVENTS_PER_PAGE),
        },
    )


@never_cache
@sensitive_post_parameters("present", "password", "again")
def new_password_page(request: HttpRequest) -> HttpResponse:
    """Set, change or take off a password."""
    account = signed_in(request)
    has_password = account.has_usable_password()
    form = NewPasswordForm(request.POST if "password" in request.POST else None, has_password=has_password)
    if "remove" in request.POST:
        with writing() as now:
            remove_password(account, now=now)
        update_session_auth_hash(request, account)
        return HttpResponseRedirect(addresses.MY_SECURITY)
    if form.is_bound and form.is_valid() and _is_set(request, account, form):
        return HttpResponseRedirect(addresses.MY_SECURITY)
    return page(request, "accounts/new_password.html", {"form": form, "has_password": has_password})


def _is_set(request: HttpRequest, account: Account, form: NewPasswordForm) -> bool:
    refusal = limits.password_limit_refusal(request, account.email or "", timezone.now())
    if refusal is not None:
        form.add_error(None, refusal)
        return False
    if "present" in form.fields and not account.check_password(form.cleaned_data["present"]):
        form.add_error("present", _("This is not your present password."))
        return False
    try:
        with writing() as now:
            set_password(account, form.cleaned_data["password"], now=now)
    except ValidationError as error:
        form.add_error("password", error)
        return False
    update_session_auth_hash(request, account)
    return True


@never_cache
@sensitive_post_parameters("code")
def second_factor_setup_page(request: HttpRequest) -> HttpResponse:
    """Set the second factor up; once it is, draw new printed codes or take it off, each with a code."""
    account, suite = signed_in(request), next_address(request)
    if "begin" in request.POST:
        with writing():
            begin_second_factor(account)
        return HttpResponseRedirect(f"{request.path}?{urlencode({'suite': suite})}")
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        refusal = limits.second_factor_limit_refusal(account.pk, timezone.now())
        if refusal is None and (answer := _answered(request, account, form, suite)):
            return answer
        if refusal is not None:
            form.add_error("code", refusal)
    secret = second_factor_secret(account)
    return page(
        request,
        "accounts/second_factor_setup.html",
        {
            "form": form,
            "account": account,
            "suite": suite,
            "secret": secret,
            "picture": picture(secret, account) if secret else None,
            "codes_left": recovery_codes_left(account),
        },
    )


def _answered(request: HttpRequest, account: Account, form: SecondFactorForm, suite: str) -> HttpResponse | None:
    """What follows a code on the second factor's page; None, with its error on the form, when it is not right."""
    code = form.cleaned_data["code"]
    try:
        with writing() as now:
            if not account.has_second_factor:
                codes = confirm_second_factor(account, code, now=now)
            elif not check_second_factor(account, code, now=now):
                form.add_error("code", second_factor_refusal(is_right=False) or "")
                return None
            else:
                codes = _changed(account, "remove" in request.POST, now)
    except Refused as refused:
        form.add_error("code", refused.reason)
        return None
    request.session.cycle_key()
    request.session[SECOND_FACTOR] = account.has_second_factor
    if not codes:
        return HttpResponseRedirect(addresses.MY_SECURITY)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "suite": suite}, status=HTTPStatus.OK)


def _changed(account: Account, is_removal: bool, now: datetime) -> list[str]:
    if is_removal:
        remove_second_factor(account, now=now)
        return []
    return draw_recovery_codes(account, now=now)


def picture(secret: str, account: Account) -> Markup:
    """The QR code that an authenticator reads, as an SVG inside the page."""
    issuer = settings.POLYPHONIE_HOST.replace(":", " ")
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.email or quote(account.display_name), issuer_name=issuer)
    drawing = segno.make(uri, error="m").svg_inline(scale=5, border=4, light="#fff", dark="#000", svgclass=None, lineclass=None)
    return Markup(drawing)  # noqa: S704  (drawn here, from a secret drawn here)
