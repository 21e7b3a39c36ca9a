"""Does a hidden text go through flag, notice, reply, reasons, appeal and an outside judge? How many keys does it take?"""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from polyphonie.moderation.models import Case, Decision
from polyphonie.outbox.models import Mail
from polyphonie.processes.models import Role
from tests.browser import Visitor
from tests.journeys.hands import Hands, said
from tests.people import AUTHOR, CITIZEN, Town

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

TYPIST = 3.0
"""Keys a second of someone who types slowly: forty words a minute or so."""
LOOK = 4.0
"""Seconds that someone who knows the desk takes to look at a screen before the next key."""


class Keyboard:
    """Someone who has no mouse: every key is counted, and every screen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0
        self.screens = 0

    def press(self, key: str, *, opens: bool = False) -> None:
        self.keys += 1
        if not opens:
            self.page.keyboard.press(key)
            return
        self.screens += 1
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.keys += len(words)
        self.page.keyboard.type(words)

    def told(self) -> str:
        return f"{self.keys} keys, {self.screens} screens, about {self.seconds():.0f} s"

    def seconds(self) -> float:
        """Typing, and a look at each screen but the one on which it ends."""
        return self.keys / TYPIST + (self.screens - 1) * LOOK


def open_desk(visitor: Visitor, town: Town, role: str = Role.MODERATOR.value) -> Keyboard:
    visitor.enter(town.accounts[role])
    visitor.open("/demain/moderation/")
    keyboard = Keyboard(visitor.page)
    keyboard.screens = 1
    return keyboard


def flag(visitor: Visitor, town: Town, ground: str) -> str:
    """From the text: two acts and a choice; the code."""
    someone = Hands(visitor)
    someone.open(f"/demain/contributions/{town.others_proposal.number}/")
    someone.press("Signaler ce texte", "link")
    someone.tick(ground, "radio")
    someone.press("Signaler")
    assert len(someone.screens) == 3
    found = re.search(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){3}", visitor.page.locator("main").inner_text())
    assert found
    return found[0]


def test_a_text_is_flagged_its_author_heard_it_is_hidden_contested_and_shown_again_by_an_outside_judge(
    visitor: Visitor, second_visitor: Visitor, town: Town, fast_fingers: None
):
    address = f"/demain/contributions/{town.others_proposal.number}/"
    code = flag(second_visitor, town, "Contraire à la charte : publicité")
    expect_shown(second_visitor, address)

    keyboard = open_desk(visitor, town)
    keyboard.press("e", opens=True)
    keyboard.press("p")
    keyboard.press("7")
    keyboard.type("Le texte vend un service.")
    keyboard.press("Control+Enter", opens=True)
    print(f"notice: {keyboard.told()}")
    assert keyboard.seconds() <= 60
    case = Case.objects.get(contribution=town.others_proposal)
    assert Mail.objects.filter(to=town.accounts[CITIZEN].email, body__contains="Le texte vend un service.").exists()
    expect_shown(second_visitor, address)

    author = Hands(second_visitor)
    second_visitor.enter(town.accounts[CITIZEN])
    author.open("/mon-espace/")
    author.press("Répondre à la modération", "link")
    author.write("Votre réponse", "Je parle d’une place, pas d’un service.")
    author.press("Envoyer ma réponse")
    author.reads("Je parle d’une place")

    keyboard = open_desk(visitor, town)
    begun = time.monotonic()
    keyboard.press("e", opens=True)
    expect(visitor.page.locator("main")).to_contain_text(said("Je parle d’une place"))
    keyboard.press("m")
    keyboard.press("Control+Enter", opens=True)
    measured = time.monotonic() - begun
    print(f"ordinary: {keyboard.told()}, {measured:.1f} s played")
    assert keyboard.seconds() <= 60
    answer = second_visitor.page.goto(second_visitor.address + address)
    assert answer is not None
    assert answer.status == 410
    expect(second_visitor.page.locator("main")).to_contain_text(said("Contraire à la charte : publicité"))
    expect(second_visitor.page.locator("main")).not_to_contain_text(said("On y étouffe"))

    author.open(f"/mon-espace/moderation/{case.pk}/")
    author.reads("Charte : on ne vend rien ici")
    author.reads("rien n’est automatique ici")
    author.write("Pourquoi contestez-vous cette décision ?", "Il n’y a pas de prix.")
    author.press("Contester cette décision")
    author.reads("Il attend l’instance de recours")

    visitor.enter(town.accounts[Role.APPEAL.value])
    judge = Hands(visitor)
    judge.open("/mon-espace/")
    judge.open("/demain/moderation/recours/")
    judge.press(f"Juger le recours pour #{town.others_proposal.number}", "link")
    judge.reads("Je parle d’une place")
    judge.tick("J’annule la décision", "radio")
    judge.write("Vos raisons", "Une place n’est pas un service.")
    judge.press("Juger")
    assert visitor.page.goto(visitor.address + "/demain/moderation/").status == 403

    expect_shown(second_visitor, address)
    assert Mail.objects.filter(to=town.accounts[CITIZEN].email, body__contains="Une place n’est pas un service.").exists()
    who_flagged = Hands(visitor)
    who_flagged.open("/demain/signaler/suivi/")
    who_flagged.write("Votre code de suivi", code)
    who_flagged.press("Voir la réponse")
    who_flagged.reads("Rétabli")
    who_flagged.open("/demain/registre/moderation/")
    who_flagged.reads("décision annulée (instance de recours n° 2)")


def expect_shown(visitor: Visitor, address: str) -> None:
    visitor.open(address)
    expect(visitor.page.locator("main")).to_contain_text(said("On y étouffe"))


def test_an_urgent_hiding_takes_fifteen_seconds_at_the_keyboard(
    visitor: Visitor, second_visitor: Visitor, town: Town, fast_fingers: None
):
    flag(second_visitor, town, "Contraire à la loi : donnée personnelle de quelqu’un d’autre")
    keyboard = open_desk(visitor, town)
    begun = time.monotonic()
    keyboard.press("e", opens=True)
    keyboard.press("u")
    keyboard.press("4")
    keyboard.type("Un téléphone.")
    keyboard.press("Control+Enter", opens=True)
    measured = time.monotonic() - begun
    print(f"urgent: {keyboard.told()}, {measured:.1f} s played")
    assert keyboard.seconds() <= 15
    assert measured <= 15
    assert Decision.objects.filter(contribution=town.others_proposal, act="hidden_urgently").exists()


def test_every_new_text_is_read_with_one_key(visitor: Visitor, town: Town):
    keyboard = open_desk(visitor, town)
    keyboard.press("l", opens=True)
    seen = []
    while visitor.page.get_by_role("button", name=said("Vu, suivant")).count():
        seen.append(visitor.page.locator("main .num").first.inner_text())
        keyboard.press("v", opens=True)
    expect(visitor.page.locator("main")).to_contain_text(said("Tout a été relu"))
    numbers = [int(one.strip("#")) for one in seen if one.startswith("#")]
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= 5
    assert len(seen) > len(numbers)  # comments on the synthesis are among them


@pytest.mark.parametrize("role", [Role.MODERATOR.value, AUTHOR])
def test_pages_of_moderation_are_used_without_scripts(plain_visitor: Visitor, town: Town, role: str):
    someone = Hands(plain_visitor)
    plain_visitor.enter(town.accounts[role])
    if role == AUTHOR:
        someone.open("/mon-espace/moderation/")
        someone.press("un nom affiché : lire ce qui est dit, répondre ou contester", "link")
        someone.write("Votre réponse", "C’est mon nom.")
        someone.press("Envoyer ma réponse")
        someone.reads("C’est mon nom.")
        return
    someone.open(f"/demain/moderation/{town.others_proposal.number}/")
    someone.press("Ouvrir un dossier")
    someone.tick("Le masquer en urgence", "radio")
    someone.tick("Contraire à la charte : attaque personnelle", "radio")
    someone.write("Les faits", "Une insulte.")
    someone.press("Décider")
    someone.reads("Masqués en urgence")
