"""How is the archive of a concertation written? As a visitor reads it: from its first page, every link it has a place for."""

import re
import shutil
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from polyphonie.core import addresses, printing
from polyphonie.core.refusal import Refused
from polyphonie.opendata.publishing import publish
from polyphonie.portal.static_site.markup import Page, symbols_of
from polyphonie.portal.static_site.places import Place, place_of
from polyphonie.processes.models import Process

KEPT = (HTTPStatus.OK, HTTPStatus.GONE)
"""A hidden or withdrawn text keeps its page, which says so and shows nothing of it."""
IN_STYLES = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
ICONS = "core/icons.svg"
OWN_STYLE = """
.archive-band { background: var(--brand-soft, #e8f1ee); border-bottom: 2px solid var(--brand) }
.archive-band p { margin: 0 auto; max-width: var(--page); padding: .45rem 1.1rem }
nav li:empty { display: none }
"""


@dataclass
class Written:
    """What an archive holds: its pages, its other files, and the addresses that nothing answered."""

    pages: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)


def archive(process: Process, folder: Path, *, progress: Callable[[int, int | None], None] = lambda done, total: None) -> Written:
    """Write the archive into a folder that is absent or empty; it takes its name once whole. Raises Refused."""
    if not process.is_listed:
        raise Refused(_("Nothing of this concertation is public yet: there is nothing to archive."))
    if folder.exists() and any(folder.iterdir()):
        raise Refused(_("The folder %(folder)s is not empty: choose another one.") % {"folder": folder})
    draft = folder.absolute().with_name(f".{folder.absolute().name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        publish(process)  # it seals: the register's pages and the data beside them tell of the same moment
        with override(settings.LANGUAGE_CODE):
            written = _Archive(process, draft).write(progress)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


class _Archive:
    """One archive being written: what waits to be read, what is known."""

    def __init__(self, process: Process, folder: Path) -> None:
        self._process, self._folder = process, folder
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._waiting: deque[Place] = deque()
        self._known: dict[str, Place | None] = {}
        self._icons = symbols_of(self._read(f"{settings.STATIC_URL}{ICONS}").decode())
        self._written = Written()

    def write(self, progress: Callable[[int, int | None], None]) -> Written:
        self._need(addresses.process_address(self._process.slug))
        while self._waiting:
            place = self._waiting.popleft()
            if place.is_page:
                self._write_page(place)
                self._written.pages += 1
            else:
                self._write_file(place)
                self._written.files += 1
            progress(self._written.pages + self._written.files, len(self._known))
        return self._written

    def _need(self, address: str) -> Place | None:
        """The place of an address, read once, now, to know that something answers it."""
        place = place_of(address, self._process.slug)
        if place is None:
            return None
        if place.path not in self._known:
            answer = self._answer(place.address)
            is_kept = answer.status_code in KEPT
            if is_kept:
                self._put(place, _content(answer))  # as it came, on the disk: written again when its turn comes
                self._waiting.append(place)
            elif answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise Refused(_("The page %(address)s cannot be read: the archive was not written.") % {"address": place.address})
            elif answer.status_code not in (HTTPStatus.FOUND, HTTPStatus.MOVED_PERMANENTLY):
                self._written.missing.append(place.address)
            self._known[place.path] = place if is_kept else None
        return self._known[place.path]

    def _write_page(self, place: Place) -> None:
        def resolve(address: str) -> str | None:
            parts = urlsplit(address)
            if not address or parts.scheme in ("mailto", "tel") or address.startswith("#"):
                return address
            own = settings.POLYPHONIE_BASE_URL
            if parts.netloc and not address.startswith(f"{own}/"):
                return address if parts.scheme in ("http", "https") else None
            target = self._need(urljoin(place.address, address.removeprefix(own)).partition("#")[0])
            return None if target is None else place.to(target, parts.fragment)

        page = Page(resolve, self._banner(place), self._icons)
        page.feed((self._folder / place.path).read_text(encoding="utf-8"))
        page.close()
        self._put(place, page.text().encode())

    def _write_file(self, place: Place) -> None:
        if place.path.endswith(".css"):
            content = (self._folder / place.path).read_bytes()
            for address in IN_STYLES.findall(content.decode()):
                if not address.startswith(("data:", "#")):
                    self._need(urljoin(place.address, address))
            self._put(place, content + OWN_STYLE.encode())

    def _banner(self, place: Place) -> str:
        """That this is an archive, of which day, and where its data are."""
        words = _(
            "Archive of %(day)s of a concertation held on %(host)s: everything can be read, nothing can be sent any more."
        ) % {
            "day": printing.day(timezone.localdate()),
            "host": settings.POLYPHONIE_HOST,
        }
        data = self._need(addresses.data_address(self._process.slug))
        link = "" if data is None else f' <a href="{escape(place.to(data))}">{escape(_("Open data"))}</a>'
        return f'<div class="archive-band"><p>{escape(words)}{link}</p></div>'

    def _put(self, place: Place, content: bytes) -> None:
        target = self._folder / place.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def _read(self, address: str) -> bytes:
        return _content(self._answer(address))

    def _answer(self, address: str) -> HttpResponseBase:
        """What a visitor without an account is answered."""
        parts = urlsplit(address)
        environment: dict[str, object] = {"PATH_INFO": parts.path, "QUERY_STRING": parts.query, "wsgi.input": BytesIO()}
        setup_testing_defaults(environment)
        scheme = urlsplit(settings.POLYPHONIE_BASE_URL).scheme
        environment |= {"HTTP_HOST": settings.POLYPHONIE_HOST, "wsgi.url_scheme": scheme, "REQUEST_METHOD": "GET"}
        environment |= {"HTTP_ACCEPT_LANGUAGE": settings.LANGUAGE_CODE, "HTTP_X_FORWARDED_PROTO": scheme}
        return self._handler.get_response(WSGIRequest(environment))


def _content(answer: HttpResponseBase) -> bytes:
    if isinstance(answer, StreamingHttpResponse):
        content = b"".join(answer.streaming_content)  # type: ignore[arg-type]  # an answer made here, never asynchronous
        file = getattr(answer, "file_to_stream", None)
        if file is not None:
            file.close()
        return content
    return bytes(answer.content)  # type: ignore[attr-defined]  # an answer made here, never asynchronous
