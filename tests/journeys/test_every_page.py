"""Is every page of the product accessible, narrow enough, light enough, well named, and silent about errors?

Each page is looked at once as it was sent: by axe in light and, for the rules that look at colours, in dark; at 320 px; in
forced colours, where what is chosen must still be told from what is not.
"""

import re
from html import unescape

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Route

from polyphonie.config.access import TABLE
from tests import people
from tests.architecture.reachable import routes, samples
from tests.browser import MOST_BYTES, RULES, Visitor
from tests.journeys.behind_steps import ERRANDS
from tests.journeys.every_template import Answer, Witness, a_witness, page_templates
from tests.people import Town

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
NARROW = 320
STATES = {
    "",
    "open",
    "published",
    "proposal",
    "argument",
    "hidden",
    "process",
    "organisation",
    "person",
    "terms",
    "completion",
    "closed",
}
FEWEST_TEMPLATES, FEWEST_STATES = 85, 200
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
HEADING = re.compile(r"<h1[ >]")
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe that another colour scheme can break: what is shown, and how it is built, stays the same."""

LOOK = """
async ([rules, ofColours]) => {
  const said = found => found.violations.map(one =>
    `${one.id} (${one.impact}): ${one.help}: ` + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | "));
  const runOnly = ofColours ? {type: "rule", values: ofColours} : {type: "tag", values: rules};
  return {
    violations: said(await axe.run({runOnly, resultTypes: ["violations"]})),
    shown: [...document.querySelectorAll("body *")].filter(element => element.getClientRects().length).length,
    weight: performance.getEntriesByType("resource").filter(entry => !/[.]woff2?([?]|$)/.test(entry.name))
      .reduce((sum, entry) => sum + (entry.encodedBodySize || 0), 0),
  };
}
"""


def everything_asked(town: Town) -> Witness:
    """Every address by everyone who may read it, then every errand."""
    with a_witness() as witness:
        for who in people.THE_MAIN_ONES:
            client = town.visit(who)
            for name, route in sorted(routes().items()):
                if "GET" in TABLE[name].methods and "token" not in route:
                    for state, address in samples(name, route, town).items():
                        if state in STATES:
                            witness.get(client, address, who)
        for errand in ERRANDS:
            errand(town, witness)
    return witness


class Looking:
    """Shows each answer in Chromium as it was sent, and keeps what is wrong with it."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.faults: list[str] = []
        self._shown: Answer | None = None
        visitor.context.add_init_script(AXE_SCRIPT)
        visitor.context.route(f"{visitor.address}/montrer/", self._answer)
        visitor.page.set_viewport_size({"width": 1280, "height": 800})

    @property
    def page(self) -> Page:
        return self.visitor.page

    def _answer(self, route: Route) -> None:
        assert self._shown is not None
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": self._shown.policy}
        route.fulfill(body=self._shown.content, headers=headers)

    def show(self, answer: Answer) -> None:
        self._shown = answer
        self.visitor.open("/montrer/")

    def look(self, answer: Answer) -> None:
        self.show(answer)
        light = self.page.evaluate(LOOK, [RULES, None])
        self.page.emulate_media(color_scheme="dark")
        dark = self.page.evaluate(LOOK, [RULES, OF_COLOURS])
        self.page.emulate_media(color_scheme=None)
        found = [f"light: {one}" for one in light["violations"]] + [f"dark: {one}" for one in dark["violations"]]
        if light["shown"] != dark["shown"]:
            found.append("dark shows something else than light")
        self.page.set_viewport_size({"width": NARROW, "height": 640})
        if (widest := self.page.evaluate("document.scrollingElement.scrollWidth")) > NARROW:
            found.append(f"{widest} px wide")
        self.page.set_viewport_size({"width": 1280, "height": 800})
        if (weight := light["weight"] + len(answer.content.encode())) >= MOST_BYTES:
            found.append(f"weighs {weight} bytes")
        found += self.visitor.troubles
        self.visitor.troubles.clear()
        self.faults += [f"{answer}: {one}" for one in found]


def test_every_template_in_every_state_is_accessible_in_light_and_dark_fits_a_narrow_screen_and_is_light(
    visitor: Visitor, town: Town, fast_fingers: None
):
    witness = everything_asked(town)
    looked_at, wanted = witness.to_look_at(), page_templates()
    missing = wanted - {answer.template for answer in looked_at}
    looking = Looking(visitor)
    for answer in looked_at:
        looking.look(answer)
    faults = looking.faults + [f"never looked at: {template}" for template in sorted(missing)] + ill_named(witness.answers)
    print(f"{len(wanted)} templates, {len(looked_at)} states of {len(witness.answers)} answers, {len(faults)} faults")
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)
    assert len(wanted) >= FEWEST_TEMPLATES
    assert len(looked_at) >= FEWEST_STATES


def ill_named(answers: list[Answer]) -> list[str]:
    """Pages without a title of their own or without one heading, and templates of which two bear the same title."""
    faults, owners = [], {}
    for answer in answers:
        found = TITLE.search(answer.content)
        title = unescape(found[1]).strip() if found else ""
        if len(title) < 3 or title == "Polyphonie":
            faults.append(f"{answer}: its title says nothing: « {title} »")
        if len(HEADING.findall(answer.content)) != 1:
            faults.append(f"{answer}: {len(HEADING.findall(answer.content))} first headings")
        if answer.template != "core/error.html":
            owners.setdefault(title, set()).add(answer.template)
    return faults + [f"« {title} » names {sorted(templates)}" for title, templates in owners.items() if len(templates) > 1]
