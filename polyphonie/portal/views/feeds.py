"""What is new, for readers that come back by themselves? Atom feeds of texts, of progress points, of open data."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polyphonie.contributions.models import Contribution
from polyphonie.core import addresses, printing
from polyphonie.core.serving.freshness import shared_page
from polyphonie.core.templating import typographic
from polyphonie.opendata.publishing import published
from polyphonie.portal.queries import voices
from polyphonie.portal.views.processes import process_or_404
from polyphonie.processes.models import Consultation, Process

ENTRIES = 30
EMPTY_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
ATOM = "application/atom+xml; charset=utf-8"


@shared_page
def process_feed(request: HttpRequest, process: str) -> HttpResponse:
    """The latest texts of a process."""
    found = process_or_404(request, process, with_consultations=False)
    feed = _feed(found.title, addresses.process_address(found.slug), addresses.process_feed_address(found.slug))
    return _answer(feed, voices.latest_voices(found, ENTRIES), found)


@shared_page
def consultation_feed(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """The latest texts of a consultation."""
    found = process_or_404(request, process, with_consultations=False)
    asked = found.consultations.filter(slug=consultation).exclude(state=Consultation.State.DRAFT).first()
    if asked is None:
        raise Http404
    feed = _feed(
        f"{asked.title}, {found.title}",
        addresses.consultation_address(found.slug, asked.slug),
        addresses.consultation_feed_address(found.slug, asked.slug),
    )
    return _answer(feed, voices.latest_voices_of_consultation(asked.pk, ENTRIES), found)


@shared_page
def progress_feed(request: HttpRequest, process: str) -> HttpResponse:
    """The progress points of a process."""
    found = process_or_404(request, process, with_consultations=False)
    here = addresses.progress_address(found.slug)
    title = _("%(title)s: progress") % {"title": found.title}
    feed = _feed(title, here, addresses.progress_feed_address(found.slug))
    for update in found.progress_updates.all()[:ENTRIES]:
        link = addresses.absolute(f"{here}#point-{update.pk}")
        feed.add_item(
            title=typographic(update.title),
            link=link,
            description=typographic(update.body),
            unique_id=link,
            pubdate=_minute(update.published_at),
            updateddate=_minute(update.published_at),
            author_name=f"{update.get_role_display()} {update.number}",
        )
    return _written(feed)


@shared_page
def data_feed(request: HttpRequest, process: str) -> HttpResponse:
    """The open data of a process: one entry for the last export, another one each time it is made again."""
    found = process_or_404(request, process, with_consultations=False)
    here = addresses.data_address(found.slug)
    feed = _feed(_("%(title)s: open data") % {"title": found.title}, here, addresses.data_feed_address(found.slug))
    last = published(found)
    if last is not None:
        feed.add_item(
            title=typographic(_("Files of %(moment)s") % {"moment": printing.moment(last.made_at)}),
            link=addresses.absolute(f"{here}archive.zip"),
            description=f"sha256:{last.archive_print}",
            unique_id=addresses.absolute(f"{here}#{last.folder.name}"),
            pubdate=last.made_at,
            updateddate=last.made_at,
            author_name=found.title,
        )
    return _written(feed)


class Feed(Atom1Feed):
    """An Atom feed that is the same bytes until something is added: an empty one bears no clock."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else EMPTY_SINCE


def _feed(title: str, address: str, here: str) -> Feed:
    return Feed(
        title=typographic(title),
        link=addresses.absolute(address),
        description="",
        language=get_language(),
        feed_url=addresses.absolute(here),
        feed_guid=addresses.absolute(here),
    )


def _answer(feed: Feed, texts: Iterable[Contribution], process: Process) -> HttpResponse:
    for text in texts:
        link = addresses.absolute(addresses.contribution_address(process.slug, text.number))
        feed.add_item(
            title=typographic(_title_of(text)),
            link=link,
            description=typographic(text.body),
            unique_id=link,
            pubdate=_minute(text.published_at),
            updateddate=_minute(text.published_at),
            author_name=text.author_name or (_("Name hidden") if text.hidden_author_name else _("Closed account")),
            item_copyright=process.licence,
        )
    return _written(feed)


def _minute(published_at: datetime) -> datetime:
    """Nothing public of a text is finer than its minute."""
    return published_at.replace(second=0, microsecond=0)


def _title_of(text: Contribution) -> str:
    printed = printing.signed_moment(text.number, text.published_at)
    if text.title:
        return f"{text.title} ({printed})"
    about = f" #{text.about.number}" if text.about else ""
    return f"{text.get_kind_display()}{about} ({printed})"


def _written(feed: Feed) -> HttpResponse:
    return HttpResponse(feed.writeString("utf-8"), content_type=ATOM)
