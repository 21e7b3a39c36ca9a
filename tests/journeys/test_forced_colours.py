"""Where the reader's system imposes its colours, is what is chosen still told from what is not, and nothing lost?

Forms, borders and patterns must say it, since colours no longer can.
"""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from polyphonie.accounts.models import Organisation
from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from tests.browser import Visitor, open_visitor
from tests.consultation.electorate import vote
from tests.people import AUTHOR, CITIZEN, Town

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
STYLE = "(element, name) => getComputedStyle(element)[name]"
SEEN = """selector => [...document.querySelectorAll(selector)].filter(element => element.getClientRects().length).map(element => {
  const style = getComputedStyle(element);
  return {border: style.borderTopWidth, line: style.borderTopStyle, edge: style.borderTopColor, ground: style.backgroundColor,
          ink: style.color, paper: getComputedStyle(document.body).backgroundColor};
})"""


@pytest.fixture(params=["light", "dark"])
def forced(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Visitor]:
    with open_visitor(chromium, site, forced_colors="active", color_scheme=request.param) as someone:
        yield someone


@pytest.fixture
def page(forced: Visitor, town: Town) -> Page:
    """The page of a proposal by a verified organisation, voted on by many, and by the one who reads it."""
    Organisation.objects.filter(pk=town.organisation.pk).update(verified_on=timezone.localdate())
    with writing(lock=town.consultation, shared=True) as now:
        text = Text("Ouvrir la halle", "Le dimanche aussi.")
        proposal = speaking.propose(town.consultation, text, account=town.accounts[AUTHOR], speaks_for=town.organisation, now=now)
    vote(proposal, town.accounts[CITIZEN], 1, at=timezone.now())
    Contribution.objects.filter(pk=proposal.pk).update(agree=31, mixed=12, disagree=9)
    forced.enter(town.accounts[CITIZEN])
    return forced.open(f"/demain/contributions/{proposal.number}/")


def test_the_chosen_answer_the_totals_the_badge_and_the_focus_are_told_by_more_than_colours(forced: Visitor, page: Page):
    chosen, others = page.locator(".vote[aria-current=true]"), page.locator(".vote:not([aria-current])")
    assert (chosen.count(), others.count()) == (1, 2)
    ground = chosen.evaluate(STYLE, "backgroundColor")
    assert all(other.evaluate(STYLE, "backgroundColor") != ground for other in others.all())
    assert chosen.evaluate(STYLE, "color") != ground
    assert "votre avis" in chosen.inner_text().replace("\u202f", " ")

    fills = [page.locator(f".tally rect.{name}").first.evaluate(STYLE, "fill") for name in ("agree", "mixed", "disagree")]
    assert len(set(fills)) == 3
    assert page.locator(".tally svg").first.evaluate(STYLE, "borderTopWidth") != "0px"
    patterns = [(".ground-mixed", "fill"), (".line-mixed", "stroke"), (".ground-disagree", "fill"), (".dot-disagree", "fill")]
    inks = [page.locator(f".patterns {selector}").evaluate(STYLE, name) for selector, name in patterns]
    assert inks[0] != inks[1]
    assert inks[2] != inks[3]

    for selector in (".badge summary", ".card", ".tag", "a.button", ".vote"):
        for seen in page.evaluate(SEEN, selector):
            assert seen["border"] != "0px", selector
            assert seen["line"] != "none", selector
            assert seen["edge"] != seen["paper"], (selector, seen)
            assert seen["ink"] != seen["ground"], (selector, seen)
    assert page.evaluate(SEEN, ".badge summary")

    for target in (chosen, page.locator("a.button").first, page.locator(".bar nav a").first):
        target.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        ring = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return [s.outlineStyle, parseFloat(s.outlineWidth), s.outlineColor,"
            " getComputedStyle(document.body).backgroundColor]; })()"
        )
        assert ring[0] == "solid"
        assert ring[1] >= 3
        assert ring[2] != ring[3]
