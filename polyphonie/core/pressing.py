"""How does a page become a tagged PDF? In a process of its own, which fetches nothing and lives within bounds.

    python -m polyphonie.core.pressing < page.html > page.pdf     one line of JSON ({"pages": 12}), then the PDF
    python -m polyphonie.core.pressing --try                      ends well where a PDF can be made

WeasyPrint and the system's Pango are loaded here and nowhere else. What the page shows is in the page: fonts and styles are
written in it, and any other address is refused.
"""

import json
import logging
import os
import resource
import sys
from typing import Any

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

MOST_BYTES = 1_200 * 1024 * 1024
"""Of address space, libraries included; the documents of `synthesis.paper` are cut so as to stay far below."""
MOST_SECONDS = 400
NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system")
VARIANT = "pdf/ua-1"


class Refused(FatalURLFetchingError):
    """A page asked for something that is not in it."""


class InThePage(URLFetcher):
    """Gives what the page holds (`data:`), and nothing from elsewhere: neither file nor network."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if not url.startswith("data:"):
            raise Refused(f"nothing is fetched: {url[:80]}")
        return super().fetch(url, headers)


def pressed(page: str) -> tuple[int, bytes]:
    """How many pages, and the PDF, tagged for PDF/UA-1 with its language, title and bookmarks."""
    fonts = FontConfiguration()
    document = HTML(string=page, url_fetcher=InThePage(allowed_protocols={"data"})).render(font_config=fonts, pdf_variant=VARIANT)
    pdf = document.write_pdf(pdf_variant=VARIANT, uncompressed_pdf=bool(os.environ.get("POLYPHONIE_PLAIN_PDF")))
    assert pdf is not None
    return len(document.pages), pdf


def confine() -> None:
    """From now on: no network, no program, bounded memory and time, after whatever else wants the processor."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    os.nice(10)
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: object) -> None:
    if event in NETWORK:
        raise PermissionError(f"{event} is refused here")


def main() -> int:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    confine()
    if "--try" in sys.argv:
        pressed("<!doctype html><html lang='fr'><title>A</title><p>A")
        return 0
    pages, pdf = pressed(sys.stdin.buffer.read().decode())
    sys.stdout.buffer.write(json.dumps({"pages": pages}).encode() + b"\n" + pdf)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
