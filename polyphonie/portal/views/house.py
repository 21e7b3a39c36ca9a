"""What does the house say of itself? Help, accessibility, legal notice, terms and their changes, personal data, security."""

from datetime import date, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from polyphonie.core import addresses
from polyphonie.core.freshness import shared_page
from polyphonie.core.plaintext import markdown
from polyphonie.portal import fairness
from polyphonie.portal.documents import Terms, document, terms_versions
from polyphonie.portal.marking import marked_changes
from polyphonie.portal.personal_data import table

SECURITY_TEXT_DAYS = 180
YEAR = 365 * 24 * 3600


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


@shared_page
def privacy(request: HttpRequest) -> HttpResponse:
    shown = document("privacy", table=table())
    return render(request, "portal/document.html", {"title": _("Personal data"), "document": shown})


def _document_page(request: HttpRequest, title: str, name: str) -> HttpResponse:
    return render(request, "portal/document.html", {"title": title, "document": document(name)})


@shared_page
def terms(request: HttpRequest, day: str = "") -> HttpResponse:
    """The terms in force, or an earlier version."""
    versions = terms_versions()
    shown = _version(versions, day) if day else versions[0]
    return render(request, "portal/terms.html", {"shown": shown, "document": markdown(shown.text), "versions": versions})


@shared_page
def terms_changes(request: HttpRequest, day: str) -> HttpResponse:
    """What a version of the terms changed, word by word."""
    versions = terms_versions()
    shown = _version(versions, day)
    earlier = next((version for version in versions if version.since < shown.since), None)
    if earlier is None:
        raise Http404
    changes = marked_changes(earlier.text, shown.text)
    return render(request, "portal/terms_changes.html", {"shown": shown, "earlier": earlier, "changes": changes})


def _version(versions: list[Terms], day: str) -> Terms:
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
