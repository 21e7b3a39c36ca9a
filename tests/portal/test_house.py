"""Does the house say of itself what it must, and hear of its problems?"""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client, RequestFactory

from polyphonie.accounts.models import Account
from polyphonie.accounts.wordings import terms_wording
from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.middleware import Headers
from polyphonie.core.writing import writing, writing_at
from polyphonie.outbox.models import Mail
from polyphonie.portal import documents
from polyphonie.portal.actions import answer_problem, report_problem
from polyphonie.portal.models import ProblemReport
from polyphonie.portal.rules import MOST_A_DAY, WORDS_LENGTH, answer_refusal, problem_refusal
from polyphonie.portal.tasks import announce_changes
from tests.concertations import a_person
from tests.portal.scene import a_scene

pytestmark = pytest.mark.django_db

HOUSE = [
    "/aide/",
    "/accessibilite/",
    "/mentions-legales/",
    "/confidentialite/",
    "/conditions/",
    "/conditions/2026-11-21/",
    "/confidentialite/2026-11-21/",
]
NOON = "2026-11-21T12:00:00Z"


def read(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


@pytest.mark.parametrize("address", HOUSE)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_the_house_says_is_read_in_both_languages_without_a_query(
    client: Client, address: str, language: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        html = client.get(address, headers={"Accept-Language": language}).content.decode()
    assert f'<html lang="{language}">' in html
    assert "{{" not in html
    assert "<h2>" in html


def test_the_foot_of_every_page_leads_to_help_contact_and_the_report_of_a_problem(client: Client) -> None:
    html = read(client, "/aide/")
    for address in ("/aide/", "/aide/#contact", "/probleme/?page=%2Faide%2F", "/accessibilite/", "/mentions-legales/"):
        assert f'href="{address}"' in html
    assert "Accessibilité\u00a0: non conforme" in html


def test_a_blank_of_the_legal_pages_is_flagged_until_it_is_filled(client: Client, settings: Any) -> None:
    assert "[à compléter&nbsp;: nom de l’éditeur]" in read(client, "/mentions-legales/")
    settings.POLYPHONIE_LEGAL = {**settings.POLYPHONIE_LEGAL, "publisher": "Commune de Saint-Exemple"}
    assert "Commune de Saint-Exemple" in read(client, "/mentions-legales/")


def test_contacts_are_those_of_the_installation(client: Client, settings: Any) -> None:
    settings.POLYPHONIE_CONTACT_MAIL = "mairie@exemple.fr"
    settings.POLYPHONIE_CONTACT_PHONE = "01 23 45 67 89"
    html = read(client, "/aide/")
    assert "mailto:mairie@exemple.fr" in html
    assert "tel:0123456789" in html


def test_the_privacy_page_leads_to_what_it_promises(client: Client) -> None:
    html = read(client, "/confidentialite/")
    for address in (
        "/aide/#contact",
        "/mon-espace/archive/",
        "/mon-espace/archive/#acces",
        "/mon-espace/accords/",
        "/mon-espace/reprendre/",
        "/mon-espace/fermer/",
        "/loyaute/#decisions",
        "/conditions/",
    ):
        assert f'href="{address}"' in html
        assert client.get(address.partition("#")[0]).status_code in (200, 302)


def test_the_privacy_page_says_what_the_law_wants_said(client: Client) -> None:
    html = read(client, "/confidentialite/").replace("\u00a0", " ").replace("&nbsp;", " ")
    for said in (
        "Responsable du traitement", "Délégué à la protection des données", "Hébergeur", "Qui les reçoit", "base légale",
        "consentement", "quinze ans", "Vos droits", "portabilité", "CNIL", "30 jours après", "24 mois", "nous échappent",
    ):  # fmt: skip
        assert said in html, said
    for version in documents.privacy_versions():
        assert len(version.text.split()) <= 1000, "two pages, the table apart"


def test_the_terms_hold_on_two_pages() -> None:
    for version in documents.terms_versions():
        assert len(version.text.split()) <= 1000


def ease(text: str) -> float:
    """How easily French reads, from 0 to 100 (Kandel and Moles, 1958): short sentences, short words. Syllables are counted as
    groups of vowels, a silent last « e » left out."""
    sentences = [one for one in re.split(r"[.!?](?=\s|$)", re.sub(r"^#.*$", "", text, flags=re.M)) if re.search(r"\w", one)]
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", " ".join(sentences))]
    spoken = [re.sub(r"(?<=[^aeiouyéèê])e(s|nt)?$", "", word) if len(word) > 3 else word for word in words]
    syllables = sum(max(1, len(re.findall(r"[aeiouyàâäéèêëîïôöùûüœæ]+", word))) for word in spoken)
    return 207 - 1.015 * len(words) / len(sentences) - 73.6 * syllables / len(words)


def test_the_terms_read_as_easily_as_a_newspaper() -> None:
    assert (
        ease("Nonobstant les stipulations contractuelles susvisées, la responsabilité extracontractuelle demeurera exclue.") < 30
    )
    found = {version.since: ease(version.text) for version in documents.terms_versions()}
    print(f"G04: {found}")
    assert found
    assert min(found.values()) >= 60


def test_each_document_exists_in_both_languages() -> None:
    french = {path.name.replace(".fr.md", "") for path in documents.TEXTS.rglob("*.fr.md")}
    english = {path.name.replace(".en.md", "") for path in documents.TEXTS.rglob("*.en.md")}
    assert french == english


@pytest.mark.parametrize(("name", "address"), [("terms", "/conditions/"), ("privacy", "/confidentialite/")])
def test_what_changed_in_the_rules_of_the_house_shows_word_by_word(
    client: Client, monkeypatch: Any, tmp_path: Path, name: str, address: str
) -> None:
    (tmp_path / "2026-01-01.fr.md").write_text("## 1. Qui\n\nToute personne de seize ans.\n\n{{table}}\n")
    (tmp_path / "2026-02-01.fr.md").write_text("## 1. Qui\n\nToute personne de quinze ans.\n\n{{table}}\n")
    (tmp_path / "2126-02-01.fr.md").write_text("## 1. Qui\n\nToute personne de vingt ans.\n\n{{table}}\n")
    monkeypatch.setattr(getattr(documents, f"{name}_versions"), "__defaults__", (tmp_path,))
    present = read(client, address)
    assert "quinze" in present
    assert f'href="{address}2126-02-01/changements/"' in present
    assert "prend effet le 1" in read(client, f"{address}2126-02-01/")
    assert "seize" in read(client, f"{address}2026-01-01/")
    assert "{{" not in present
    changes = read(client, f"{address}2026-02-01/changements/")
    assert "</span>seize </del>" in changes
    assert "</span>quinze </ins>" in changes
    read(client, f"{address}2026-01-01/changements/", 404)
    read(client, f"{address}1999-01-01/", 404)


def test_a_change_of_the_rules_is_announced_once_by_mail_before_it_takes_effect(monkeypatch: Any, tmp_path: Path) -> None:
    (tmp_path / "2026-01-01.fr.md").write_text("Toute personne de seize ans.")
    (tmp_path / "2026-12-20.fr.md").write_text("Toute personne de quinze ans.")
    monkeypatch.setattr(documents.terms_versions, "__defaults__", (tmp_path,))
    with writing_at(datetime.fromisoformat(NOON)) as now:
        member = a_person("Membre", on=now)
        closed = a_person("Partie", on=now)
        Account.objects.filter(pk=closed.pk).update(closed_on=now.date(), email=None)
    told = []
    for day in ("2026-11-01", "2026-11-22", "2026-11-23", "2026-12-21", "2027-02-01"):
        with time_machine.travel(f"{day}T12:00:00Z", tick=False):
            told.append(announce_changes())
    assert told == [0, 1, 0, 0, 0]
    mail = Mail.objects.get()
    assert mail.to == member.email
    assert "20 décembre 2026" in mail.subject.replace("\u00a0", " ")
    assert "/conditions/2026-12-20/changements/" in mail.body
    assert "confidentialite" not in mail.body
    with time_machine.travel("2026-12-19T12:00:00Z", tick=False):
        assert terms_wording(date(2026, 12, 19)).version == "2026-11-21"
        with writing() as now:
            a_person("Nouvelle", on=now)
        assert announce_changes() == 1, "who joins under the old terms is told of the new ones"


def test_a_finder_of_vulnerabilities_knows_whom_to_tell(client: Client) -> None:
    text = read(client, "/.well-known/security.txt")
    assert "Contact: " in text
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", text, re.M)


def test_the_language_is_remembered_and_one_comes_back(client: Client) -> None:
    response = client.get("/langue/en/?suite=/aide/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/aide/"
    assert '<html lang="en">' in read(client, "/aide/")


@pytest.mark.parametrize("suite", ["https://ailleurs.fr/", "//ailleurs.fr/", "javascript:alert(1)", "\\\\ailleurs.fr"])
def test_a_change_of_language_never_leads_elsewhere(client: Client, suite: str) -> None:
    assert client.get("/langue/en/", {"suite": suite}).headers["Location"] == "/"


def test_an_unknown_language_is_not_a_page(client: Client) -> None:
    read(client, "/langue/xx/", 404)


def tell(client: Client, words: str = "Le bouton ne répond pas.", *, after: int = 10, **typed: str) -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        html = read(client, "/probleme/?page=/demain/")
        shown = re.search(r'name="shown" value="([^"]+)"', html)
        assert shown
        clock.shift(after)
        return client.post("/probleme/", {"page": "/demain/", "words": words, "website": "", "shown": shown[1], **typed})


def test_a_problem_is_told_without_an_account_and_listed(client: Client) -> None:
    assert tell(client).status_code == 302
    report = ProblemReport.objects.get()
    assert report.page == "/demain/"
    html = read(client, "/probleme/?merci=1")
    assert "En attente de réponse" in html
    assert "Le bouton ne répond pas" not in html


def test_a_robot_that_fills_what_nobody_sees_is_not_kept(client: Client) -> None:
    assert tell(client, website="https://pub.example").status_code == 200
    assert not ProblemReport.objects.exists()


def test_a_form_filled_in_a_second_is_asked_again_with_what_was_typed(client: Client) -> None:
    response = tell(client, after=1)
    assert "Était-ce bien vous" in response.content.decode()
    assert "Le bouton ne répond pas." in response.content.decode()
    assert not ProblemReport.objects.exists()


def test_an_empty_report_says_what_is_missing(client: Client) -> None:
    assert "Dites en quelques mots ce qui ne va pas" in tell(client, words="").content.decode()


def test_the_operator_answers_and_everyone_reads(client: Client) -> None:
    with writing() as now:
        report = report_problem("/demain/", "Le bouton ne répond pas.", now=now)
        operator = a_person("Exploitante", on=now, is_administrator=True)
    address = f"/probleme/{report.pk}/repondre/"
    assert client.get(address).status_code == 302
    client.force_login(operator)
    assert "Répondre" in read(client, "/probleme/")
    client.post(address, {"answer": "Corrigé."})
    html = read(Client(), "/probleme/")
    assert "Corrigé." in html
    assert "Le bouton ne répond pas." in html
    with writing() as now, pytest.raises(Refused):
        answer_problem(ProblemReport.objects.get(), "Encore.", now=now)


def test_only_the_operator_answers(client: Client) -> None:
    with writing() as now:
        report = report_problem("/demain/", "Ici.", now=now)
        client.force_login(a_person("Quelqu’un", on=now))
    assert client.get(f"/probleme/{report.pk}/repondre/").status_code == 403


def test_reports_have_words_and_a_length_and_a_day_has_a_limit() -> None:
    assert problem_refusal("Ici.", reported_today=0) is None
    assert problem_refusal("  ", reported_today=0)
    assert problem_refusal("x" * (WORDS_LENGTH + 1), reported_today=0)
    assert problem_refusal("Ici.", reported_today=MOST_A_DAY)
    assert answer_refusal("Corrigé.", is_answered=False) is None
    assert answer_refusal("Corrigé.", is_answered=True)
    assert answer_refusal(" ", is_answered=False)


@pytest.mark.parametrize("address", ["/demain/flux.atom", "/demain/suivi/flux.atom", "/demain/consultations/places/flux.atom"])
def test_feeds_tell_what_is_new_and_nothing_that_is_hidden(
    client: Client, address: str, django_assert_max_num_queries: Any
) -> None:
    a_scene()
    with django_assert_max_num_queries(6):
        response = client.get(address)
    text = response.content.decode()
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    assert text == client.get(address).content.decode()
    assert client.get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    assert "Mots durs" not in text
    assert "Je me trompe" not in text
    assert ("Première semaine" if "suivi" in address else "Planter des arbres") in text


def test_a_progress_point_counts_its_day_in_good_french(client: Client) -> None:
    scene = a_scene()
    scene.process.progress_updates.update(texts=4, votes=0)
    assert "Ce jour-là\u00a0: 4 textes, 0 vote." in read(client, "/demain/suivi/")


def test_asking_for_the_headers_alone_sends_no_body(client: Client) -> None:
    whole = client.get("/aide/")
    alone = Headers(lambda request: HttpResponse(whole.content))(RequestFactory().head("/aide/"))
    assert alone.content == b""
    assert alone.headers["Content-Length"] == str(len(whole.content))


def test_a_page_that_does_not_exist_says_so_kindly(client: Client) -> None:
    html = read(client, "/rien/du/tout/", 404)
    assert "Cette page n’existe pas" in html
    assert 'id="content"' in html


def test_an_error_of_ours_is_said_in_the_frame_of_every_page(client: Client, monkeypatch: Any) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("polyphonie.portal.queries.processes.listed_processes", broken)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "Une erreur s’est produite de notre côté" in response.content.decode()


def test_a_form_without_its_token_explains_itself() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/probleme/", {"words": "Ici."})
    assert response.status_code == 403
    assert "Ce formulaire est resté ouvert trop longtemps" in response.content.decode()


def test_nobody_is_named_by_a_report() -> None:
    kept = {field.name for field in ProblemReport._meta.get_fields()}
    assert kept == {"id", "page", "words", "reported_at", "answer", "answered_at"}
    assert not any(field.related_model is Account for field in ProblemReport._meta.get_fields())


def test_nothing_public_of_a_text_is_finer_than_its_minute(client: Client) -> None:
    scene = a_scene()
    Contribution.objects.filter(pk=scene.proposal.pk).update(published_at="2026-11-20T10:20:37.593858Z")
    pages = ["flux.atom", "consultations/places/flux.atom", "consultations/places/", f"contributions/{scene.proposal.number}/"]
    for page in pages:
        html = read(client, f"/demain/{page}")
        assert "T11:20+01:00" in html or "T10:20:00+00:00" in html, page
        assert not re.search(r"T\d\d:\d\d:(?!00)\d\d", html), page
        assert not re.search(r"T\d\d:\d\d:\d\d\.", html), page


def test_every_reported_problem_is_read_page_after_page(client: Client) -> None:
    ProblemReport.objects.bulk_create(
        ProblemReport(page="/aide/", words=f"Le lien {rank}", answer="Réparé.", answered_at=NOON, reported_at=NOON)
        for rank in range(51)
    )
    first, second = read(client, "/probleme/"), read(client, "/probleme/?page=2")
    assert "Le lien 50<" in first
    assert "Le lien 0<" not in first
    assert "Le lien 0<" in second
    assert 'href="/probleme/?page=2"' in first
    assert "Le lien 0<" in read(client, "/probleme/?page=9999")
