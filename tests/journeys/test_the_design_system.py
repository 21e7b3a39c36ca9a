"""Does the design system keep its promises in a browser? Text one can read, targets one can touch, nothing lost without colours,
without JavaScript or without a mouse."""

from typing import Any

import pytest

from tests.browser import Visitor
from tests.portal.scene import Scene, a_scene

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

SMALL_TEXT = """() => [...document.querySelectorAll("body *")]
  .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .filter(element => element.getClientRects().length && parseFloat(getComputedStyle(element).fontSize) < 16)
  .map(element => element.outerHTML.slice(0, 120))"""
SMALL_TARGETS = """() => [...document.querySelectorAll(
    "button, .button, .vote, .menu summary, .bar a, .foot li a, .counters a, .orders a, textarea, select, input")]
  .filter(element => element.getClientRects().length && !element.closest("[hidden]"))
  .filter(element => !["radio", "checkbox", "hidden"].includes(element.type) && element.getBoundingClientRect().height < 43.5)
  .map(element => element.outerHTML.slice(0, 120))"""
OPEN_EVERYTHING = "document.querySelectorAll('details').forEach(details => { details.open = true })"
RING = "getComputedStyle(document.activeElement).outlineWidth"


@pytest.fixture
def scene(site: str) -> Scene:
    return a_scene(arguments=7, sources=7)


def addresses_of(scene: Scene) -> list[str]:
    voice = f"/demain/contributions/{scene.proposal.number}/"
    house = ["/aide/", "/confidentialite/", "/conditions/", "/probleme/", "/connexion/"]
    return ["/", "/demain/", "/demain/consultations/places/", voice, f"{voice}revisions/", "/demain/participants/", *house]


@pytest.mark.parametrize("width", [320, 1280])
def test_what_informs_is_large_enough_to_be_read_and_touched(visitor: Visitor, scene: Scene, width: int) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 800})
    for address in addresses_of(scene):
        page = visitor.open(address)
        page.evaluate(OPEN_EVERYTHING)
        assert page.evaluate(SMALL_TEXT) == [], address
        assert page.evaluate(SMALL_TARGETS) == [], address


def test_nothing_vanishes_in_forced_colours(visitor: Visitor, scene: Scene) -> None:
    visitor.page.emulate_media(forced_colors="active")
    page = visitor.open(f"/demain/contributions/{scene.proposal.number}/")
    for selector in (".stave", ".button", ".card", ".side.for", ".side.against", ".thread"):
        assert page.locator(selector).first.is_visible(), selector
    for selector, pseudo in ((".stave .done", "::after"), (".stave .now", "::after"), (".thread li", "::before")):
        width = page.locator(selector).first.evaluate(f"element => getComputedStyle(element, '{pseudo}').borderTopWidth")
        assert width != "0px", selector


def test_a_filled_button_is_read_in_forced_colours(visitor: Visitor, scene: Scene) -> None:
    visitor.page.emulate_media(forced_colors="active")
    button = visitor.open("/demain/").locator("a.button:not(.line)").first
    colours = button.evaluate("element => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor]")
    assert colours[0] != colours[1]
    assert button.evaluate("element => getComputedStyle(element).forcedColorAdjust") == "none"


def test_the_menu_opens_without_javascript(plain_visitor: Visitor, scene: Scene) -> None:
    plain_visitor.page.set_viewport_size({"width": 320, "height": 800})
    page = plain_visitor.open("/demain/")
    assert page.get_by_text("Étape 2 sur 5").is_visible()
    page.locator("summary", has_text="Menu").click()
    page.get_by_role("link", name="Chronologie").click()
    assert page.locator("h1").inner_text() == "Chronologie"


def test_the_keyboard_skips_to_the_content_and_is_seen_on_its_way(visitor: Visitor, scene: Scene) -> None:
    page = visitor.open("/demain/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate(RING) == "3px"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate(RING) == "3px"


def test_an_error_is_announced_and_leads_to_its_field(visitor: Visitor, scene: Scene) -> None:
    page = visitor.open("/probleme/")
    page.get_by_role("button", name="Envoyer").click()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.locator(".error-summary a").click()
    assert page.evaluate("document.activeElement.name") == "words"


def test_a_contribution_with_many_answers_stays_light(client: Any) -> None:
    scene = a_scene(arguments=60, sources=30, completions=10)
    assert len(client.get(f"/demain/contributions/{scene.proposal.number}/").content) < 60_000
