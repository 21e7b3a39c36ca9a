"""Does one come in by a mail code, find one's text again, and learn nothing about others?"""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.accounts.sessions import SessionStore
from polyphonie.core.serving import haste
from polyphonie.outbox.models import Mail

LastCode = Callable[[], str]
pytestmark = pytest.mark.django_db


def stamp() -> dict[str, str]:
    return {"shown": haste.stamp(timezone.now() - timedelta(seconds=10)), "website": ""}


def asked(client: Client, address: str, **more: str) -> object:
    return client.post("/connexion/", {"address": address, **stamp(), **more})


def test_three_answers_open_an_account_and_lead_where_one_was_going(client: Client, last_code: LastCode) -> None:
    assert "la page où vous alliez" in client.get("/connexion/?suite=/climat/").content.decode()
    assert "la page où vous alliez" not in client.get("/connexion/").content.decode()
    assert asked(client, "New@Example.org", suite="/climat/")["Location"] == "/connexion/code/"
    assert "new@example.org" in client.get("/connexion/code/").content.decode()
    assert client.post("/connexion/code/", {"code": last_code()})["Location"] == "/connexion/nom/"
    assert client.get("/connexion/nom/").status_code == 200
    answer = client.post("/connexion/nom/", {"name": "Une voix", "is_fifteen": "on"})
    assert answer["Location"] == "/climat/"
    account = Account.objects.get()
    assert (account.email, account.display_name) == ("new@example.org", "Une voix")
    assert account.wrapped_secret is not None
    assert client.session["_auth_user_id"] == str(account.pk)


def test_someone_known_is_asked_the_code_only(client: Client, amina: Account, last_code: LastCode) -> None:
    asked(client, "amina@example.org")
    assert client.post("/connexion/code/", {"code": last_code()})["Location"] == "/mon-espace/"


def test_the_draft_survives_signing_in_and_the_session_changes_its_key(
    client: Client, amina: Account, last_code: LastCode
) -> None:
    session = client.session
    session["draft"] = {"title": "Planter des arbres"}
    session.save()
    before = session.session_key
    client.cookies["session"] = before
    asked(client, "amina@example.org")
    client.post("/connexion/code/", {"code": last_code()})
    assert client.session["draft"] == {"title": "Planter des arbres"}
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_an_address_with_and_without_an_account_receives_the_same_answer(amina: Account) -> None:
    answers = []
    for address in ("amina@example.org", "nobody@example.org"):
        client = Client()
        answer = asked(client, address)
        page = client.get("/connexion/code/").content.decode().replace(address, "")
        answers.append((answer.status_code, answer["Location"], sorted(answer.headers), len(page)))
    assert answers[0] == answers[1]
    assert Mail.objects.count() == 2


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: Client, amina: Account) -> None:
    pages = []
    for address in ("amina@example.org", "nobody@example.org"):
        answer = client.post("/connexion/mot-de-passe/", {"address": address, "password": "not this one"})
        pages.append(answer.content.decode().replace(address, "").split("csrfmiddlewaretoken")[0])
    assert pages[0] == pages[1]


def test_a_wrong_code_is_said_and_counted(client: Client, last_code: LastCode) -> None:
    asked(client, "new@example.org")
    wrong = f"{(int(last_code()) + 1) % 10**6:06d}"
    for _ in range(5):
        answer = client.post("/connexion/code/", {"code": wrong})
        assert answer.status_code == 422
    assert client.post("/connexion/code/", {"code": last_code()}).status_code == 422


def test_another_code_may_be_asked(client: Client, last_code: LastCode) -> None:
    asked(client, "new@example.org")
    assert client.post("/connexion/code/", {"again": "1"}).status_code == 200
    assert Mail.objects.count() == 2


