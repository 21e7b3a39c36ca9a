"""Does a folder of pages read without any server? Every link leads inside it, nothing in it posts or runs."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Read(HTMLParser):
    """What a page holds: its links, its anchors, what would need a server."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.acts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.anchors.add(values.get("id", ""))
        self.links += [values[name] for name in ("href", "src") if values.get(name)]
        self.acts += [tag] if tag in ("form", "input", "button", "script") else []
        self.acts += [name for name in values if name.startswith(("hx-", "on"))]


def pages_of(folder: Path) -> dict[Path, Read]:
    return {path: Read(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}


def assert_stands_alone(folder: Path) -> dict[str, int]:
    folder = folder.resolve()
    pages = pages_of(folder)
    links, wrong = 0, []
    for path, page in pages.items():
        if page.acts:
            wrong.append((path.name, page.acts[:3]))
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "mailto", "tel"):
                continue
            links += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            is_inside = not link.startswith("/") and target.is_file() and folder in target.parents
            has_anchor = not parts.fragment or target not in pages or parts.fragment in pages[target].anchors
            if not is_inside or not has_anchor:
                wrong.append((str(path.relative_to(folder)), link))
    assert wrong == [], wrong[:20]
    return {"pages": len(pages), "links": links}
