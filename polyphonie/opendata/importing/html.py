"""How does HTML become plain text without loss? Paragraphs, lists and links stay readable; what is no markup is untouched.

Written for files one does not trust: every step reads the text once, whatever is in it.
"""

import re
from collections.abc import Iterator
from html import unescape

PARAGRAPHS = frozenset({"p", "blockquote", "ul", "ol", "dl", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "figure", "hr"})
LINES = frozenset({"div", "tr", "dt", "dd", "figcaption", "center", "section", "article", "header", "footer"})
INSIDE = frozenset(
    {
        "a", "abbr", "b", "br", "caption", "cite", "code", "del", "em", "embed", "font", "i", "iframe", "img", "ins", "kbd", "li",
        "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "tbody", "td", "tfoot", "th", "thead", "tt", "u",
        "video",
    }
)  # fmt: skip
UNSEEN = frozenset({"script", "style", "head", "title"})
"""Elements whose content is not meant to be read."""
KNOWN = PARAGRAPHS | LINES | INSIDE | UNSEEN | {"html", "body"}

_TAG = re.compile(r"<(/?)\s?([a-zA-Z][a-zA-Z0-9]{0,15}(?::[a-zA-Z]{1,20})?)(?=[\s/>])([^<>]*)>")
_BREAK = re.compile(r"<\s?/?\s?br\s?/?\s?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--|<!\[|<\?xml|<!DOCTYPE", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,30})\s{0,3}=\s{0,3}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SCHEMES_UNSEEN = ("javascript:", "data:", "vbscript:")
_MOST_INDENTED = 8


def text_of(source: str, *, is_html: bool | None = None) -> str:
    """The plain text of what is HTML, or may be (`is_html` None). What holds no known element is plain already: only its
    `<br>` and entities are read, so that `<50`, `a < b` or `<nom de famille>` stay as typed."""
    if "<" not in source and "&" not in source:
        return source
    if is_html is None:
        is_html = is_markup(source)
    if not is_html:
        lines = [_entities(line).strip(" \t") for line in _BREAK.split(source)]
        return "\n".join(lines) if len(lines) > 1 else _entities(source)
    writer = _Writer()
    for piece in _pieces(source):
        if isinstance(piece, str):
            writer.words(piece)
        else:
            writer.tag(*piece)
    return writer.text()


def is_markup(source: str) -> bool:
    """Whether a text is HTML: a known element is opened in it and closed, or it shows an image."""
    opened: set[str] = set()
    for found in _TAG.finditer(source):
        name = found[2].lower()
        if name not in KNOWN or name == "br":
            continue
        if name in ("img", "hr") or (found[1] and name in opened):
            return True
        if not found[1]:
            opened.add(name)
    return False


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda found: unescape(found[0]), text)


def _pieces(source: str) -> Iterator[str | tuple[str, bool, str]]:
    """Words, and tags as (name, whether it closes, attributes); comments and unknown tags of office programs are left out."""
    position = 0
    for start, end, tag in _marks(source):
        if start < position:
            continue
        if start > position:
            yield source[position:start]
        if tag is not None:
            yield tag
        position = end
    if position < len(source):
        yield source[position:]


def _marks(source: str) -> Iterator[tuple[int, int, tuple[str, bool, str] | None]]:
    """Where each tag and comment stands, in order; a tag inside a comment comes after it and is passed over."""
    comments = _comments(source)
    comment = next(comments, None)
    for found in _TAG.finditer(source):
        while comment is not None and comment[0] < found.start():
            yield (*comment, None)
            comment = next(comments, None)
        name = found[2].lower()
        if name in KNOWN:
            yield found.start(), found.end(), (name, bool(found[1]), found[3])
        elif ":" in name:
            yield found.start(), found.end(), None
    while comment is not None:
        yield (*comment, None)
        comment = next(comments, None)


