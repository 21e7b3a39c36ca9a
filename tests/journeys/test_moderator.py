"""What does everyone see when a moderator hides a text? A notice with its ground at the same address, and nothing of the text."""

import pytest
from playwright.sync_api import expect

from polyphonie.outbox.models import Mail
from polyphonie.processes.models import Role
from tests.browser import Visitor
from tests.journeys.hands import Hands, said
from tests.people import Town

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_a_moderator_hides_a_text_which_keeps_its_address_then_shows_it_again(
    visitor: Visitor, second_visitor: Visitor, town: Town
):
    address = f"/demain/contributions/{town.others_proposal.number}/"
    reader = second_visitor.page
    second_visitor.open(address)
    expect(reader.locator("h1")).to_have_text(said("Rendre la place aux piétons"))

    visitor.enter(town.accounts[Role.MODERATOR.value])
    moderator = Hands(visitor)
    moderator.open("/demain/moderation/")
    moderator.press(f"Décider pour #{town.others_proposal.number}", "link")
    moderator.press("Masquer ce texte")
    expect(visitor.page.locator(".error-summary")).to_be_visible()
    moderator.tick("Contraire à la charte : publicité", "radio")
    moderator.write("Les faits", "Le texte vend un service.")
    moderator.press("Masquer ce texte")
    moderator.reads(f"#{town.others_proposal.number}")

    answer = reader.goto(visitor.address + address)
    assert answer is not None
    assert answer.status == 410
    expect(reader.locator("main")).to_contain_text(said("Contraire à la charte : publicité"))
    for place in (address, "/demain/consultations/places/", "/demain/recherche/?q=piétons"):
        second_visitor.open(place)
        expect(reader.locator("main")).not_to_contain_text(said("On y étouffe"))
    assert Mail.objects.filter(to=town.accounts["citizen"].email, body__contains="Le texte vend un service.").exists()

    moderator.open(f"/demain/moderation/{town.others_proposal.number}/")
    moderator.write("Pourquoi ce texte est-il rétabli", "C’était une erreur.")
    moderator.press("Le rétablir")
    second_visitor.open(address)
    expect(reader.locator("main")).to_contain_text(said("On y étouffe"))
