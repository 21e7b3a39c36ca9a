"""A discussion has its own address, which outlives the versions of its text; what is said last is a feed."""

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polyphonie.annotations.beside import page_asked
from polyphonie.annotations.models import Annotation, Document, DocumentVersion
from polyphonie.annotations.places import places_of
from polyphonie.annotations.queries import (
    BY_DATE,
    BY_PLACE,
    REPLIES_AT_ONCE,
    current_version,
    document_of,
    latest,
    numbered,
    page_of_reply,
    pages_of,
    panel_around,
)
from polyphonie.annotations.rules import comments_refusal
from polyphonie.core import addresses
from polyphonie.core.serving.freshness import shared_page
from polyphonie.core.templating import typographic

ENTRIES = 30
EMPTY_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
ORDERS = {"date": BY_DATE}


def order_asked(request: HttpRequest) -> str:
    """`?ordre=date`, else by place."""
    return ORDERS.get(request.GET.get("ordre", ""), BY_PLACE)


def document_or_404(process: str, kind: str, slug: str) -> Document:
    """A published text."""
    try:
        return document_of(process, kind, slug)
    except Document.DoesNotExist as error:
        raise Http404 from error


def annotation_or_404(document: Document, number: int) -> Annotation:
    try:
        found = numbered(document, number)
    except Annotation.DoesNotExist as error:
        raise Http404 from error
    found.document = document
    return found


def version_or_404(document: Document) -> DocumentVersion:
    """Its last version."""
    version = current_version(document)
    if version is None:
        raise Http404
    return version


@shared_page
def discussion(request: HttpRequest, process: str, slug: str, number: int, kind: str) -> HttpResponse:
    """One discussion with its replies and its answer; a reply leads to the discussion it is in."""
    document = document_or_404(process, kind, slug)
    found = annotation_or_404(document, number)
    if found.discussion is not None:
        return HttpResponseRedirect(places_of(document).reply_in(found.discussion.number, number, page=page_of_reply(found)))
    panel = panel_around(version_or_404(document), number, order_asked(request), page=page_asked(request.GET))
    shown = panel.numbered(number)
    return render(
        request,
        "annotations/discussion.html",
        {
            "process": document.process,
            "document": document,
            "text_places": places_of(document),
            "panel": panel,
            "discussion": shown,
            "pages": pages_of(shown.standing.replies, REPLIES_AT_ONCE) if shown else 1,
            "number": number,
            "closed": comments_refusal(document, now=timezone.now()),
        },
        status=200 if shown is not None else 410,
    )


@shared_page
def feed(request: HttpRequest, process: str, slug: str, kind: str) -> HttpResponse:
    """The last comments and replies."""
    document = document_or_404(process, kind, slug)
    places = places_of(document)
    title = _("%(title)s: discussions") % {"title": document.title}
    here = addresses.absolute(places.feed)
    written = _Feed(
        title=typographic(title),
        link=addresses.absolute(places.text),
        description="",
        language=get_language(),
        feed_url=here,
        feed_guid=here,
    )
    for one in latest(document, ENTRIES):
        link = addresses.absolute(places.discussion(one.number))
        at = one.published_at.replace(second=0, microsecond=0)
        name = one.author_name or (_("Name hidden") if one.hidden_author_name else _("Closed account"))
        words = one.title or _("Discussion no. %(number)s") % {"number": one.opening.number}
        written.add_item(
            title=typographic(words),
            link=link,
            description=typographic(one.body),
            unique_id=link,
            pubdate=at,
            updateddate=at,
            author_name=name,
            item_copyright=document.process.licence,
        )
    return HttpResponse(written.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


class _Feed(Atom1Feed):
    """The same bytes until something is added: an empty one bears no clock."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else EMPTY_SINCE
