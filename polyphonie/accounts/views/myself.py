"""How does one describe oneself, and for whom does one speak? Settings and organisations."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.accounts import queries
from polyphonie.accounts.actions import (
    accept_invitation,
    change_settings,
    declare_organisation,
    invite,
    leave,
    rename,
    request_verification,
)
from polyphonie.accounts.forms import EvidenceForm, OrganisationForm, RenameForm, SettingsForm
from polyphonie.accounts.models import Organisation, VerificationRequest
from polyphonie.accounts.rules import INVITATION_DAYS
from polyphonie.accounts.views.locks import signed_in
from polyphonie.accounts.views.signing import page
from polyphonie.core import addresses
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing

FIELDS = ("name", "category", "territory", "is_listed", "is_off_the_map", "language")


@never_cache
def settings_page(request: HttpRequest) -> HttpResponse:
    """Name, language, appearing among participants; category and territory, asked here and never required."""
    account = signed_in(request)
    present: dict[str, object] = {field: getattr(account, field) for field in FIELDS if field not in ("name", "is_off_the_map")}
    present |= {"name": account.display_name, "is_off_the_map": account.off_the_map_on is not None}
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=present)
    if form.is_bound and form.is_valid():
        try:
            with writing(lock="names") as now:
                change_settings(account, now=now, **{field: form.cleaned_data[field] for field in FIELDS})
        except Refused as refused:
            form.add_error("name", refused.reason)
        else:
            translation.activate(account.language)
            answer = HttpResponseRedirect(f"{addresses.MY_SETTINGS}?fait")
            answer.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                account.language,
                max_age=365 * 24 * 3600,
                secure=settings.IS_HTTPS,
                httponly=True,
                samesite="Lax",
            )
            return answer
    return page(request, "accounts/settings.html", {"form": form, "is_done": "fait" in request.GET and not form.is_bound})


@never_cache
def organisations_page(request: HttpRequest) -> HttpResponse:
    """The organisations one may speak for, and the form that declares another."""
    account = signed_in(request)
    form = OrganisationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            with writing(lock="names") as now:
                organisation = declare_organisation(account, now=now, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", refused.reason)
        else:
            return HttpResponseRedirect(reverse("accounts:organisation", kwargs={"slug": organisation.slug}))
    return page(request, "accounts/organisations.html", {"form": form, "organisations": queries.organisations_of(account)})


def _mine(request: HttpRequest, slug: str) -> Organisation:
    """One of my organisations; those of others are not told apart from those that do not exist."""
    organisation = get_object_or_404(Organisation, slug=slug)
    if not queries.is_member(signed_in(request), organisation):
        raise Http404
    return organisation


@never_cache
def organisation_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation: its members, an invitation, its verification, leaving it."""
    organisation = _mine(request, slug)
    account, token = signed_in(request), ""
    form = EvidenceForm(request.POST if "evidence" in request.POST else None)
    renaming = RenameForm(request.POST if "name" in request.POST else None)
    if "invite" in request.POST:
        with writing() as now:
            token = invite(organisation, by=account, now=now)
    elif "leave" in request.POST:
        with writing():
            leave(organisation, account)
        return HttpResponseRedirect(addresses.MY_ORGANISATIONS)
    elif renaming.is_bound and renaming.is_valid():
        try:
            with writing(lock="names"):
                rename(organisation, name=renaming.cleaned_data["name"], by=account)
        except Refused as refused:
            renaming.add_error("name", refused.reason)
        else:
            return HttpResponseRedirect(reverse("accounts:organisation", kwargs={"slug": organisation.slug}))
    elif form.is_bound and form.is_valid():
        with writing(lock=organisation) as now:
            request_verification(organisation, by=account, evidence=form.cleaned_data["evidence"], now=now)
        return HttpResponseRedirect(request.path)
    last = queries.last_request(organisation)
    context = {
        "form": form,
        "renaming": renaming,
        "organisation": organisation,
        "members": queries.members_of(organisation),
        "account": account,
        "last_request": last,
        "is_waiting": last is not None and last.state == VerificationRequest.State.WAITING,
        "invitation": _invitation_address(organisation, token) if token else "",
        "days": INVITATION_DAYS,
    }
    return page(request, "accounts/organisation.html", context)


def _invitation_address(organisation: Organisation, token: str) -> str:
    return addresses.absolute(reverse("accounts:join", kwargs={"slug": organisation.slug, "token": token}))


@never_cache
def join_page(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """An invitation: shown by GET, accepted by POST."""
    organisation = get_object_or_404(Organisation, slug=slug)
    if request.method == "POST":
        with writing() as now:
            accept_invitation(organisation, signed_in(request), token=token, now=now)
        return HttpResponseRedirect(reverse("accounts:organisation", kwargs={"slug": slug}))
    return render(request, "accounts/join.html", {"organisation": organisation, "title": _("An invitation")})
