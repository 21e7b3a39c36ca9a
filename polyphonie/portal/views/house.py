"""What does the house say of itself? Help, accessibility, legal notice, terms and their changes, personal data, security."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polyphonie.contributions.marking import marked_changes
from polyphonie.core import addresses
from polyphonie.core.plaintext import markdown
from polyphonie.core.serving.freshness import shared_page
from polyphonie.portal import fairness
from polyphonie.portal.documents import Version, document, in_force, privacy_versions, terms_versions
from polyphonie.portal.personal_data import table

SECURITY_TEXT_DAYS = 180
YEAR = 365 * 24 * 3600

TABLE = "{{table}}"


@dataclass(frozen=True)
class Kind:
    """A text of the house that has versions: its title, what its changes are called, its address, the names of the others."""

    title: str | Promise
    changes: str | Promise
    address: str
    version: str
    of_changes: str


TERMS = Kind(
    gettext_lazy("Terms"),
    gettext_lazy("What changed in the terms"),
    addresses.TERMS,
    "portal:terms_version",
    "portal:terms_changes",
)
PRIVACY = Kind(
    gettext_lazy("Personal data"),
    gettext_lazy("What changed in the privacy notice"),
    addresses.PRIVACY,
    "portal:privacy_version",
    "portal:privacy_changes",
)


@shared_page
def help_page(request: HttpRequest) -> HttpResponse:
    """« Comment contribuer ? », and whom one can call."""
    contacts = {
        "mail": settings.POLYPHONIE_CONTACT_MAIL,
        "telephone": settings.POLYPHONIE_CONTACT_PHONE,
        "places": settings.POLYPHONIE_CONTACT_PLACES,
    }
    return render(request, "portal/help.html", {"document": document("help"), "contacts": contacts})


@shared_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return _document_page(request, _("Accessibility: not compliant"), "accessibility")


@shared_page
def legal_notice(request: HttpRequest) -> HttpResponse:
    return _document_page(request, _("Legal notice"), "legal")


@shared_page
def fairness_page(request: HttpRequest) -> HttpResponse:
    """How far the platform keeps its principles, and all that it decides alone."""
    found = fairness.principles()
    context = {"principles": found, "tally": fairness.tally(found), "decisions": fairness.decisions()}
    return render(request, "portal/fairness.html", context)


def fairness_data(request: HttpRequest) -> HttpResponse:
    """The same, for programs."""
    return JsonResponse(fairness.as_data(), json_dumps_params={"ensure_ascii": False, "indent": 1})


def _document_page(request: HttpRequest, title: str, name: str) -> HttpResponse:
    return render(request, "portal/document.html", {"title": title, "document": document(name)})


@shared_page
def terms(request: HttpRequest, day: str = "") -> HttpResponse:
    """The terms in force, or another version."""
    return _version_page(request, TERMS, terms_versions(), day)


@shared_page
def terms_changes(request: HttpRequest, day: str) -> HttpResponse:
    """What a version of the terms changed, word by word."""
    return _changes_page(request, TERMS, terms_versions(), day)


@shared_page
def privacy(request: HttpRequest, day: str = "") -> HttpResponse:
    """The privacy notice in force, with the table of what is kept, made from the registry; or another version of its words."""
    return _version_page(request, PRIVACY, privacy_versions(), day, table=table())


@shared_page
def privacy_changes(request: HttpRequest, day: str) -> HttpResponse:
    """What a version of the privacy notice changed, word by word."""
    return _changes_page(request, PRIVACY, privacy_versions(), day)


def _version_page(request: HttpRequest, kind: Kind, versions: list[Version], day: str, *, table: str = "") -> HttpResponse:
    valid = in_force(versions, timezone.localdate())
    shown = _version(versions, day) if day else valid
    text = shown.text.replace(TABLE, table if shown == valid else _without_table())
    context = {"kind": kind, "shown": shown, "document": markdown(text), "versions": versions, "valid": valid}
    return render(request, "portal/versions.html", context)


def _changes_page(request: HttpRequest, kind: Kind, versions: list[Version], day: str) -> HttpResponse:
    shown = _version(versions, day)
    earlier = next((version for version in versions if version.since < shown.since), None)
    if earlier is None:
        raise Http404
    changes = marked_changes(*(version.text.replace(TABLE, _without_table()) for version in (earlier, shown)))
    return render(request, "portal/version_changes.html", {"kind": kind, "shown": shown, "earlier": earlier, "changes": changes})


def _without_table() -> str:
    """What stands where the table of the version in force is: it is made from the registry of the software that runs."""
    return str(_("(Here stands the table of what is kept, made by the software from its registry: see the version in force.)"))


def _version(versions: list[Version], day: str) -> Version:
    try:
        wanted = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    for version in versions:
        if version.since == wanted:
            return version
    raise Http404


def security_text(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell of a vulnerability."""
    contact = f"mailto:{settings.POLYPHONIE_CONTACT_MAIL}" if settings.POLYPHONIE_CONTACT_MAIL else _absolute(addresses.PROBLEMS)
    expires = (timezone.now() + timedelta(days=SECURITY_TEXT_DAYS)).replace(microsecond=0, second=0, minute=0, hour=0)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: fr, en",
        f"Canonical: {_absolute('/.well-known/security.txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _absolute(address: str) -> str:
    return addresses.absolute(address)


def language(request: HttpRequest, code: str) -> HttpResponse:
    """Read the site in another language: remembered by one cookie, then back to the page."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    asked = request.GET.get("suite", "/")
    back = asked if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, secure=settings.IS_HTTPS, httponly=True, samesite="Lax"
    )
    return response
