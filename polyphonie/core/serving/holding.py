"""How is a page that everybody sees alike answered without being made again? Held a few seconds at the door of the application.

A held page is answered before Django: to whoever brings no session, in the same host, language and kind of request. It is let
go after `POLYPHONIE_HOLD_SECONDS`, and at once, in every process of this machine, when something is taken away from pages
(`let_go`): each page bears the generation under which it was made, a few bytes that the processes share.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.cookie import parse_cookie
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request

from polyphonie.core.serving.fragments import HEADER
from polyphonie.core.serving.generation import generation

MOST_BYTES = 4 * 1024 * 1024
HELD = (HTTPStatus.OK, HTTPStatus.GONE)
OF_THE_BODY = frozenset({"content-type", "content-length", "content-language"})
FRAGMENT = f"HTTP_{HEADER.upper().replace('-', '_')}"
UNUSUAL = ("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE", "HTTP_AUTHORIZATION")

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class HeldPage:
    """A whole answer, the generation it was made under, and the instant (monotonic seconds) until which it may be given."""

    status: str
    headers: Headers
    body: bytes
    etag: str
    generation: bytes
    until: float


class Shelf:
    """The pages of one process, the least recently asked for taken off first past `most_bytes`; safe among threads."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._pages: OrderedDict[str, HeldPage] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> HeldPage | None:
        with self._lock:
            found = self._pages.get(key)
            if found is None:
                return None
            if found.until < time.monotonic() or found.generation != generation.now():
                self._take_off(key)
                return None
            self._pages.move_to_end(key)
            return found

    def put(self, key: str, page: HeldPage) -> None:
        with self._lock:
            self._take_off(key)
            self._pages[key] = page
            self.bytes += len(page.body)
            while self.bytes > self.most_bytes:
                self._take_off(next(iter(self._pages)))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.bytes = 0

    def _take_off(self, key: str) -> None:
        page = self._pages.pop(key, None)
        self.bytes -= 0 if page is None else len(page.body)


shelf = Shelf(MOST_BYTES)
"""What this process holds."""


class Door:
    """The application, with held pages answered in front of it. Holds only what its view declared to be the same for all."""

    def __init__(self, application: Callable[[Environ, StartResponse], Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        key = _key(environ)
        if key is None:
            return self.application(environ, start_response)
        held = shelf.get(key)
        if held is not None:
            return _answered(held, environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            return self.application(environ, start_response)
        return self._made(key, environ, start_response)

    def _made(self, key: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Ask for the whole page, hold it if it is the same for all, then answer what was asked."""
        made_under = generation.now()  # before anything is read
        said: list[Any] = []
        asked_tags = environ.pop("HTTP_IF_NONE_MATCH", None)
        response = self.application(environ, lambda *words: said.extend(words))
        if asked_tags is not None:
            environ["HTTP_IF_NONE_MATCH"] = asked_tags
        if not _is_the_same_for_all(response):
            tag = next((value for name, value in said[1] if name.lower() == "etag"), "")
            if asked_tags and tag and said[0].startswith("200") and _is_known(asked_tags, tag):
                response.close()  # type: ignore[attr-defined]  # of Django, or a file under way: both have one
                return _not_modified(said[1], start_response)
            start_response(*said)
            return response
        assert isinstance(response, HttpResponse)
        until = time.monotonic() + settings.POLYPHONIE_HOLD_SECONDS
        page = HeldPage(said[0], said[1], response.content, response.headers["ETag"], made_under, until)
        shelf.put(key, page)
        response.close()
        return _answered(page, environ, start_response)


def _is_the_same_for_all(response: object) -> bool:
    return (
        getattr(response, "is_shared", False)
        and isinstance(response, HttpResponse)
        and response.status_code in HELD
        and not response.cookies
        and "ETag" in response.headers
    )


def _answered(page: HeldPage, environ: Environ, start_response: StartResponse) -> list[bytes]:
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and page.status.startswith("200") and _is_known(asked, page.etag):
        return _not_modified(page.headers, start_response)
    start_response(page.status, list(page.headers))
    return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]


def _not_modified(headers: Iterable[tuple[str, str]], start_response: StartResponse) -> list[bytes]:
    start_response("304 Not Modified", [header for header in headers if header[0].lower() not in OF_THE_BODY])
    return [b""]


def _is_known(asked: str, etag: str) -> bool:
    """Weak comparison, as RFC 9110 §13.1.2 asks of If-None-Match."""
    if asked == etag:
        return True
    tags = parse_etags(asked)
    return tags == ["*"] or etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}


def _key(environ: Environ) -> str | None:
    """Under what a page is held for this request; None when it is not a plain reading by someone without a session."""
    if not settings.POLYPHONIE_HOLD_SECONDS or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    cookies = environ.get("HTTP_COOKIE", "")
    path = environ.get("PATH_INFO", "")
    if path.startswith(settings.STATIC_URL) or (cookies and f"{settings.SESSION_COOKIE_NAME}=" in cookies):
        return None
    if any(name in environ for name in UNUSUAL):
        return None
    host = environ.get("HTTP_HOST", "")
    scheme = f"{environ.get('wsgi.url_scheme', '')} {environ.get('HTTP_X_FORWARDED_PROTO', '')}"
    language = _language(_language_cookie(cookies), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    kind = "part" if FRAGMENT in environ else "page"
    return "\n".join((host, path, environ.get("QUERY_STRING", ""), scheme, language, kind))


def _language_cookie(cookies: str) -> str:
    name = settings.LANGUAGE_COOKIE_NAME
    return parse_cookie(cookies).get(name, "") if name in cookies else ""


@lru_cache(maxsize=1024)
def _language(cookie: str, accepted: str) -> str:
    """The language that Django will choose for these two."""
    cookies = {settings.LANGUAGE_COOKIE_NAME: cookie} if cookie else {}
    asked: Any = SimpleNamespace(COOKIES=cookies, META={"HTTP_ACCEPT_LANGUAGE": accepted})
    return get_language_from_request(asked)
