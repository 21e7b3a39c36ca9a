"""Are people told what they chose, once, and no more than one message a day?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.translation import gettext

from polyphonie.accounts.actions import open_account
from polyphonie.accounts.models import Account
from polyphonie.core.writing import writing, writing_at
from polyphonie.notifications import actions, tasks
from polyphonie.notifications.messages import read_stop_token, stop_address, stop_token
from polyphonie.notifications.models import Event, Follow, Refusal, Topic
from polyphonie.notifications.queries import consultation_subject, contribution_quote, is_following
from polyphonie.outbox.models import Mail

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
NEXT_DAY = NOON + timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def person(name: str, language: str = "fr") -> Account:
    with writing_at(NOON) as now:
        return open_account(f"{name}@example.org", name=name, is_fifteen=True, language=language, now=now)


@pytest.fixture
def amina(db: None) -> Account:
    return person("amina")


def told(account: Account, topic: str = Topic.REACTIONS, number: int = 8, at: datetime = NOON) -> bool:
    with writing_at(at) as now:
        return actions.tell(
            account,
            topic,
            key=f"answer/climat/{number}",
            line=f"Basile a répondu à votre texte (#{number})",
            address=f"/climat/contributions/{number}/",
            quotes=contribution_quote("climat", number),
            now=now,
        )


def test_news_of_ones_own_text_leaves_at_once_and_once(amina: Account) -> None:
    assert told(amina, Topic.MY_TEXTS)
    assert not told(amina, Topic.MY_TEXTS)
    mail = Mail.objects.get()
    assert mail.to == "amina@example.org"
    assert "http://127.0.0.1:8000/climat/contributions/8/" in mail.body
    assert stop_address(amina, Topic.MY_TEXTS) in mail.body
    assert mail.unsubscribe_address == stop_address(amina, Topic.MY_TEXTS)


def test_answers_come_in_one_mail_a_day_at_most(amina: Account, clock: time_machine.Traveller) -> None:
    told(amina, number=8)
    told(amina, number=8)
    told(amina, number=9)
    assert not Mail.objects.exists()
    assert tasks.hand_digests_over() == 1
    first = Mail.objects.get()
    assert first.body.count("•") == 2
    told(amina, number=10)
    assert tasks.hand_digests_over() == 0
    clock.move_to(NEXT_DAY)
    assert tasks.hand_digests_over() == 1
    assert Mail.objects.count() == 2
    assert tasks.hand_digests_over() == 0


def test_answers_and_news_of_consultations_come_in_one_mail_of_which_one_link_stops_each_kind(
    amina: Account, clock: time_machine.Traveller
) -> None:
    subject = consultation_subject("climat", "eau")
    told(amina, number=8)
    with writing() as now:
        actions.follow(amina, subject)
        actions.tell_followers(subject, key="opened", line=lambda: "Elle ouvre", address="/climat/consultations/eau/", now=now)
    assert tasks.hand_digests_over() == 1
    mail = Mail.objects.get()
    assert "Elle ouvre" in mail.body
    assert "(#8)" in mail.body
    for topic in (Topic.REACTIONS, Topic.CONSULTATIONS):
        assert stop_address(amina, topic) in mail.body
    Client().post(mail.unsubscribe_address.removeprefix("http://127.0.0.1:8000"))
    assert {refusal.topic for refusal in Refusal.objects.all()} == {Topic.REACTIONS, Topic.CONSULTATIONS}


def test_a_subject_is_cut_after_a_whole_word(amina: Account, clock: time_machine.Traveller) -> None:
    with writing() as now:
        line = "Basile a répondu à votre proposition " + "vraiment " * 40
        actions.tell(amina, Topic.REACTIONS, key="long", line=line, address="/climat/contributions/8/", now=now)
    tasks.hand_digests_over()
    subject = Mail.objects.get().subject
    assert subject.endswith("vraiment …")
    assert len(subject) <= 120


def test_digests_wait_for_the_morning(amina: Account, clock: time_machine.Traveller) -> None:
    told(amina)
    clock.move_to(datetime(2026, 3, 3, 6, 59, tzinfo=UTC))
    assert tasks.hand_digests_over() == 0
    clock.move_to(datetime(2026, 3, 3, 7, 0, tzinfo=UTC))
    assert tasks.hand_digests_over() == 1


def test_a_kind_that_was_turned_off_is_not_told(amina: Account, clock: time_machine.Traveller) -> None:
    told(amina, number=8)
    with writing():
        actions.refuse(amina, Topic.REACTIONS)
        actions.refuse(amina, Topic.REACTIONS)
    assert not told(amina, number=9)
    assert tasks.hand_digests_over() == 0
    assert told(amina, Topic.MY_TEXTS, number=9)
    with writing():
        actions.accept(amina, Topic.REACTIONS)
    assert told(amina, number=10)


def test_a_closed_account_is_told_nothing(amina: Account) -> None:
    amina.email = None
    assert not told(amina)


def test_hiding_a_text_drops_its_line_and_keeps_the_others(amina: Account, clock: time_machine.Traveller) -> None:
    told(amina, number=8)
    told(amina, number=9)
    tasks.hand_digests_over()
    with writing():
        assert actions.withdraw_quoting(contribution_quote("climat", 8)) == 2
    assert not Mail.objects.exists()
    assert tasks.hand_digests_over() == 1
    body = Mail.objects.get().body
    assert "#9" in body
    assert "#8" not in body


def test_hiding_a_text_withdraws_the_message_that_was_to_leave(amina: Account) -> None:
    told(amina, Topic.MY_TEXTS, number=8)
    with writing():
        actions.withdraw_quoting(contribution_quote("climat", 8))
    assert not Mail.objects.exists()


def test_followers_are_told_each_in_their_language(amina: Account, clock: time_machine.Traveller) -> None:
    subject = consultation_subject("climat", "eau")
    english, refusing, author = person("eve", "en"), person("rose"), person("paul")
    with writing() as now:
        for account in (amina, amina, english, refusing, author):
            actions.follow(account, subject)
        actions.refuse(refusing, Topic.CONSULTATIONS)
        for _ in range(2):
            count = actions.tell_followers(
                subject,
                key="opened/climat/eau",
                line=lambda: gettext("Save"),
                address="/climat/consultations/eau/",
                except_for=author.pk,
                now=now,
            )
    assert count == 2
    assert Event.objects.count() == 2
    tasks.hand_digests_over()
    assert sorted(Mail.objects.values_list("to", "subject")) == [
        ("amina@example.org", "Enregistrer"),
        ("eve@example.org", "Save"),
    ]


def test_following_is_chosen_and_left(amina: Account) -> None:
    subject = consultation_subject("climat", "eau")
    with writing():
        actions.follow(amina, subject)
    assert is_following(amina, subject)
    with writing():
        actions.unfollow(amina, subject)
    assert not Follow.objects.exists()


def test_a_long_digest_says_how_many_more(amina: Account, clock: time_machine.Traveller) -> None:
    for number in range(40):
        told(amina, number=number)
    tasks.hand_digests_over()
    body = Mail.objects.get().body
    assert body.count("•") == 20
    assert "20" in body.split("•")[-1]


def test_what_was_told_is_forgotten_after_a_month(amina: Account, clock: time_machine.Traveller) -> None:
    told(amina)
    tasks.hand_digests_over()
    clock.move_to(NOON + timedelta(days=29))
    assert tasks.forget_what_was_told() == 0
    clock.move_to(NOON + timedelta(days=31))
    assert tasks.forget_what_was_told() == 1


def test_a_link_stops_one_kind_without_signing_in(amina: Account) -> None:
    path = stop_address(amina, Topic.REACTIONS).removeprefix("http://127.0.0.1:8000")
    client = Client(enforce_csrf_checks=True)
    assert client.get(path).status_code == 200
    assert not Refusal.objects.exists()
    assert client.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded").status_code == 200
    assert [refusal.topic for refusal in Refusal.objects.all()] == [Topic.REACTIONS]
    assert client.post(path).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("token", ["x", "x:y", "eyJhIjoxLCJ0IjoibXlfdGV4dHMifQ:AAAA", ""])
def test_a_link_that_we_did_not_sign_stops_nothing(amina: Account, token: str) -> None:
    assert read_stop_token(token) is None
    assert Client().get(f"/mon-espace/messages/arreter/{token or 'x'}/").status_code == 404


def test_a_stop_link_serves_its_account_and_kind_only(amina: Account) -> None:
    assert read_stop_token(stop_token(amina, Topic.REACTIONS)) == (amina.pk, ["reactions"])
    assert stop_token(amina, Topic.REACTIONS) != stop_token(amina, Topic.MY_TEXTS)
