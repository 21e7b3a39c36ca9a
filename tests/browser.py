"""How do tests look at pages as people do? In a real Chromium, where any error, foreign request or blocked script is a failure.

    def test_…(visitor):                     # anonymous, in French, with JavaScript
        page = visitor.open("/")
        visitor.assert_accessible()          # axe, light and dark
        visitor.assert_fits(320)

`visitor.enter(account)` signs in; `plain_visitor` has no JavaScript.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright

from tests import strictness

if TYPE_CHECKING:
    from polyphonie.accounts.models import Account

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", event =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
"""
SLOW_MILLISECONDS = 30_000
MOST_BYTES = 100_000


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    path = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if path is None:
        strictness.missing("browser", "Chromium is not installed")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread; the queries are ours
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Someone at a browser; everything that goes wrong there is kept, and fails the test at its end."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.context = context
        self.troubles: list[str] = []
        self.bytes_received: dict[str, int] = {}
        context.set_default_timeout(SLOW_MILLISECONDS)
        context.add_init_script(WATCH_POLICY)
        context.on("request", self._note_request)
        context.on("response", self._note_response)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("console", self._note_console)
        self.page: Page = context.new_page()

    def _note_request(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob", "about") and not request.url.startswith(self.address):
            self.troubles.append(f"foreign request: {request.url}")

    def _note_response(self, response: Response) -> None:
        is_document = response.request.resource_type in ("document", "xhr", "fetch")
        if response.status >= 500 or (response.status >= 400 and not is_document):
            self.troubles.append(f"{response.status}: {response.url}")

    def _note_console(self, message) -> None:
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text}")

    def open(self, path: str) -> Page:
        """Go to an address of the site."""
        self.page.goto(f"{self.address}{path}")
        return self.page

    def enter(self, account: "Account", *, has_second_factor: bool = True) -> None:
        """Sign in without the form."""
        from django.test import Client

        from tests import people

        client = Client()
        people.enter(client, account, has_second_factor=has_second_factor)
        self.context.add_cookies(
            [{"name": name, "value": cookie.value, "url": self.address} for name, cookie in client.cookies.items()]
        )

    def assert_accessible(self) -> None:
        """axe finds nothing to object to, in light and in dark."""
        self.page.evaluate(AXE_SCRIPT)
        found = []
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            found += [f"{scheme}: {violation}" for violation in self.page.evaluate(_AXE_RUN, RULES)]
        self.page.emulate_media(color_scheme=None)
        assert not found, f"{self.page.url}\n" + "\n".join(found)

    def assert_fits(self, width: int = 320) -> None:
        """Nothing is wider than a narrow screen: one scrolls in one direction only."""
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": 640})
        widest = self.page.evaluate("document.scrollingElement.scrollWidth")
        if size:
            self.page.set_viewport_size(size)
        assert widest <= width, f"{self.page.url} is {widest} px wide"

    def weight(self) -> int:
        """What the present page weighed, its fonts left aside, in bytes as they travelled uncompressed or not."""
        return int(self.page.evaluate(_WEIGHT))


_AXE_RUN = """
async rules => {
  const found = await axe.run({runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
  return found.violations.map(one =>
    `${one.id} (${one.impact}): ${one.help}: ` + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | "));
}
"""
_WEIGHT = """
() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .filter(entry => !/[.]woff2?([?]|$)/.test(entry.name))
  .reduce((sum, entry) => sum + (entry.encodedBodySize || 0), 0)
"""


@contextmanager
def open_visitor(chromium: Browser, address: str, **options: object) -> Iterator[Visitor]:
    """Someone who arrives on the site, their browser as `options` say; whatever went wrong there is told when they leave."""
    context = chromium.new_context(**{"locale": "fr-FR", "timezone_id": "Europe/Paris", **options})
    visitor = Visitor(context, address)
    try:
        yield visitor
    finally:
        context.close()
    assert not visitor.troubles, "\n".join(visitor.troubles)


@pytest.fixture
def site(live_server, settings) -> str:
    """The address of a running server on the test's own database."""
    settings.POLYPHONIE_BASE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def visitor(chromium: Browser, site: str) -> Iterator[Visitor]:
    """Someone who arrives on the site, with JavaScript."""
    with open_visitor(chromium, site) as someone:
        yield someone


@pytest.fixture
def second_visitor(chromium: Browser, site: str) -> Iterator[Visitor]:
    """Someone else, at another browser, at the same time."""
    with open_visitor(chromium, site) as someone:
        yield someone


@pytest.fixture
def plain_visitor(chromium: Browser, site: str) -> Iterator[Visitor]:
    """Someone whose browser runs no JavaScript."""
    with open_visitor(chromium, site, java_script_enabled=False) as someone:
        yield someone
