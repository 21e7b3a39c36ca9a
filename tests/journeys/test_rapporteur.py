"""Does a rapporteur read, sort and write with the keyboard alone, how fast, and as well without a script on a narrow screen?"""

import re
import time

import pytest
from playwright.sync_api import Browser, expect

from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.core.writing import writing
from polyphonie.processes.models import Role
from polyphonie.synthesis.models import KeptPassage, Reading, Statement
from tests.browser import Visitor, open_visitor
from tests.people import AUTHOR, Town

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

DESK = "/demain/redaction/places/"
READ_IN_ALL = 14
MOST_SECONDS = 3.0
"""From the key that sorts a text to the next text on the screen, on a busy machine."""
TOLD = re.compile("Enregistré à")


def say_more(town: Town) -> None:
    """Enough proposals for a rapporteur to find a pace."""
    with writing() as now:
        for rank in range(READ_IN_ALL - 2):
            text = Text(f"Une idée pour la place, la {rank}e", "Un paragraphe que l’on lit en entier avant de le classer.")
            speaking.propose(town.consultation, text, account=town.accounts[AUTHOR], now=now)


SELECT = """
words => {
  const at = document.querySelector(".piece .prose p").firstChild, start = at.data.indexOf(words), range = document.createRange();
  range.setStart(at, start);
  range.setEnd(at, start + words.length);
  const chosen = getSelection();
  chosen.removeAllRanges();
  chosen.addRange(range);
}
"""
"""Select words of the text, as the mouse or caret browsing do."""


def test_contributions_are_read_and_sorted_with_one_key_each_then_cited_in_a_statement_that_saves_itself(
    visitor: Visitor, town: Town
):
    say_more(town)
    visitor.enter(town.accounts[Role.RAPPORTEUR.value])
    page = visitor.open(f"{DESK}lecture/")
    visitor.assert_accessible()
    page.keyboard.press("l")
    page.wait_for_url("**/lecture/*/")
    visitor.assert_accessible()
    visitor.assert_fits(320)
    page.evaluate(SELECT, "trop chaud")
    page.keyboard.press("g")
    expect(page.locator(".sorting .quoted")).to_have_text("trop chaud")
    assert KeptPassage.objects.count() == 1
    page.keyboard.press("t")
    page.keyboard.type("Ombre")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys, started = 0, time.monotonic()
    while re.search(r"/lecture/\d+/", page.url):
        with page.expect_navigation():
            page.keyboard.press("1" if keys % 2 else "0")
        keys += 1
    seconds = (time.monotonic() - started) / keys
    print(f"{keys} contributions read and sorted, one key each, {seconds:.2f} s from the key to the next text")
    assert Reading.objects.count() == READ_IN_ALL == keys + 1
    assert seconds <= MOST_SECONDS

    visitor.open(f"{DESK}?phrase=nouvelle&colonne=action_lead&liste=toutes")
    visitor.assert_accessible()
    visitor.assert_fits(320)
    page.keyboard.type("Il fait ")
    page.locator(".voice h3 a").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("c")
    page.keyboard.type(" et chaud.")
    expect(page.locator(".told")).to_have_text(TOLD)
    statement = Statement.objects.get(synthesis__consultation=town.consultation)
    assert re.fullmatch(r"Il fait #\d+ et chaud\.", statement.text)
    page.keyboard.type(" Voir aussi #99999")
    expect(page.locator(".told")).to_contain_text("n’existe pas")
    page.reload()
    expect(page.locator("textarea[data-cites]")).to_have_value(re.compile("#99999"))
    page.keyboard.press("Control+End")
    for _letter in "#99999":
        page.keyboard.press("Backspace")
    expect(page.locator(".told")).to_have_text(TOLD)

    area, options = page.locator("textarea[data-cites]"), page.locator("[role=option]")
    page.keyboard.type("une idée pour la place #")
    expect(options).not_to_have_count(0)
    visitor.assert_accessible()
    written = area.input_value()
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    assert area.input_value() == written, "nothing is put in unless one chooses"
    page.keyboard.type(f"{town.proposal.number}")
    expect(options.first).to_have_attribute("data-cites", f"#{town.proposal.number}")
    page.keyboard.press("ArrowDown")
    expect(area).to_have_attribute("aria-activedescendant", f"suggestion-{town.proposal.number}")
    page.keyboard.press("Enter")
    expect(area).to_have_value(f"{written}{town.proposal.number}")
    expect(page.locator(".told")).to_have_text(TOLD)


