"""Can one comment on a synthesis: words selected with a mouse; the keyboard alone on a narrow screen, without JavaScript?"""

import re

import pytest
from playwright.sync_api import Browser, expect

from polyphonie.annotations.models import Annotation
from polyphonie.core.writing import writing
from polyphonie.synthesis.models import Synthesis
from tests import people
from tests.browser import Visitor, open_visitor
from tests.journeys.hands import Hands, last_code
from tests.people import Town

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
SYNTHESIS = "/demain/syntheses/rues/"
PLACE_OF = """
word => {
  const block = document.querySelector("[data-block]");
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(word);
    if (at < 0) continue;
    block.scrollIntoView({ block: "center", behavior: "instant" });
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + word.length);
    const box = range.getBoundingClientRect();
    return [box.x, box.y + box.height / 2, box.x + box.width];
  }
}
"""

SELECT = """
word => {
  const walker = document.createTreeWalker(document.querySelector("[data-block]"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, at = node.data.indexOf(word);
    if (at >= 0) { document.getSelection().setBaseAndExtent(node, at, node, at + word.length); return; }
  }
}
"""
"""What the handles of a touch screen do: they move the two ends of the selection."""


def test_one_selects_words_comments_is_answered_and_found_again_in_the_next_version(
    visitor: Visitor, second_visitor: Visitor, town: Town
) -> None:
    visitor.enter(town.accounts[people.CITIZEN])
    page = visitor.open(SYNTHESIS)
    left, height, right = page.evaluate(PLACE_OF, "trottoirs")
    page.mouse.move(left + 1, height)
    page.mouse.down()
    page.mouse.move(right, height, steps=8)
    page.mouse.up()
    offer = page.get_by_role("link", name="Commenter ce passage")
    expect(offer).to_be_visible()
    visitor.assert_accessible()
    offer.click()
    expect(page.locator("mark")).to_have_text("trottoirs")
    page.get_by_label("Titre de votre commentaire").fill("Partout ?")
    page.get_by_label("Votre commentaire", exact=True).fill("Dans toutes les rues ?")
    page.get_by_role("button", name="Publier").click()
    said = Annotation.objects.latest("pk")
    assert said.anchors.get().exact == "trottoirs"
    expect(page.locator("h1")).to_contain_text("Partout")

    other = second_visitor.page
    second_visitor.enter(town.accounts[people.AUTHOR])
    second_visitor.open(f"{SYNTHESIS}discussions/{said.number}/")
    other.get_by_role("link", name="Répondre").click()
    other.get_by_label("Votre commentaire", exact=True).fill("Dans le centre d’abord.")
    other.get_by_role("button", name="Publier").click()
    expect(other.locator("main")).to_contain_text("Dans le centre")

    second_visitor.context.clear_cookies()
    second_visitor.enter(town.accounts["rapporteur"])
    second_visitor.open("/demain/redaction/rues/discussions/")
    form = other.locator(f"#discussion-{said.number} form")
    form.get_by_label("Intégré").check()
    form.get_by_label("Motif").fill("Nous précisons.")
    form.get_by_role("button", name="Publier la réponse").click()
    expect(other.locator(f"#discussion-{said.number}")).to_contain_text("dans la prochaine version")
    second_visitor.assert_accessible()

    synthesis = Synthesis.objects.get(consultation=town.closed)
    statement = synthesis.statements.get()
    statement.text = f"Dans le centre, {statement.text[0].lower()}{statement.text[1:]}"
    statement.save()
    with writing() as now:
        people.review_and_publish(synthesis, because={"trottoirs": [said.number]}, now=now)
    visitor.open(SYNTHESIS)
    expect(page.locator("mark", has_text="trottoirs")).to_be_visible()
    expect(page.locator(f"#discussion-{said.number}")).to_contain_text("intégré en version 3")
    visitor.assert_fits(320)


