"""Which pages can the product answer, and which of them were answered? Each as it was sent, with the template it comes from.

Pages are asked of the product itself, then shown in Chromium as they were sent: a state of a template that several people are
shown alike, in a frame already looked at, is looked at once.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from unittest.mock import patch

from django.http import HttpResponse
from django.template.backends import jinja2
from django.test import Client

from tests.architecture.order import PRODUCT, templates

EXTENDS = re.compile(r'\{%-?\s*extends\s+"([^"]+)"')
SHAPE = ("class", "role", "type", "aria-current", "aria-invalid", "aria-pressed", "checked", "disabled", "hidden", "open", "lang")
"""The attributes that make an element look, or be read out, otherwise."""
WITHOUT_END = {"meta", "link", "input", "br", "hr", "img", "use", "path", "circle", "rect", "line", "polyline", "polygon"}


def page_templates() -> set[str]:
    """The templates that are a page by themselves: they extend another one, and none extends them."""
    extended = {}
    for path in templates():
        if path.suffix == ".html" and (found := EXTENDS.search(path.read_text(encoding="utf-8"))):
            extended["/".join(path.relative_to(PRODUCT).parts[2:])] = found[1]
    return set(extended) - set(extended.values())


@dataclass(frozen=True)
class Answer:
    """A page as it was sent: to whom, for what, from which template."""

    who: str
    asked: str
    template: str
    status: int
    content: str
    policy: str

    def __str__(self) -> str:
        return f"{self.asked} as {self.who} ({self.status}, {self.template})"

    @cached_property
    def frame(self) -> frozenset[str]:
        """What surrounds the content, by the shape of its parts."""
        before, _main, rest = self.content.partition("<main")
        return shapes(before + rest.partition("</main>")[2])

    @cached_property
    def state(self) -> frozenset[str]:
        """What the content shows, by the shape of its parts: words and numbers apart."""
        return shapes(self.content.partition("<main")[2].partition("</main>")[0])


class _Shapes(HTMLParser):
    """Each element within those that hold it, with what makes it look otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.within: list[str] = []
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = "".join(f"[{name}={value}]" for name, value in sorted(attributes, key=str) if name in SHAPE)
        self.found.add("/".join([*self.within, tag + told]))
        if tag not in WITHOUT_END:
            self.within.append(tag + told)

    def handle_endtag(self, tag: str) -> None:
        if any(told.partition("[")[0] == tag for told in self.within):
            while self.within.pop().partition("[")[0] != tag:
                pass


def shapes(markup: str) -> frozenset[str]:
    parser = _Shapes()
    parser.feed(markup)
    return frozenset(parser.found)


@dataclass
class Witness:
    """Keeps every page that the clients it follows are answered."""

    answers: list[Answer] = field(default_factory=list)
    _rendered: list[str] = field(default_factory=list)

    def get(self, client: Client, address: str, who: str = "", **options: object) -> HttpResponse:
        return self._kept(client, "GET", address, who, options)

    def post(self, client: Client, address: str, fields: dict[str, object] | None = None, who: str = "") -> HttpResponse:
        return self._kept(client, "POST", address, who, {"data": fields or {}})

    def _kept(self, client: Client, method: str, address: str, who: str, options: dict[str, object]) -> HttpResponse:
        self._rendered.clear()
        client.raise_request_exception = False
        answer = getattr(client, method.lower())(address, **options)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.headers.get("Content-Disposition")
        if self._rendered and is_page:  # a file that is downloaded is shown by no address
            policy = answer.headers["Content-Security-Policy"]
            told = Answer(who, f"{method} {address}", self._rendered[-1], answer.status_code, answer.content.decode(), policy)
            self.answers.append(told)
        return answer

    def to_look_at(self) -> list[Answer]:
        """Those in which a frame or a state of a template is seen for the first time."""
        frames: set[frozenset[str]] = set()
        states: set[tuple[str, frozenset[str]]] = set()
        found = []
        for answer in self.answers:
            if (answer.template, answer.state) not in states or answer.frame not in frames:
                found.append(answer)
            states.add((answer.template, answer.state))
            frames.add(answer.frame)
        return found


@contextmanager
def a_witness() -> Iterator[Witness]:
    """Note which template each answer comes from."""
    witness = Witness()
    render = jinja2.Template.render

    def noted(template: jinja2.Template, *arguments: object, **options: object) -> str:
        witness._rendered.append(template.template.name)
        return str(render(template, *arguments, **options))

    with patch.object(jinja2.Template, "render", noted):
        yield witness
