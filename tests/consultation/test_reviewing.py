"""Texts read before they appear: 72 hours at most, a reason everyone sees, nothing lost, nothing seen by others meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone

from polyphonie.accounts.actions import hide_name
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.moderating import move, publish_submitted
from polyphonie.consultation.actions.reviewing import begin_review, end_review, publish_what_waited
from polyphonie.consultation.queries.review import is_late
from polyphonie.consultation.tasks import publish_after_review
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing, writing_at
from polyphonie.figures.queries import by_consultation, headline, people_of
from polyphonie.notifications.models import Event
from polyphonie.outbox.models import Mail
from polyphonie.portal.queries.register import integrity
from polyphonie.processes.models import Act, ActKind, Consultation, Role
from polyphonie.processes.queries.journal import journal
from tests import people
from tests.consultation.electorate import NOON, act, an_account, an_open_consultation

WORDS = "Une phrase que personne ne doit voir."


def begin(consultation, at=NOON, reason="Une rafale de messages publicitaires."):
    with act(consultation, at) as now:
        begin_review(consultation, reason=reason, actor="organiser/1", now=now)


def propose(consultation, author, at=NOON):
    with act(consultation, at) as now:
        return speaking.propose(consultation, Text("Des tilleuls", WORDS), account=author, now=now)


def test_a_review_lasts_seventy_two_hours_with_its_reason_in_the_journal_and_is_renewed(consultation):
    begin(consultation)
    assert consultation.review_until == NOON + timedelta(hours=72)
    begin(consultation, NOON + timedelta(hours=70), "La rafale continue.")
    consultation.refresh_from_db()
    assert consultation.review_until == NOON + timedelta(hours=142)
    assert Act.objects.filter(kind=ActKind.REVIEW).count() == 2
    assert "La rafale continue." in journal(consultation.process)[0].detail


def test_no_review_without_a_reason_nor_outside_an_open_consultation(consultation):
    for at, reason in ((NOON, "  "), (consultation.closes_at, "Une rafale.")):
        with pytest.raises(Refused):
            begin(consultation, at, reason)
    with pytest.raises(Refused), act(consultation, NOON) as now:
        end_review(consultation, actor="organiser/1", now=now)
    consultation.refresh_from_db()
    assert consultation.review_until is None


def test_what_still_waits_when_it_lapses_appears_by_itself_in_order(consultation, author):
    begin(consultation)
    first, second = propose(consultation, author), propose(consultation, author)
    with act(consultation, NOON + timedelta(hours=71)) as now:
        assert publish_what_waited(Consultation.objects.get(pk=consultation.pk), now=now) == 0
    assert publish_after_review() == 1  # the clock of this test is later
    assert publish_after_review() == 0
    for text in (first, second):
        text.refresh_from_db()
        assert (text.status, text.published_at) == (Status.PUBLISHED, NOON)


def test_ending_it_shows_what_waits(consultation, author):
    begin(consultation)
    text = propose(consultation, author)
    with act(consultation, NOON) as now:
        end_review(consultation, actor="organiser/1", now=now)
    text.refresh_from_db()
    assert text.status == Status.PUBLISHED
    assert propose(consultation, author).status == Status.PUBLISHED


def test_a_text_that_a_renewal_keeps_waiting_is_said_late(consultation, author):
    begin(consultation)
    text = propose(consultation, author)
    assert not is_late(text, now=NOON + timedelta(hours=71))
    assert is_late(text, now=NOON + timedelta(hours=72))


def test_the_author_is_told_what_happens_and_others_only_once_it_appears(consultation, author):
    other = an_account("Autre")
    with act(consultation, NOON) as now:
        about = speaking.propose(consultation, Text("Une place", "Ici."), account=other, now=now)
    begin(consultation)
    with act(consultation, NOON) as now:
        argument = speaking.argue(about, Text("", WORDS), side="for", account=author, now=now)
    assert "le relit avant" in Mail.objects.get(to=author.email).body
    told = Event.objects.filter(account=other, key__contains="answered")
    assert not told.exists()
    with act(consultation, NOON) as now:
        publish_submitted(argument, actor="moderator/1", now=now)
    assert told.count() == 1


def test_someone_whose_name_is_hidden_chooses_another_before_writing(consultation, author):
    with act(consultation, NOON) as now:
        hide_name(author, ground="charter_abuse", now=now)
    with pytest.raises(Refused):
        propose(consultation, author)


# ------------------------------------------------------------------------------------------------------ pages


@pytest.fixture
def town(db):
    return people.a_town()


def test_staff_begin_a_review_read_what_waits_and_publish_it(town):
    address = f"/{town.process.slug}/organisation/consultations/{town.consultation.slug}/relecture/"
    moderator = town.visit(Role.MODERATOR.value)
    assert moderator.post(address, {"act": "begin", "reason": ""}).status_code == 422
    assert moderator.post(address, {"act": "begin", "reason": "Une rafale."}).status_code == 302
    shown = town.visit(people.ANONYMOUS).get(f"/{town.process.slug}/consultations/{town.consultation.slug}/").content.decode()
    assert "Une rafale." in shown
    town.consultation.refresh_from_db()
    author = town.accounts[people.CITIZEN]
    with writing(lock=town.consultation) as now:
        text = speaking.propose(town.consultation, Text("Des tilleuls", WORDS), account=author, now=now)
    page = f"/{town.process.slug}/contributions/{text.number}/"
    for who, status, is_read in ((people.ANONYMOUS, 404, False), (people.AUTHOR, 404, False), (people.CITIZEN, 200, True)):
        answer = town.visit(who).get(page)
        assert (answer.status_code, WORDS in answer.content.decode()) == (status, is_read)
        assert "Une rafale." in answer.content.decode()
    assert "reçu" in town.visit(people.CITIZEN).get(f"{page}publiee/").content.decode()
    assert town.visit(people.AUTHOR).get(f"{page}publiee/").status_code == 302
    assert WORDS in moderator.get(address).content.decode()
    assert moderator.post(address, {"act": "publish", "number": "999999"}).status_code == 404
    assert moderator.post(address, {"act": "publish", "number": str(text.number)}).status_code == 302
    assert WORDS in town.visit(people.ANONYMOUS).get(page).content.decode()
    assert moderator.post(address, {"act": "end"}).status_code == 302
    assert Consultation.objects.get(pk=town.consultation.pk).review_until is None


def test_its_author_takes_back_a_text_that_waits_from_its_page(town):
    Consultation.objects.filter(pk=town.consultation.pk).update(
        review_until=timezone.now() + timedelta(hours=1), review_reason="Une rafale."
    )
    town.consultation.refresh_from_db()
    with writing(lock=town.consultation) as now:
        text = speaking.propose(town.consultation, Text("Des tilleuls", WORDS), account=town.accounts[people.CITIZEN], now=now)
    address = f"/{town.process.slug}/contributions/{text.number}/retirer/"
    assert town.visit(people.AUTHOR).post(address).status_code == 404
    assert town.visit(people.CITIZEN).post(address).status_code == 302
    assert Contribution.objects.get(pk=text.pk).status == Status.WITHDRAWN


def test_a_moderator_calls_a_change_typographic_from_its_versions_and_nobody_else_does(town):
    with writing(lock=town.consultation) as now:
        text = Contribution.objects.get(pk=town.proposal.pk)
        speaking.revise(text, Text("Planter des tilleuls.", text.body), account=town.accounts[people.AUTHOR], now=now)
    page, address = (f"/{town.process.slug}/contributions/{text.number}/{word}/" for word in ("revisions", "typographie"))
    for who in (people.ANONYMOUS, people.CITIZEN, Role.ORGANISER.value):
        assert address not in town.visit(who).get(page).content.decode()
    assert town.visit(people.CITIZEN).post(address).status_code == 403
    moderator = town.visit(Role.MODERATOR.value)
    assert address in moderator.get(page).content.decode()
    assert moderator.post(address).status_code == 302
    assert text.revisions.get(number=2).reason == "typographic"
    assert address not in moderator.get(page).content.decode()


def test_a_text_submitted_under_a_name_hidden_since_appears_without_it(consultation, author):
    begin(consultation)
    text = propose(consultation, author)
    with act(consultation, NOON) as now:
        hide_name(author, ground="charter_abuse", now=now)
        publish_submitted(Contribution.objects.get(pk=text.pk), actor="moderator/1", now=now)
    text.refresh_from_db()
    assert (text.author_name, text.hidden_author_name) == ("", "Autrice")


def test_what_waits_enters_no_figure_and_a_move_is_no_edit(consultation, author):
    def figures():
        rows, everyone = by_consultation(consultation.process), people_of(consultation.process)
        told = integrity(consultation.process)
        shown = [(figure.definition.key, figure.value) for figure in headline(consultation.process, rows=rows, people=everyone)]
        return shown, told.edits, told.hidden, [(row.texts, row.proposals) for row in rows]

    with act(consultation, NOON) as now:
        moved = speaking.propose(consultation, Text("Une place", "Ici."), account=author, now=now)
    elsewhere = an_open_consultation(consultation.process, slug="la-gare")
    begin(consultation)
    before = figures()
    propose(consultation, author)
    assert figures() == before
    with writing_at(NOON) as now:
        move(moved, to=elsewhere, actor="moderator/1", now=now)
    assert figures()[:3] == before[:3]
