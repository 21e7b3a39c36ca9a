"""How does one act on a page: with a mouse or a finger, or with the keyboard alone?"""

import re
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from polyphonie.outbox.models import Mail
from tests.browser import Visitor

MOST_TABS = 150
Role = Literal["link", "button", "checkbox", "radio"]
_IS_FOCUSED = "element => element === document.activeElement"
_SHOWS_ITS_FOCUS = """
element => {
  const style = getComputedStyle(element);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}
"""
_HEIGHT_OF_TARGET = """
element => {
  const box = element.getBoundingClientRect();
  const label = element.labels && element.labels.length ? element.labels[0].getBoundingClientRect().height : 0;
  return Math.round(Math.max(box.height, label));
}
"""


class Hands:
    """Someone who reads names on the screen and acts on what bears them; counts the screens and the fields it took."""

    def __init__(self, visitor: Visitor, *, has_mouse: bool = True) -> None:
        self.visitor = visitor
        self.has_mouse = has_mouse
        self.screens: list[str] = []
        self.fields = 0
        self._here = ""
        visitor.page.on("framenavigated", lambda frame: self._arrive(frame.url))

    @property
    def page(self) -> Page:
        return self.visitor.page

    def _arrive(self, address: str) -> None:
        """Another screen; « Aller au contenu » stays on the same one."""
        screen, _sign, fragment = address.partition("#")
        if not fragment or screen != self._here:
            self.screens.append(address)
        self._here = screen

    def open(self, address: str) -> None:
        self.visitor.open(address)

    def press(self, name: str, role: Role = "button", *, within: Locator | None = None) -> None:
        """Activate the link or button of this name, which leads to a page."""
        target = self._reached(name, role, within)
        with self.page.expect_navigation():
            self._activate(target)

    def vote(self, name: str) -> None:
        """Give this answer, whether the page stays where it is or not; returns once it has arrived."""
        target = self._reached(name, "button", None)
        with self.page.expect_response(lambda answer: answer.url.endswith("/voter/")):
            self._activate(target)

    def _reached(self, name: str, role: Role, within: Locator | None) -> Locator:
        target = (within or self.page).get_by_role(role, name=said(name)).first
        expect(target).to_be_visible()
        assert target.evaluate(_HEIGHT_OF_TARGET) >= 44 or role == "link", f"{name} is a small target"
        if not self.has_mouse:
            self.walk_to(target)
        return target

    def _activate(self, target: Locator) -> None:
        if self.has_mouse:
            target.click()
        else:
            self.page.keyboard.press("Enter")

    def write(self, label: str, words: str) -> None:
        """Fill the field of this label."""
        field = self.page.get_by_label(said(label)).first
        if self.has_mouse:
            field.fill(words)
        else:
            self.walk_to(field)
            self.page.keyboard.insert_text(words)
        self.fields += 1

    def tick(self, label: str, role: Role = "checkbox") -> None:
        """Tick the box, or take the choice, of this label."""
        box = self.page.get_by_role(role, name=said(label)).first
        assert box.evaluate(_HEIGHT_OF_TARGET) >= 24
        if self.has_mouse:
            box.check()
        elif role == "radio":
            self._choose(box)
        else:
            self.walk_to(box)
            self.page.keyboard.press("Space")
        expect(box).to_be_checked()
        self.fields += 1

    def select(self, label: str, choice: str) -> None:
        """Take this choice of a list."""
        box = self.page.get_by_label(said(label)).first
        if self.has_mouse:
            box.select_option(label=choice)
        else:
            self.walk_to(box)
            self.page.keyboard.type(choice[:6])
        self.fields += 1

    def walk_to(self, target: Locator) -> None:
        """Reach it with the Tab key alone, past the head of the page by « Aller au contenu »; where one is shows."""
        if self.page.evaluate("document.activeElement === document.body"):
            self.page.keyboard.press("Tab")
            self.page.keyboard.press("Enter")
        for _step in range(MOST_TABS):
            if target.evaluate(_IS_FOCUSED):
                assert target.evaluate(_SHOWS_ITS_FOCUS), "the focus does not show"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not reach {target}")

    def _choose(self, radio: Locator) -> None:
        """Radio buttons: Tab reaches the group, arrows the choice."""
        name = radio.get_attribute("name")
        group = self.page.locator(f'input[name="{name}"]')
        self.walk_to(group.first)
        for _step in range(group.count() + 1):
            self.page.keyboard.press("Space")
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowDown")

    def reads(self, words: str) -> None:
        """These words are on the page."""
        expect(self.page.locator("main")).to_contain_text(said(words))

    def heading(self) -> str:
        return plain(self.page.locator("h1").inner_text())


def said(words: str) -> re.Pattern[str]:
    """These words as the page sets them: its apostrophes, its spaces that do not break."""
    signs = {" ": r"\s", "'": "['’]", "’": "['’]"}
    return re.compile("".join(signs.get(sign) or re.escape(sign) for sign in words))


def plain(words: str) -> str:
    """The same words with ordinary spaces."""
    return words.replace("\u202f", " ").replace("\u00a0", " ")


def last_code() -> str:
    """The code of the last mail that waits to leave."""
    return Mail.objects.filter(key__startswith="code/").latest("pk").subject.split()[-1]