def _comments(source: str) -> Iterator[tuple[int, int]]:
    found = _COMMENT.search(source)
    while found is not None:
        closing = "-->" if found[0] == "<!--" else ">"
        end = source.find(closing, found.end())
        end = len(source) if end < 0 else end + len(closing)
        yield found.start(), end
        found = _COMMENT.search(source, end)


class _Writer:
    """Writes text with at most one blank line between paragraphs, `- ` before list items, addresses after link texts."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._breaks = 2
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int]] = []
        self._unseen = 0
        self._as_is = 0

    def text(self) -> str:
        while self._links:
            self._end_link()
        return "\n".join(line.strip(" \u00a0") if not line.startswith("  ") else line.rstrip() for line in self._lines()).strip()

    def _lines(self) -> list[str]:
        return "".join(self._pieces).split("\n")

    def tag(self, name: str, closes: bool, attributes: str) -> None:
        if name in UNSEEN:
            self._unseen = max(0, self._unseen + (-1 if closes else 1))
        elif name == "br":
            self._break(min(2, self._breaks + 1))
        elif name in PARAGRAPHS:
            self._paragraph(name, closes, attributes)
        elif name in LINES:
            self._break(1)
        elif name == "li":
            self._break(1)
            if not closes:
                self._item()
        elif name in ("td", "th") and not closes:
            if self._pieces and not self._breaks:
                self._pieces.append(" | ")
        elif name == "a":
            if closes or self._links:
                self._end_link()
            if not closes:
                self._links.append((_attribute(attributes, "href"), len(self._pieces)))
        elif name in ("img", "iframe", "video", "embed") and not closes:
            self._figure(attributes)

    def words(self, source: str) -> None:
        if self._unseen:
            return
        words = unescape(source)
        if not self._as_is:
            words = _SPACES.sub(" ", words)
            if self._breaks or (self._pieces and self._pieces[-1].endswith(" ")):
                words = words.lstrip(" ")
        if words:
            self._write(words)

    def _paragraph(self, name: str, closes: bool, attributes: str) -> None:
        if closes and name in ("ul", "ol") and self._lists:
            self._lists.pop()
        self._break(1 if self._lists else 2)
        if name in ("ul", "ol") and not closes:
            start = _attribute(attributes, "start")
            self._lists.append(
                None if name == "ul" else int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
            )
        elif name == "pre":
            self._as_is = max(0, self._as_is + (-1 if closes else 1))

    def _write(self, words: str) -> None:
        self._pieces.append(words)
        self._breaks = 0

    def _break(self, lines: int) -> None:
        """End the line, and leave a blank one when `lines` is 2; never more."""
        if lines > self._breaks:
            self._pieces.append("\n" * (lines - self._breaks))
            self._breaks = lines

    def _item(self) -> None:
        number = self._lists[-1] if self._lists else None
        indent = "  " * min(max(len(self._lists) - 1, 0), _MOST_INDENTED)
        self._pieces.append(f"{indent}- " if number is None else f"{indent}{number}. ")
        if number is not None:
            self._lists[-1] = number + 1

    def _end_link(self) -> None:
        if not self._links:
            return
        address, start = self._links.pop()
        shown = "".join(self._pieces[start:]).strip()
        if not address or address.startswith("#") or address.lower().startswith(_SCHEMES_UNSEEN) or address in shown:
            return
        if address.rstrip("/") in (f"mailto:{shown}", f"http://{shown}", f"https://{shown}"):
            return
        address = address.removeprefix("mailto:")
        self._write(f" ({address})" if shown else address)

    def _figure(self, attributes: str) -> None:
        shown, address = _attribute(attributes, "alt"), _attribute(attributes, "src")
        if address.lower().startswith(_SCHEMES_UNSEEN):
            address = ""
        words = f"{shown} ({address})" if shown and address else shown or address
        if words:
            self._write(f"[{words}]")


def _attribute(attributes: str, name: str) -> str:
    for found in _ATTRIBUTE.finditer(attributes):
        if found[1].lower() == name:
            return unescape(found[2] or found[3] or found[4] or "").strip()
    return ""
