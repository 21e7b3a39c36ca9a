"""Can anyone take part, from reading to a published voice, with a mouse, a finger, the keyboard alone, or no script?"""

from urllib.parse import urlsplit

import pytest

from polyphonie.consultation.models import Vote
from polyphonie.contributions.models import Contribution, Kind
from tests.journeys.hands import Hands, last_code
from tests.people import Town

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

CONSULTATION = "/demain/consultations/places/"
SCREENS_TO_SPEAK = [f"{CONSULTATION}proposer/", f"{CONSULTATION}proposer/proches/", "/demain/publier/"]
FIELDS_TO_SPEAK = 7
"""A title, a text; a mail address, a name, an age and the terms, the agreement that the law wants apart; a code."""


def test_one_reads_proposes_signs_up_votes_argues_and_brings_a_source(hands: Hands, town: Town):
    reads_and_proposes(hands, town)
    votes(hands, town)
    argues(hands, town)
    brings_a_source(hands, town)
    written = Contribution.objects.filter(author__email="nora@exemple.fr").order_by("number")
    assert [text.kind for text in written] == [Kind.PROPOSAL, Kind.ARGUMENT, Kind.SOURCE]
    assert Vote.objects.get(contribution=town.proposal).position == 1


def reads_and_proposes(hands: Hands, town: Town) -> None:
    """Three screens from reading to a published voice: one writes first and says who one is last."""
    hands.open(CONSULTATION)
    hands.reads("Planter des tilleuls")
    hands.screens.clear()
    hands.press("Faire une proposition", "link")
    hands.write("Votre proposition en une phrase", "Planter des tilleuls et des érables")
    hands.write("Expliquez-la", "Il fait trop chaud l’été sur la place.\n\nLes érables poussent vite.")
    hands.press("Continuer")
    assert hands.heading() == "L’une de ces propositions dit-elle déjà la même chose ?"
    hands.reads("Planter des tilleuls")
    hands.press("Non, je publie la mienne")
    hands.reads("Les érables poussent vite.")
    hands.write("Votre adresse", "nora@exemple.fr")
    hands.write("Le nom à afficher", "Nora")
    hands.tick("15 ans ou plus")
    hands.tick("J’accepte que mes opinions politiques")
    hands.press("Recevoir un code")
    hands.write("Le code", last_code())
    hands.press("Publier")
    number = Contribution.objects.latest("number").number
    assert hands.heading() == f"C’est publié : #{number}"
    assert list(dict.fromkeys(urlsplit(screen).path for screen in hands.screens))[:-1] == SCREENS_TO_SPEAK
    assert hands.fields == FIELDS_TO_SPEAK
    hands.press("Voir mon texte", "link")
    assert hands.heading() == "Planter des tilleuls et des érables"
    hands.reads("Nora")


def votes(hands: Hands, town: Town) -> None:
    hands.open(f"/demain/contributions/{town.proposal.number}/")
    hands.vote("D'accord")
    hands.reads("Votre avis est compté : d'accord.")


def argues(hands: Hands, town: Town) -> None:
    hands.press("Proposer un argument pour", "link")
    hands.write("Votre argument", "Une place sans ombre reste vide tout l’été.")
    hands.press("Continuer")
    hands.press("Publier")
    hands.press("Voir mon texte", "link")
    hands.reads("Une place sans ombre reste vide tout l’été.")


def brings_a_source(hands: Hands, town: Town) -> None:
    hands.open(f"/demain/contributions/{town.proposal.number}/")
    hands.press("Proposer une source", "link")
    hands.write("Titre de la source", "Relevés de température")
    hands.write("Son adresse", "https://exemple.fr/temperatures")
    hands.select("De quoi s'agit-il", "Étude ou rapport")
    hands.press("Continuer")
    hands.press("Publier")
    hands.press("Voir mon texte", "link")
    hands.reads("Relevés de température")
