"""Does a village's clerk get from nothing to a question that opens, is extended and closes by itself, on pages alone?"""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect

from polyphonie.consultation.tasks import close_due_consultations
from polyphonie.core.writing import writing
from polyphonie.outbox.models import Mail
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Consultation, Process, Role
from polyphonie.processes.rules.calendar import closing_instant
from polyphonie.processes.tasks import open_due
from tests.concertations import a_draft, a_person, a_process
from tests.journeys.hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

SLUG = "que-faire-de-la-place"
DESK = f"/{SLUG}/organisation/"
State = Consultation.State


def fill(page: Page, **typed: str) -> None:
    for name, value in typed.items():
        page.locator(f"#id_{name}").fill(value)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def link(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(f"^{name}")).first.click()


def starts_from_one_question(page: Page, opens_on: date, closes_on: date) -> None:
    link(page, "Partir de « Une question »".replace(" ", r"\s"))
    fill(
        page,
        title="Que faire de la place ?",
        questions="Que voulez-vous voir sur la place dans cinq ans ?",
        presentation="La place sera refaite en 2028.\n\n- les tilleuls restent\n- le marché aussi",
        organiser="Mairie de Saint-Exemple",
        opens_on=opens_on.isoformat(),
        closes_on=closes_on.isoformat(),
        slug=SLUG,
    )
    press(page, "Créer cette concertation")


def completes_the_method(page: Page, answer_on: date) -> None:
    link(page, "Remplir")
    fill(
        page,
        who_decides="Le conseil municipal, par une délibération.",
        what_becomes="Les idées retenues entrent au cahier des charges des travaux.",
        feedback_due_on=answer_on.isoformat(),
        appeal_body="La médiatrice de Neuville",
    )
    press(page, "Enregistrer")


def offers(page: Page, visitor, address: str, body: str = "", role: str = "moderator") -> None:
    visitor.open(f"{DESK}roles/?role={role}")
    fill(page, email=address, body=body)
    press(page, "Proposer ce rôle")


def accept_by_mail(visitor, account) -> None:
    """The person opens the address of the mail and accepts."""
    mail = Mail.objects.get(to=account.email)
    visitor.context.clear_cookies()
    visitor.enter(account)
    visitor.open(f"/{SLUG}/" + mail.body.split(f"/{SLUG}/")[1].split()[0])
    press(visitor.page, "Accepter ce rôle")
    expect(visitor.page.locator("h1")).to_have_text("Merci")


@pytest.mark.parametrize("browser", ["visitor", "plain_visitor"])
def test_a_clerk_creates_previews_announces_opens_and_extends_and_it_closes_by_itself(request, browser, second_visitor):
    clerk_at_work = request.getfixturevalue(browser)
    today = timezone.localdate()
    opens_on, closes_on, later = today, today + timedelta(days=20), today + timedelta(days=27)
    with writing() as now:
        clerk = a_person("Secrétaire de mairie", on=now, is_administrator=True)
        moderators = [a_person(name, on=now) for name in ("Nadia", "Paul")]
        judge = a_person("Odette", on=now, has_second_factor=True)
    clerk_at_work.enter(clerk)
    page = clerk_at_work.open("/nouvelle-concertation/")
    starts_from_one_question(page, opens_on, closes_on)
    assert page.url.endswith(DESK)
    expect(page.locator("main")).not_to_contain_text("Thèmes")

    link(page, r"Aperçu")
    expect(page.locator("main")).to_contain_text("Que voulez-vous voir sur la place dans cinq ans")
    page.locator("main summary").first.click()
    expect(page.locator("main li", has_text="les tilleuls restent")).to_be_visible()
    second_visitor.open(f"/{SLUG}/")
    expect(second_visitor.page.locator("main")).not_to_contain_text("Saint-Exemple")

    clerk_at_work.open(DESK)
    completes_the_method(page, closes_on + timedelta(days=60))
    offers(page, clerk_at_work, moderators[0].email)
    offers(page, clerk_at_work, moderators[1].email, body="Mairie de Neuville")
    offers(page, clerk_at_work, judge.email, role="appeal")
    accept_by_mail(second_visitor, moderators[0])

    clerk_at_work.open(DESK)
    link(page, "Annoncer")
    press(page, "Annoncer maintenant")
    held = Consultation.objects.get(process__slug=SLUG)
    assert held.state == State.ANNOUNCED
    expect(page.locator("main")).to_contain_text("Elle n’ouvrira pas tant qu’il manque")
    assert open_due() == 0

    accept_by_mail(second_visitor, moderators[1])
    assert open_due() == 0, "nobody accepted to judge appeals"
    accept_by_mail(second_visitor, judge)
    clerk_at_work.open(DESK)
    press(page, "Ouvrir maintenant")
    held.refresh_from_db()
    assert held.state == State.OPEN

    link(page, "Prolonger")
    fill(page, closes_on=later.isoformat(), reason="La neige a fermé la mairie une semaine.")
    press(page, "Prolonger et publier le motif")
    held.refresh_from_db()
    assert held.closes_at == closing_instant(later)

    second_visitor.context.clear_cookies()
    second_visitor.open(f"/{SLUG}/consultations/{held.slug}/")
    expect(second_visitor.page.locator("main")).to_contain_text("La neige a fermé la mairie")
    with time_machine.travel(held.closes_at - timedelta(seconds=1)):
        assert close_due_consultations() == 0
    with time_machine.travel(held.closes_at):
        assert close_due_consultations() == 1
        held.refresh_from_db()
        assert held.state == State.CLOSED
        second_visitor.open(f"/{SLUG}/consultations/{held.slug}/?apres")
        expect(second_visitor.page.get_by_role("link", name="Faire une proposition")).to_have_count(0)


def test_two_organisers_at_once_lose_nothing(visitor, second_visitor):
    with writing() as now:
        clerk = a_person("Secrétaire de mairie", on=now, is_administrator=True)
    visitor.enter(clerk)
    page = visitor.open("/nouvelle-concertation/")
    starts_from_one_question(page, timezone.localdate(), timezone.localdate() + timedelta(days=20))
    second_visitor.enter(clerk)
    other = second_visitor.open(f"{DESK}presentation/")
    visitor.open(f"{DESK}presentation/")
    fill(page, tagline="Écrite la première")
    press(page, "Enregistrer")
    fill(other, tagline="Écrite la seconde")
    press(other, "Enregistrer")
    expect(other.locator("main")).to_contain_text("Écrite la première")
    expect(other.locator("#id_tagline")).to_have_value("Écrite la seconde")
    second_visitor.assert_accessible()
    press(other, "Enregistrer")
    assert Process.objects.get(slug=SLUG).tagline == "Écrite la seconde"


def test_a_question_is_announced_with_the_keyboard_alone(visitor):
    with writing() as now:
        process = a_process(now=now)
        clerk = a_person("Secrétaire de mairie", on=now)
        grant_role(process, clerk, Role.ORGANISER, actor="organiser/1", now=now)
        draft = a_draft(process, now=now)
    visitor.enter(clerk)
    hands = Hands(visitor, has_mouse=False)
    hands.open(f"/{process.slug}/organisation/")
    hands.press("Modifier « Nos places »", "link")
    hands.write("Ce qu’il faut savoir pour répondre", "La place sera refaite.")
    hands.press("Enregistrer")
    hands.press("Annoncer « Nos places »", "link")
    hands.reads("La place sera refaite.")
    hands.press("Annoncer maintenant")
    draft.refresh_from_db()
    assert draft.state == State.OPEN