def test_with_the_keyboard_alone_and_no_script_one_comments_on_words_copied_from_the_paragraph(
    plain_visitor: Visitor, town: Town, fast_fingers: None
) -> None:
    plain_visitor.page.set_viewport_size({"width": 320, "height": 640})
    hands = Hands(plain_visitor, has_mouse=False)
    hands.open(SYNTHESIS)
    hands.press("Commenter ce paragraphe", "link")
    hands.write("Les mots que vous commentez", "trottoirs")
    hands.write("Titre de votre commentaire", "Partout ?")
    hands.write("Votre commentaire", "Dans toutes les rues ?")
    hands.press("Continuer")
    hands.write("Votre adresse", "camille@exemple.fr")
    hands.press("Recevoir un code")
    hands.write("Les six chiffres du code", last_code())
    hands.page.keyboard.press("Enter")
    hands.page.wait_for_url("**/annoter/**")
    expect(hands.page.get_by_label("Titre de votre commentaire")).to_have_value("Partout ?")
    hands.press("Publier")
    assert Annotation.objects.latest("pk").anchors.get().exact == "trottoirs"
    hands.reads("Dans toutes les rues")
    plain_visitor.assert_fits(320)


def test_from_a_mail_one_reads_what_is_cited_in_place_by_mouse_and_keyboard(visitor: Visitor, town: Town) -> None:
    page = visitor.open(f"{SYNTHESIS}#cite-{town.settled.number}")
    citation = page.locator(f"#cite-{town.settled.number}")
    expect(citation).to_be_in_viewport()
    words = page.locator(".cited-panel")
    citation.click()
    expect(words).to_contain_text("Deux poussettes")
    visitor.assert_accessible()
    page.keyboard.press("Escape")
    expect(words).to_be_hidden()
    expect(citation).to_be_focused()
    page.keyboard.press("Enter")
    expect(words).to_be_visible()
    words.get_by_role("button", name="Fermer").click()
    expect(words).to_be_hidden()
    page.get_by_role("link", name="Lire la contribution citée").click()
    expect(words).to_contain_text("Deux poussettes")
    words.get_by_role("link", name="Aller à la contribution").click()
    page.wait_for_url(f"**/contributions/{town.settled.number}/")


def test_with_a_finger_one_selects_words_then_comments_and_a_citation_leads_to_its_page(
    chromium: Browser, site: str, town: Town
) -> None:
    screen = {"width": 320, "height": 640}
    with open_visitor(chromium, site, viewport=screen, has_touch=True, is_mobile=True) as someone:
        page = someone.open(SYNTHESIS)
        page.evaluate(SELECT, "trottoirs")
        offer = page.get_by_role("link", name="Commenter ce passage")
        expect(offer).to_be_in_viewport()
        page.evaluate("document.getSelection().removeAllRanges()")  # as a finger on the button does, before it is a press
        offer.tap()
        expect(page.locator("mark")).to_have_text("trottoirs")
        someone.assert_fits(320)
        page = someone.open(SYNTHESIS)
        page.locator("a.citation").first.tap()
        page.wait_for_url(f"**/contributions/{town.settled.number}/")


def test_words_selected_with_the_keyboard_are_offered_to_comment(visitor: Visitor, town: Town) -> None:
    page = visitor.open(SYNTHESIS)
    page.evaluate(  # from the title down to the paragraph
        "getSelection().setBaseAndExtent(document.querySelector('h1'), 0, document.querySelector('[data-block]'), 1)"
    )
    expect(page.get_by_role("link", name="Commenter ce passage")).to_have_attribute("href", re.compile(r"de=0&a=\d+$"))
    page.evaluate("document.getSelection().collapse(document.querySelector('[data-block]').firstChild, 0)")
    for _letter in range(9):
        page.keyboard.press("Shift+ArrowRight")
    if page.evaluate(
        "document.getSelection().isCollapsed"
    ):  # Chromium extends by keys only in caret browsing: by its own command
        page.evaluate("for (let n = 0; n < 9; n++) document.getSelection().modify('extend', 'forward', 'character')")
    offer = page.get_by_role("link", name="Commenter ce passage")
    expect(offer).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/annoter/?*bloc=*&de=0&a=9")
