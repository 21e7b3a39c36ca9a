"""Does an English page say which of its words are French? What people wrote is read out in its own language."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from polyphonie.core.writing import writing
from polyphonie.processes.actions.progress import publish_progress
from polyphonie.processes.models import Process, Role
from tests.people import Town, a_town

pytestmark = pytest.mark.django_db
WITHOUT_END = {"meta", "link", "input", "br", "hr", "img", "use", "path", "rect"}
UNTOLD = {"title", "option", "script"}
"""What holds no element, and so cannot say the language of a part of its words."""


class _Words(HTMLParser):
    """Each piece of text with the language that the elements around it give."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.around: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in WITHOUT_END:
            above = self.around[-1][1] if self.around else ""
            self.around.append((tag, dict(attributes).get("lang") or above))

    def handle_endtag(self, tag: str) -> None:
        if any(open_tag == tag for open_tag, _lang in self.around):
            while self.around.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.around and self.around[-1][0] not in UNTOLD and data.strip():
            self.found.append((data.replace("\u202f", " ").replace("\u00a0", " "), self.around[-1][1]))


@pytest.fixture
def town() -> Town:
    town = a_town()
    Process.objects.filter(pk=town.process.pk).update(tagline="Vos places, votre avis.", introduction="Une *présentation*.")
    with writing(lock=town.process) as now:
        text = f"## Les textes\n\n- #{town.proposal.number}, lu"
        publish_progress(town.process, title="Le point", body=text, role=Role.ORGANISER, number=1, now=now)
    return town


FRENCH = [
    "Nos places", "Que faire de nos places ?", "Planter des tilleuls", "Il fait trop chaud l’été.", "De l’ombre pour tous",
    "Les bancs sont en plein soleil.", "Relevés de chaleur", "Quarante degrés.", "Et des bancs", "Vos places, votre avis.",
    "présentation", "Le point", "Les textes",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_people_wrote_says_that_it_is_french(town: Town, language: str):
    client = Client(headers={"accept-language": language})
    number = town.proposal.number
    pages = ["", "consultations/places/", f"contributions/{number}/", f"contributions/{number}/revisions/", "suivi/"]
    pages += ["recherche/?q=tilleuls", "consultations/places/avis/", "participants/dominique/"]
    seen, wrong = set(), []
    for page in pages:
        for words, spoken in _Words(client.get(f"/demain/{page}").content.decode()).found:
            told = [french for french in FRENCH if words.strip().strip("«»“” ") == french]
            seen |= set(told)
            wrong += [(page, words.strip()) for _french in told if spoken != "fr"]
    assert not wrong
    assert seen == set(FRENCH), set(FRENCH) - seen
    assert f'<html lang="{language}">' in client.get("/demain/").content.decode()


def test_a_point_written_in_markdown_is_printed_so(town: Town):
    page = Client(headers={"accept-language": "fr"}).get("/demain/suivi/").content.decode()
    assert "<h2>Les textes</h2>" in page
    assert f'<a href="/demain/contributions/{town.proposal.number}/"' in page
    assert "lang=" not in page.split("<main")[1].split("</main>")[0]