def test_a_name_is_asked_only_after_the_code_and_for_half_an_hour(client: Client, last_code: LastCode) -> None:
    assert client.get("/connexion/nom/")["Location"] == "/connexion/"
    asked(client, "new@example.org")
    assert client.get("/connexion/nom/")["Location"] == "/connexion/"
    client.post("/connexion/code/", {"code": last_code()})
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert client.post("/connexion/nom/", {"name": "Une voix", "is_fifteen": "on"})["Location"] == "/connexion/"
    assert not Account.objects.exists()


def test_being_fifteen_is_asked_with_its_reason(client: Client, last_code: LastCode) -> None:
    asked(client, "new@example.org")
    client.post("/connexion/code/", {"code": last_code()})
    assert client.post("/connexion/nom/", {"name": "Une voix"}).status_code == 422
    assert not Account.objects.exists()


def test_a_taken_name_comes_with_free_ones(client: Client, amina: Account, last_code: LastCode) -> None:
    asked(client, "new@example.org")
    client.post("/connexion/code/", {"code": last_code()})
    answer = client.post("/connexion/nom/", {"name": "AMINA", "is_fifteen": "on"})
    assert answer.status_code == 422
    assert "AMINA 2" in answer.content.decode()


@pytest.mark.parametrize("suite", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"])
def test_nobody_is_sent_elsewhere(client: Client, amina: Account, last_code: LastCode, suite: str) -> None:
    asked(client, "amina@example.org", suite=suite)
    assert client.post("/connexion/code/", {"code": last_code()})["Location"] == "/mon-espace/"


@pytest.mark.parametrize("trap", ["", "https://spam.example"])
def test_a_hurried_form_is_held_then_passes_once_confirmed(client: Client, trap: str) -> None:
    shown = haste.stamp(timezone.now())
    held = client.post("/connexion/", {"address": "new@example.org", "shown": shown, "website": trap})
    assert held.status_code == 200
    assert "new@example.org" in held.content.decode()
    assert shown in held.content.decode()
    assert not Mail.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(seconds=3)):
        client.post("/connexion/", {"address": "new@example.org", "shown": shown, "website": ""})
    assert Mail.objects.count() == 1


def test_a_form_without_our_stamp_is_held(client: Client) -> None:
    client.post("/connexion/", {"address": "new@example.org", "shown": "123:forged"})
    assert not Mail.objects.exists()


def test_signing_out_forgets_the_session(as_amina: Client) -> None:
    assert as_amina.post("/connexion/sortir/")["Location"] == "/"
    assert not Session.objects.exists()
    assert as_amina.get("/connexion/sortir/").status_code == 405


def test_a_session_tells_no_address_and_no_hour(client: Client, amina: Account, last_code: LastCode) -> None:
    asked(client, "amina@example.org")
    client.post("/connexion/code/", {"code": last_code()}, REMOTE_ADDR="203.0.113.9")
    row = Session.objects.get()
    local = timezone.localtime(row.expire_date)
    assert (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    contents = SessionStore().decode(row.session_data)
    assert set(contents) == {"_auth_user_id", "_auth_user_backend", "_auth_user_hash", "second_factor"}
    assert row.session_data.count(":") == 1  # contents and signature: no third part, which would be the second of it


def test_an_ordinary_request_saves_no_session(as_amina: Client) -> None:
    before = Session.objects.get().session_data
    assert as_amina.get("/mon-espace/").status_code == 200
    assert Session.objects.get().session_data == before
    assert "Set-Cookie" not in as_amina.get("/mon-espace/").headers or "session" not in as_amina.get("/mon-espace/").cookies


def test_someone_signed_in_is_led_on(as_amina: Client) -> None:
    assert as_amina.get("/connexion/?suite=/climat/")["Location"] == "/climat/"


def test_a_closed_account_no_longer_signs_in(client: Client, amina: Account, last_code: LastCode) -> None:
    amina.closed_on, amina.email = timezone.localdate(), None
    amina.save()
    asked(client, "amina@example.org")
    assert client.post("/connexion/code/", {"code": last_code()})["Location"] == "/connexion/nom/"
