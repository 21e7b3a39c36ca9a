"""Do all the world's writings come out as they went in, and nothing that would deceive the eye with them?"""

import pytest
from django.test import Client

from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from tests.browser import Visitor
from tests.people import AUTHOR, CITIZEN, Town, a_town

LEGITIMATE = {
    "emoji": "Des vélos 🚲 et des familles 👩‍👩‍👧‍👦 pour tous 👍🏽 🇫🇷 ❤️",
    "Arabic": "ساحة خضراء للجميع، مع مقاعد وأشجار",
    "Hebrew": "כיכר ירוקה לכולם (עם ספסלים)",
    "Devanagari": "सभी के लिए हरा-भरा चौक — क्‍ष और क्ष",
    "Chinese and Japanese": "为所有人的绿色广场、みんなの広場",
    "Breton and Tahitian": "Ur blasenn evit an holl · ʻŌpūnui fenua · c’hoari",
    "Vietnamese": "Quảng trường xanh cho mọi người",
    "mathematics": "2 < 3 & 5 > 4, soit ½ × 10² ≈ 50 € (« au plus »)",
    "old French": "l’œuvre, Ça & là, nº 5, 1ʳᵉ fois",
}
DECEIVING = {
    "override": "gentil\u202elitneg",
    "isolate": "a\u2066b\u2069c",
    "mark": "a\u200eb\u200fc",
    "tags": "visible\U000e0073\U000e0065\U000e0063",
    "control": "a\x07b\x1bc",
    "byte order": "\ufeffdébut",
}
LONG = "Il fait chaud sur la place, et nul n’y trouve l’ombre. " * 600


def published_by_pages(client: Client, title: str, body: str) -> Contribution:
    """What a signed-in person publishes by the three screens."""
    client.post("/demain/consultations/places/proposer/", {"title": title, "body": body})
    client.post("/demain/consultations/places/proposer/proches/")
    answer = client.post("/demain/publier/")
    assert answer.status_code == 302, answer.content.decode()[:400]
    return Contribution.objects.latest("number")


@pytest.mark.django_db
def test_every_legitimate_writing_is_kept_and_shown_unharmed():
    client = a_town().visit(CITIZEN)
    for writing_of, words in LEGITIMATE.items():
        text = published_by_pages(client, words, f"{words}\n\n{words}")
        assert (text.title, text.body) == (words, f"{words}\n\n{words}"), writing_of


@pytest.mark.django_db
def test_what_would_deceive_the_eye_is_taken_out():
    client = a_town().visit(CITIZEN)
    for how, words in DECEIVING.items():
        text = published_by_pages(client, f"Titre {words}", f"Corps {words}")
        assert text.title.isprintable(), how
        assert text.body.isprintable(), how


@pytest.mark.django_db
def test_a_text_of_thirty_thousand_characters_is_published_and_one_more_is_refused_and_kept_in_the_form():
    client = a_town().visit(CITIZEN)
    body = LONG[:30_000].strip().ljust(30_000, "…")
    assert published_by_pages(client, "Un long texte", body).body == body
    answer = client.post("/demain/consultations/places/proposer/", {"title": "Trop long", "body": body + "…"})
    assert answer.status_code == 422
    assert body[:200] in answer.content.decode()


@pytest.mark.django_db
def test_the_same_screen_posted_twice_publishes_once():
    client = a_town().visit(CITIZEN)
    client.post("/demain/consultations/places/proposer/", {"title": "Une fontaine", "body": "De l’eau."})
    client.post("/demain/consultations/places/proposer/proches/")
    for _time in range(2):
        assert client.post("/demain/publier/").status_code == 302
    assert Contribution.objects.filter(title="Une fontaine").count() == 1


@pytest.mark.browser
@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_each_writing_reads_in_its_own_direction_without_turning_its_neighbours(visitor: Visitor, town: Town):
    for words in LEGITIMATE.values():
        with writing(lock=town.consultation, shared=True) as now:
            speaking.propose(town.consultation, Text(words, LONG[:300] + words), account=town.accounts[AUTHOR], now=now)
    page = visitor.open("/demain/consultations/places/?ordre=recentes")
    for title in page.locator("article h3").all():
        assert title.locator("bdi").count() == 1
    visitor.assert_fits(320)
    long = Text("Sans aucune espace", "a" * 2000)
    with writing(lock=town.consultation, shared=True) as now:
        speaking.propose(town.consultation, long, account=town.accounts[AUTHOR], now=now)
        speaking.propose(town.consultation, Text("W" * 300, "🎺" * 900), account=town.accounts[AUTHOR], now=now)
    for address in (
        "/demain/consultations/places/?ordre=recentes",
        f"/demain/contributions/{Contribution.objects.latest('pk').number}/",
    ):
        visitor.open(address)
        visitor.assert_fits(320)
