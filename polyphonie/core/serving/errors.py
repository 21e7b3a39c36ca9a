"""What does one read when a page is missing, refused or broken? A sentence that helps, in the frame of every page."""

import logging
import sys
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from polyphonie.core.serving import trouble

logger = logging.getLogger(__name__)

PLAIN = (
    '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Polyphonie</title><h1>Une erreur est survenue</h1>'
    '<p>Rien n\u2019a \u00e9t\u00e9 modifi\u00e9. R\u00e9essayez dans un instant.</p><h1 lang="en">Something went wrong</h1>'
    '<p lang="en">Nothing was changed. Try again in a moment.</p></html>'
)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing has this address."""
    return _page(
        request,
        HTTPStatus.NOT_FOUND,
        _("This page does not exist"),
        _("The address may be mistyped. Here, nothing that was published loses its address: a withdrawn text keeps its page."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 raised by Django itself."""
    return _page(request, HTTPStatus.FORBIDDEN, _("This page is not open to you"), _("Nothing was changed."))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form whose token is missing or old."""
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        _("This form has been open for too long"),
        _("Nothing was sent. Go back with your browser's arrow, load the page again, then send it once more."),
        _("The site needs one cookie to know that it is you who sends the form: your browser must accept it."),
    )


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request makes no sense; 413: it is too long to be read."""
    if isinstance(exception, RequestDataTooBig):
        return _page(
            request,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            _("What was sent is too long"),
            _("Nothing was changed."),
            _("Go back with your browser's arrow: what you wrote is still there. Shorten it, then send it again."),
        )
    return _page(request, HTTPStatus.BAD_REQUEST, _("This request could not be read"), _("Nothing was changed."))


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; if even the page's frame fails, a plain sentence. A database or a disk in trouble is a 503 here too."""
    try:
        answer = trouble.answer_to(request, sys.exc_info()[1])
    except Exception:
        logger.exception("the page that asks to wait went wrong")
        answer = HttpResponse(PLAIN, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(trouble.SOON)})
    if answer is not None:
        return answer
    title = _("Something went wrong on our side")
    sentence = _("Nothing was written. Those who run the site find the error in its log; you can try again in a moment.")
    try:
        return _page(request, HTTPStatus.INTERNAL_SERVER_ERROR, title, sentence)
    except Exception:
        logger.exception("the page that says that something went wrong went wrong")
        return HttpResponse(PLAIN, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(request: HttpRequest, status: HTTPStatus, title: str, *sentences: str) -> HttpResponse:
    return render(request, "core/error.html", {"title": title, "sentences": sentences}, status=status)
