"""How does HTML become plain text without loss? Paragraphs, lists and links stay readable; what is no markup is untouched."""

import re
from html.parser import HTMLParser

_KNOWN = (
    "a|abbr|b|blockquote|br|center|cite|code|dd|del|div|dl|dt|em|figcaption|figure|font|h1|h2|h3|h4|h5|h6|hr|i|iframe|img|ins|"
    "li|mark|ol|p|pre|q|s|script|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|video"
)
_BREAK = re.compile(r"[ \t]*<\s*/?\s*br\s*/?\s*>[ \t]?", re.IGNORECASE)
_MARKUP = re.compile(rf"<(?P<tag>{_KNOWN})(?:\s[^<>]*)?>.*?</(?P=tag)\s*>|<(?:img|hr)(?:\s[^<>]*)?/?>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rf"<(?!/?(?:{_KNOWN})(?:[\s/>]|$))", re.IGNORECASE)
_PARAGRAPHS = frozenset({"p", "blockquote", "ul", "ol", "dl", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "figure", "hr"})
_LINES = frozenset({"br", "div", "tr", "dt", "dd", "figcaption", "center"})
_UNSEEN = frozenset({"script", "style"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MOST_INDENTED = 8


def text_of(source: str) -> str:
    """The plain text of what may be HTML. A text without a known element is plain already: only its `<br>` are turned into
    line breaks, so that `<50`, `a < b` or `<nom de famille>` stay as typed."""
    if "<" not in source and "&" not in source:
        return source
    if not is_markup(source):
        return _BREAK.sub("\n", source) if "<" in source else source
    reader = _Reader()
    reader.feed(_TAG.sub("&lt;", source))
    reader.close()
    return reader.text()


def is_markup(source: str) -> bool:
    """Whether a text is HTML: it holds at least one known element, closed."""
    return "<" in source and _MARKUP.search(source) is not None


class _Reader(HTMLParser):
    """Writes text with at most one blank line between paragraphs, `- ` before list items, addresses after link texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._breaks = 2
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int]] = []
        self._unseen = 0
        self._kept_spaces = 0

    def text(self) -> str:
        return "".join(self._pieces).replace("\u00a0\n", "\n").strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "li":
            self._item()
        elif tag == "br":
            self._break(1, add=True)
        elif tag in _PARAGRAPHS:
            self._start_paragraph(tag, attributes)
        elif tag in _LINES:
            self._break(1)
        elif tag in ("td", "th"):
            self._cell()
        elif tag == "a":
            self._links.append((attributes.get("href", "").strip(), len(self._pieces)))
        elif tag in ("img", "iframe", "video"):
            self._figure(attributes)

    def _start_paragraph(self, tag: str, attributes: dict[str, str]) -> None:
        self._break(1 if self._lists else 2)
        if tag in ("ul", "ol"):
            start = attributes.get("start", "1")
            self._lists.append(None if tag == "ul" else int(start) if start.isdigit() and len(start) < 6 else 1)
        elif tag == "pre":
            self._kept_spaces += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "br":
            self._break(1, add=True)
        elif tag in _PARAGRAPHS:
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            if tag == "pre":
                self._kept_spaces = max(0, self._kept_spaces - 1)
            self._break(1 if self._lists else 2)
        elif tag in _LINES or tag == "li":
            self._break(1)
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())

    def _end_link(self, address: str, start: int) -> None:
        shown = "".join(self._pieces[start:]).strip()
        if not address or address.startswith(("#", "javascript:", "data:")) or address in shown:
            return
        if address in (f"mailto:{shown}", f"http://{shown}", f"https://{shown}", f"{shown}/"):
            return
        self._write(f" ({address})" if shown else address)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._kept_spaces:
            self._write(data)
            return
        words = _SPACES.sub(" ", data)
        if self._breaks:
            words = words.lstrip(" ")
        if words:
            self._write(words)

    def _write(self, words: str) -> None:
        self._pieces.append(words)
        self._breaks = 0

    def _break(self, lines: int, *, add: bool = False) -> None:
        """End the line; leave at most one blank line. `add` counts lines one by one, as `<br>` does."""
        wanted = min(2, self._breaks + lines) if add else max(self._breaks, lines)
        if self._pieces:
            self._pieces[-1] = self._pieces[-1].rstrip(" ")
            self._pieces.append("\n" * (wanted - self._breaks))
        self._breaks = wanted

    def _item(self) -> None:
        self._break(1)
        number = self._lists[-1] if self._lists else None
        indent = "  " * min(max(len(self._lists) - 1, 0), _MOST_INDENTED)
        if number is None:
            self._pieces.append(f"{indent}- ")
        else:
            self._pieces.append(f"{indent}{number}. ")
            self._lists[-1] = number + 1

    def _cell(self) -> None:
        if self._pieces and not self._breaks:
            self._pieces.append(" | ")

    def _figure(self, attributes: dict[str, str]) -> None:
        shown, address = attributes.get("alt", "").strip(), attributes.get("src", "").strip()
        if address.startswith("data:"):
            address = ""
        words = f"{shown} ({address})" if shown and address else shown or address
        if words:
            self._write(f"[{words}]")