def test_two_rapporteurs_at_once_see_each_other_and_lose_nothing(visitor: Visitor, town: Town):
    number = town.proposal.number
    visitor.enter(town.accounts[Role.RAPPORTEUR.value])
    page = visitor.open(f"{DESK}?phrase=nouvelle&citer={number}")
    page.keyboard.type("De l’ombre")
    expect(page.locator(".told")).to_have_text(TOLD)
    statement = Statement.objects.get(synthesis__consultation=town.consultation)
    Statement.objects.filter(pk=statement.pk).update(text=f"Beaucoup d’ombre #{number}", edition=7, edited_by="rapporteur/2")
    page.keyboard.type(" pour tous")
    expect(page.locator(".told")).to_contain_text("Beaucoup d’ombre")
    expect(page.locator("textarea[data-cites]")).to_have_value(f"De l’ombre pour tous #{number}")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    statement.refresh_from_db()
    assert (statement.text, statement.edition) == (f"De l’ombre pour tous #{number}", 8)

    visitor.open(f"{DESK}?phrase={statement.key}")
    visitor.context.clear_cookies()
    page.keyboard.press("Control+End")
    page.keyboard.type(" encore")
    expect(page.locator(".told")).to_contain_text("Reprendre ici")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    visitor.enter(town.accounts[Role.RAPPORTEUR.value])
    Statement.objects.filter(pk=statement.pk).update(text=f"Un peu d’ombre #{number}", edition=9, edited_by="rapporteur/2")
    visitor.open(f"{DESK}?phrase={statement.key}")
    expect(page.locator("textarea[data-cites]")).to_have_value(f"De l’ombre pour tous #{number} encore")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("Cette phrase a été changée entre-temps")
    statement.refresh_from_db()
    assert statement.edition == 9, "what was found again was typed upon an older edition: it is compared, not written over"


def test_everything_is_done_without_a_script_at_320_px(chromium: Browser, site: str, town: Town):
    number = town.proposal.number
    with open_visitor(chromium, site, viewport={"width": 320, "height": 640}, java_script_enabled=False) as visitor:
        visitor.enter(town.accounts[Role.RAPPORTEUR.value])
        page = visitor.open("/demain/redaction/")
        page.locator(f'a[href="{DESK}"]').click()
        page.get_by_role("link", name="Lire", exact=True).click()
        page.get_by_role("link", name=re.compile("Commencer à lire")).click()
        page.get_by_label(re.compile("Sous un nouveau sujet")).fill("Ombre")
        page.locator("#new button").click()
        page.locator(f'a[href^="{DESK}"]').first.click()
        page.locator('a[href*="phrase=nouvelle"][href*="colonne=action_lead"]').first.click()
        page.get_by_label("La phrase").fill(f"Il faut de l’ombre #{number}.")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.locator(".statement")).to_contain_text("Il faut de l’ombre")
        page.get_by_role("link", name=re.compile("phrase à vérifier")).click()
        page.locator("#reason-V7").fill("Le mot est celui du texte.")
        page.get_by_role("button", name=re.compile("Confirmer celles.*Mots qui jugent")).click()
        expect(page.locator("main")).to_contain_text("Le mot est celui du texte.")
    assert Statement.objects.filter(synthesis__consultation=town.consultation).count() == 1
