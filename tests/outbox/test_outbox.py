"""Does each mail leave once, and none get lost?"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from pytest_django import Settings

from polyphonie.core.writing import writing_at
from polyphonie.outbox import tasks
from polyphonie.outbox.actions import claim_due, queue_mail, withdraw_quoting
from polyphonie.outbox.models import Mail
from polyphonie.outbox.queries import everything

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon() -> object:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


class Down(EmailBackend):
    """A mail server that answers nothing."""

    def open(self) -> bool:
        raise ConnectionRefusedError


def queued(key: str = "k", to: str = "amina@example.org", **changes: object) -> bool:
    with writing_at(NOON) as now:
        return queue_mail(key, to, "Bonjour", "Texte", **{"now": now, **changes})  # type: ignore[arg-type]


def test_a_key_is_queued_once() -> None:
    assert queued()
    assert not queued()
    assert Mail.objects.count() == 1


def test_a_mail_leaves_once_however_often_the_task_runs() -> None:
    queued(unsubscribe="https://example.org/stop/x/")
    assert tasks.send_due() == 1
    assert tasks.send_due() == 0
    (left,) = django_mail.outbox
    assert left.extra_headers["List-Unsubscribe"] == "<https://example.org/stop/x/>"
    assert left.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not queued()


def test_what_has_left_keeps_no_address_and_no_text() -> None:
    queued()
    tasks.send_due()
    row = Mail.objects.get()
    assert (row.to, row.subject, row.body) == ("", "", "")
    assert row.sent_at == NOON


def test_a_code_is_destroyed_once_sent_and_never_sent_once_expired() -> None:
    queued("a", worthless_after=NOON + timedelta(minutes=15))
    queued("b", worthless_after=NOON - timedelta(minutes=1))
    assert tasks.send_due() == 1
    assert [row.key for row in Mail.objects.all()] == ["b"]
    tasks.forget_left()
    assert not Mail.objects.exists()


def test_a_server_that_is_down_loses_no_mail(settings: Settings, at_noon: time_machine.Traveller) -> None:
    for number in range(120):
        queued(f"k{number}")
    settings.EMAIL_BACKEND = "tests.outbox.test_outbox.Down"
    for hour in range(72):
        at_noon.move_to(NOON + timedelta(hours=hour))
        assert tasks.send_due() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    at_noon.move_to(NOON + timedelta(hours=80))
    assert tasks.send_due() == 120
    assert len(django_mail.outbox) == 120


def test_a_killed_sender_leaves_its_mails_to_the_next_one(at_noon: time_machine.Traveller) -> None:
    queued()
    with writing_at(NOON) as now:
        assert len(claim_due(now=now, how_many=10)) == 1
    assert tasks.send_due() == 0
    at_noon.shift(timedelta(minutes=6))
    assert tasks.send_due() == 1


def test_a_resent_mail_bears_the_same_identifier() -> None:
    row = Mail(key="k", to="a@example.org", subject="S", body="B")
    assert tasks.message(row).extra_headers["Message-ID"] == tasks.message(row).extra_headers["Message-ID"]


def test_hiding_a_text_withdraws_the_waiting_mails_that_quote_it_and_no_other() -> None:
    queued("a", quotes="contribution/climat/7")
    queued("b", quotes=["contribution/climat/71", "contribution/climat/8"])
    with writing_at(NOON):
        assert withdraw_quoting("contribution/climat/7") == ["a"]
        assert withdraw_quoting("contribution/climat/8") == ["b"]
    assert tasks.send_due() == 0


def test_a_mail_waits_until_it_is_due(at_noon: time_machine.Traveller) -> None:
    queued(due=NOON + timedelta(hours=1))
    assert tasks.send_due() == 0
    at_noon.shift(timedelta(hours=1))
    assert tasks.send_due() == 1


def test_codes_leave_first() -> None:
    queued("a")
    queued("b", worthless_after=NOON + timedelta(minutes=15))
    with writing_at(NOON) as now:
        assert [row.key for row in claim_due(now=now, how_many=10)] == ["b", "a"]


def test_a_subject_stays_on_one_line() -> None:
    with writing_at(NOON) as now:
        queue_mail("k", "a@example.org", "Bonjour\r\nBcc: everyone@example.org", "T", now=now)
    tasks.send_due()
    assert django_mail.outbox[0].subject == "Bonjour Bcc: everyone@example.org"


def test_in_the_demonstration_nothing_leaves_and_everything_stays_readable(settings: Settings) -> None:
    settings.POLYPHONIE_DEMO = True
    queued("a", worthless_after=NOON + timedelta(minutes=15))
    assert tasks.send_due() == 1
    assert django_mail.outbox == []
    assert [row.body for row in everything()] == ["Texte"]


def test_outside_the_demonstration_nobody_reads_the_mails() -> None:
    queued()
    assert everything() == []
