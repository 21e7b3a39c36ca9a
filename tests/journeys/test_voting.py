"""What happens to a vote that one changes, takes back, or gives to a text that is no longer the one that was read?"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from polyphonie.consultation.actions import speaking
from polyphonie.consultation.models import Vote
from polyphonie.contributions.actions import Text
from polyphonie.core.writing import writing
from tests.browser import Visitor
from tests.journeys.hands import Hands, last_code, said
from tests.people import CITIZEN, Town

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
ENOUGH_TO_BE_ASKED = 12


@pytest.fixture
def camille(visitor: Visitor, town: Town) -> Hands:
    """Someone signed in, at a browser."""
    visitor.enter(town.accounts[CITIZEN])
    return Hands(visitor)


@pytest.fixture
def plain(plain_visitor: Visitor, fast_fingers: None) -> Iterator[Hands]:
    """Someone who is not signed in and whose browser runs no script."""
    return Hands(plain_visitor)


def address(town: Town) -> str:
    return f"/demain/contributions/{town.proposal.number}/"


def positions(town: Town) -> list[int | None]:
    return list(Vote.objects.filter(contribution=town.proposal).values_list("position", flat=True))


def test_a_vote_is_changed_then_withdrawn_and_the_page_says_so_each_time(camille: Hands, town: Town):
    camille.open(address(town))
    camille.page.evaluate("window.scrollBy(0, 40)")
    where, screens = camille.page.evaluate("window.scrollY"), len(camille.screens)
    camille.vote("D'accord")
    camille.reads("Votre avis est compté : d'accord. Vous pouvez le changer jusqu'au")
    expect(camille.page.locator('.vote[aria-current="true"]')).to_be_focused()
    assert (camille.page.evaluate("window.scrollY"), len(camille.screens)) == (where, screens), "nothing jumped"
    camille.vote("Pas d'accord")
    camille.reads("Votre avis est compté : pas d'accord.")
    chosen = camille.page.locator('.vote[aria-current="true"]')
    expect(chosen).to_have_text(said("Pas d'accord (votre avis)"))
    assert positions(town) == [-1]
    camille.vote("Retirer mon avis")
    expect(camille.page.locator("main")).not_to_contain_text(said("Votre avis est compté"))
    assert positions(town) == [None]
    camille.vote("Mitigé")
    assert positions(town) == [0]


def test_a_form_left_open_in_another_tab_says_where_the_vote_stands_instead_of_overwriting_it(camille: Hands, town: Town):
    camille.open(address(town))
    elsewhere = camille.visitor.context.new_page()
    elsewhere.goto(camille.visitor.address + address(town))
    elsewhere.get_by_role("button", name=said("Pas d'accord")).click()
    expect(elsewhere.locator("main")).to_contain_text(said("Votre avis est compté"))
    camille.vote("D'accord")
    expect(camille.page.locator("h1")).to_have_text(said(f"Regardez de nouveau avant de voter sur #{town.proposal.number}"))
    assert positions(town) == [-1]
    camille.press("D'accord")
    assert positions(town) == [1]


def test_a_text_changed_meanwhile_is_shown_with_what_changed_before_the_vote_counts(camille: Hands, town: Town):
    camille.open(address(town))
    with writing(lock=town.consultation, shared=True) as now:
        changed = Text("Planter des tilleuls", "Il fait trop chaud l’été et trop froid l’hiver.")
        speaking.revise(town.proposal, changed, account=town.accounts["author"], now=now)
    camille.vote("D'accord")
    expect(camille.page.locator("ins")).to_contain_text("froid")
    assert positions(town) == []
    camille.press("D'accord")
    assert positions(town) == [1]


def test_a_double_click_leaves_one_vote(camille: Hands, town: Town):
    camille.open(address(town))
    camille.page.get_by_role("button", name=said("D'accord")).first.dblclick()
    camille.reads("Votre avis est compté")
    assert positions(town) == [1]


def test_one_answers_one_at_a_time_passes_and_after_ten_is_asked_for_the_missing_idea(plain: Hands, town: Town):
    for rank in range(ENOUGH_TO_BE_ASKED):
        with writing(lock=town.consultation, shared=True) as now:
            text = Text(f"Une idée pour la place n° {rank}", "Elle est simple.")
            speaking.propose(town.consultation, text, account=town.accounts["author"], now=now)
    plain.open("/demain/consultations/places/")
    plain.press("Donner mon avis", "link")
    first = plain.page.locator("main h2").first.inner_text()
    plain.press("Passer", "link")
    assert plain.page.locator("main h2").first.inner_text() != first
    plain.press("M'identifier ou m'inscrire pour voter", "link")
    sign_up(plain)
    assert "/avis/" in plain.page.url
    agrees(plain)
    voted = 0
    while plain.page.get_by_text(said("Il manque une idée")).count() == 0:
        plain.press("D'accord")
        voted += 1
    assert voted == 9, "one passed, nine answered"
    assert Vote.objects.count() == voted
    plain.press("Proposez la vôtre", "link")
    assert plain.heading() == "Faire une proposition"


def sign_up(hands: Hands) -> None:
    """By a mail code, then one goes on where one was going."""
    hands.write("Votre adresse", "sami@exemple.fr")
    hands.press("Recevoir un code")
    hands.write("code", last_code())
    hands.press("Continuer")
    hands.write("Nom à afficher", "Sami")
    hands.tick("15 ans")
    hands.press("Ouvrir mon compte")


def agrees(hands: Hands) -> None:
    """Once in the concertation, on the page where one votes."""
    hands.tick("J’accepte que mes opinions politiques")
    hands.press("Continuer")


def test_someone_who_votes_before_signing_in_comes_back_to_the_text(plain: Hands, town: Town):
    plain.open(address(town))
    plain.press(f"Donner mon avis sur #{town.proposal.number}", "link")
    sign_up(plain)
    assert plain.heading() == f"Votre avis sur #{town.proposal.number}"
    agrees(plain)
    assert plain.heading() == f"Votre avis sur #{town.proposal.number}"
    plain.press("D'accord")
    plain.reads("Votre avis est compté : d'accord.")
    assert positions(town) == [1]
