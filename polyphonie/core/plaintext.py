"""How does what people write become safe HTML? Plain text for citizens (paragraphs, line breaks, links), Markdown for editors."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from polyphonie.core.typography import french

LINK_RELATION = "nofollow noopener ugc"
_NUMBER = re.compile(r"(?<![\w&/#])#(\d{1,9})\b|\b[Cc]ontribution (?:n° ?)?#?(\d{1,9})\b")
_FORBIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_UNSEEN = re.compile(
    "[\\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\uffa0]*"
)


def holds_forbidden(text: str) -> bool:
    """Whether a text holds control, direction-override or tag characters, which `cleaned` takes away."""
    return _FORBIDDEN.search(text) is not None


def cleaned(text: str) -> str:
    """The text as it is stored: NFC, Unix line ends, no control, direction-override or tag character, no blank edges; nothing
    when none of its characters is seen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _FORBIDDEN.sub("", unicodedata.normalize("NFC", text)).strip()
    return "" if _UNSEEN.fullmatch(text) else text


def shortened(text: str, most: int) -> str:
    """The text in at most so many characters: cut after a whole word, with « … » where something is missing."""
    if len(text) <= most:
        return text
    kept, _space, begun = text[: most - 1].rpartition(" ")
    return f"{(kept or begun).rstrip(' ,;:.')} …" if kept else f"{begun}…"


@cache
def _linkify() -> LinkifyIt:
    return LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})


def plain(text: str, address_of: Callable[[int], str | None] | None = None) -> Markup:
    """Citizens' text as HTML: escaped, paragraphs at blank lines, line breaks kept, http(s) addresses clickable, and each
    `#746` that `address_of` knows made a link. `address_of` maps a number to an address, or to None when unknown."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return Markup("\n").join(Markup("<p>{}</p>").format(_inline(part, address_of)) for part in paragraphs)


def _inline(text: str, address_of: Callable[[int], str | None] | None) -> Markup:
    pieces: list[Markup] = []
    position = 0
    for link in _linkify().match(text) or []:
        if link.schema not in ("http:", "https:"):
            continue
        pieces.append(_words(text[position : link.index], address_of))
        pieces.append(Markup('<a href="{}" rel="{}">{}</a>').format(link.url, LINK_RELATION, link.raw))
        position = link.last_index
    pieces.append(_words(text[position:], address_of))
    return Markup("").join(pieces)


def _words(text: str, address_of: Callable[[int], str | None] | None) -> Markup:
    pieces: list[Markup] = []
    position = 0
    if address_of is not None:
        for found in _NUMBER.finditer(text):
            address = address_of(int(found[1] or found[2]))
            if address is None:
                continue
            pieces.append(_lines(text[position : found.start()]))
            pieces.append(Markup('<a href="{}">{}</a>').format(address, found[0]))
            position = found.end()
    pieces.append(_lines(text[position:]))
    return Markup("").join(pieces)


def _lines(text: str) -> Markup:
    return Markup("<br>\n").join(escape(french(line)) for line in text.split("\n"))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")


def markdown(text: str) -> Markup:
    """Editors' Markdown as HTML: no raw HTML, then only the tags a document needs."""
    rendered = _markdown().render(french(text))
    return Markup(
        nh3.clean(
            rendered,
            tags={
                "p",
                "br",
                "strong",
                "em",
                "ul",
                "ol",
                "li",
                "a",
                "h2",
                "h3",
                "h4",
                "blockquote",
                "code",
                "hr",
                "table",
                "thead",
                "tbody",
                "tr",
                "th",
                "td",
            },
            attributes={"a": {"href"}},
            url_schemes={"http", "https", "mailto"},
            link_rel=LINK_RELATION,
        )
    )


def cited_numbers(text: str) -> list[int]:
    """The contribution numbers a text mentions as `#746` or « Contribution 746 », in order, each once."""
    seen: dict[int, None] = {}
    for found in _NUMBER.finditer(text):
        seen.setdefault(int(found[1] or found[2]))
    return list(seen)
