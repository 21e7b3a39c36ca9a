"""How does a page of the site become a page of the archive? Links made relative, what needs a server taken away, icons inside."""

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

DROPPED = frozenset({"form", "script", "dialog"})
"""What asks a server, or a program, to do something: gone with all it holds."""
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
ADDRESSES = frozenset({"href", "src", "poster"})
MENUS = frozenset({"nav", "footer"})

Resolve = Callable[[str], str | None]
"""An address of the site → the relative link to where it is kept, or None."""


class Page(HTMLParser):
    """Reads one page and writes it again."""

    def __init__(self, resolve: Resolve, banner: str, icons: dict[str, str]) -> None:
        super().__init__(convert_charrefs=False)
        self._resolve, self._banner, self._icons = resolve, banner, icons
        self._written: list[str] = []
        self._dropping: list[str] = []
        self._links: list[str] = []
        self._menus = 0
        self._used: set[str] = set()

    def text(self) -> str:
        """The page of the archive."""
        return "".join(self._written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._dropping:
            if tag not in VOID:
                self._dropping.append(tag)
            return
        if tag in DROPPED or self._is_dead_link(tag, values):
            if tag not in VOID:
                self._dropping.append(tag)
            return
        self._menus += tag in MENUS
        if tag == "a":
            self._open_link(values)
        elif tag == "use":
            self._use_icon(values.get("href") or "")
        else:
            self._write(tag, values)
        if tag == "header" and self._banner:
            self._written.append(self._banner)
            self._banner = ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag in self._dropping:
                while self._dropping.pop() != tag:
                    pass
            return
        self._menus -= tag in MENUS
        if tag == "body":
            self._written.append(self._sprite())
        if tag == "a" and self._links:
            tag = self._links.pop()
        self._written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")

    def _keep(self, words: str) -> None:
        if not self._dropping:
            self._written.append(words)

    def _is_dead_link(self, tag: str, values: dict[str, str | None]) -> bool:
        """A button, an entry of a menu or a feed that leads nowhere here: gone. In a sentence, the words of a link stay."""
        if tag == "link":
            return self._resolve(values.get("href") or "") is None
        is_alone = "button" in (values.get("class") or "").split() or self._menus > 0
        return tag == "a" and is_alone and self._resolve(values.get("href") or "") is None

    def _open_link(self, values: dict[str, str | None]) -> None:
        target = self._resolve(values.get("href") or "")
        self._links.append("span" if target is None else "a")
        self._write(self._links[-1], values)

    def _use_icon(self, address: str) -> None:
        """Browsers refuse a drawing of another file where there is no server: it goes into the page."""
        name = address.rpartition("#")[2]
        self._used.add(name)
        self._written.append(f'<use href="#icone-{escape(name)}">')

    def _sprite(self) -> str:
        symbols = "".join(self._icons.get(name, "") for name in sorted(self._used))
        return f'<svg class="patterns" aria-hidden="true" focusable="false">{symbols}</svg>' if symbols else ""

    def _write(self, tag: str, values: dict[str, str | None]) -> None:
        kept = []
        for name, value in values.items():
            if name.startswith(("hx-", "on")) or (tag == "span" and name in ("href", "rel", "download", "hreflang")):
                continue
            if name in ADDRESSES and value is not None and tag != "span":
                kept.append(f' {name}="{escape(self._resolve(value) or value)}"')
            else:
                kept.append(f" {name}" if value is None else f' {name}="{escape(value)}"')
        self._written.append(f"<{tag}{''.join(kept)}>")


def symbols_of(sprite: str) -> dict[str, str]:
    """The drawings of an SVG sprite by name, their identifiers set apart from those of pages."""
    found = re.findall(r'<symbol id="([\w-]+)".*?</symbol>', sprite, flags=re.S)
    whole = re.findall(r"<symbol .*?</symbol>", sprite, flags=re.S)
    return {name: symbol.replace(f'id="{name}"', f'id="icone-{name}"', 1) for name, symbol in zip(found, whole, strict=True)}
