"""Do the locks hold? Second factor, printed codes, password, links: each once, in time, for one account and one purpose."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from polyphonie.accounts import actions
from polyphonie.accounts.models import Account, SecurityEvent, SignInCode
from polyphonie.accounts.queries import recovery_codes_left
from polyphonie.accounts.secrets import unwrapped, wrapped
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing_at
from polyphonie.outbox.models import Mail

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


def device(account: Account) -> pyotp.TOTP:
    account.refresh_from_db()
    return pyotp.TOTP(unwrapped(account.wrapped_totp or b"", account.pk))


def locked(account: Account) -> list[str]:
    with writing_at(NOON) as now:
        actions.begin_second_factor(account)
        return actions.confirm_second_factor(account, device(account).at(NOON), now=now)


def passes(account: Account, code: str, at: datetime) -> bool:
    with writing_at(at) as now:
        return actions.check_second_factor(account, code, now=now)


def test_a_second_factor_is_required_only_once_a_code_confirmed_it(amina: Account) -> None:
    with writing_at(NOON) as now:
        actions.begin_second_factor(amina)
        with pytest.raises(Refused):
            actions.confirm_second_factor(amina, "000000", now=now)
    assert not amina.has_second_factor
    assert len(locked(amina)) == 10
    assert amina.has_second_factor
    assert actions.second_factor_secret(amina) is None


def test_a_device_code_serves_once_and_not_after_a_later_one(amina: Account) -> None:
    locked(amina)
    later = NOON + timedelta(minutes=2)
    code, next_code = device(amina).at(later), device(amina).at(later + timedelta(seconds=30))
    assert passes(amina, next_code, later)
    assert not passes(amina, next_code, later)
    assert not passes(amina, code, later)


def test_a_device_code_holds_for_a_neighbouring_half_minute_and_no_longer(amina: Account) -> None:
    locked(amina)
    later = NOON + timedelta(hours=1)
    assert not passes(amina, device(amina).at(later - timedelta(seconds=60)), later)
    assert passes(amina, device(amina).at(later - timedelta(seconds=30)), later)


def test_a_printed_code_serves_once_however_it_is_typed(amina: Account) -> None:
    code, other = locked(amina)[:2]
    assert passes(amina, code.upper().replace("-", " "), NOON)
    assert not passes(amina, code, NOON)
    assert recovery_codes_left(amina) == 9
    with writing_at(NOON) as now:
        actions.draw_recovery_codes(amina, now=now)
    assert not passes(amina, other, NOON)


def test_the_code_of_one_account_opens_no_other(amina: Account) -> None:
    codes = locked(amina)
    with writing_at(NOON) as now:
        other = actions.open_account("b@example.org", name="Basile", is_fifteen=True, language="fr", now=now)
    locked(other)
    later = NOON + timedelta(hours=1)
    assert not passes(other, codes[0], later)
    assert not passes(other, device(amina).at(later), later)


def test_a_wrapped_secret_opens_only_for_its_account() -> None:
    sealed = wrapped("JBSWY3DPEHPK3PXP", 1)
    assert unwrapped(sealed, 1) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(ValueError, match="not wrapped here"):
        unwrapped(sealed, 2)


def test_staff_keep_their_second_factor(amina: Account) -> None:
    locked(amina)
    amina.needs_second_factor = True
    with writing_at(NOON) as now, pytest.raises(Refused):
        actions.remove_second_factor(amina, now=now)
    amina.needs_second_factor = False
    with writing_at(NOON) as now:
        actions.remove_second_factor(amina, now=now)
    assert not amina.has_second_factor
    assert recovery_codes_left(amina) == 0


def test_a_reset_from_the_command_line_is_written_down_and_told(amina: Account) -> None:
    locked(amina)
    call_command("reset_second_factor", mail="Amina@example.org", reason="téléphone perdu")
    amina.refresh_from_db()
    assert not amina.has_second_factor
    event = amina.security_events.first()
    assert event is not None
    assert (event.kind, event.reason) == (SecurityEvent.Kind.SECOND_FACTOR_RESET, "téléphone perdu")
    assert Mail.objects.filter(key=f"lock/{event.pk}", to="amina@example.org").exists()
    with pytest.raises(CommandError):
        call_command("reset_second_factor", mail="nobody@example.org", reason="x")


def test_every_page_of_ones_own_asks_for_the_second_factor(client: Client, amina: Account) -> None:
    locked(amina)
    client.force_login(amina)
    assert client.get("/mon-espace/reglages/")["Location"] == "/connexion/second-facteur/?suite=%2Fmon-espace%2Freglages%2F"
    assert client.get("/mon-espace/securite/second-facteur/").status_code == 302
    wrong = client.post("/connexion/second-facteur/", {"code": "000000", "suite": "/mon-espace/reglages/"})
    assert wrong.status_code == 422
    with time_machine.travel(NOON + timedelta(hours=1)):
        right = client.post("/connexion/second-facteur/", {"code": device(amina).now(), "suite": "/mon-espace/reglages/"})
        assert right["Location"] == "/mon-espace/reglages/"
        assert client.get("/mon-espace/reglages/").status_code == 200


def test_guessing_second_factors_stops_after_ten_attempts(client: Client, amina: Account) -> None:
    locked(amina)
    client.force_login(amina)
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        for _ in range(10):
            client.post("/connexion/second-facteur/", {"code": "000000"})
        assert client.post("/connexion/second-facteur/", {"code": device(amina).now()}).status_code == 422


def test_setting_up_shows_the_picture_then_the_printed_codes_once(as_amina: Client, amina: Account) -> None:
    address = "/mon-espace/securite/second-facteur/"
    as_amina.post(address, {"begin": "1"})
    page = as_amina.get(address).content.decode()
    assert "<svg" in page
    assert device(amina).secret in page
    done = as_amina.post(address, {"code": device(amina).now()}).content.decode()
    assert done.count("<li><code>") == 10
    assert as_amina.session["second_factor"] is True
    assert device(amina).secret not in as_amina.get(address).content.decode()


def test_a_password_opens_with_its_address_and_locks_other_sessions(as_amina: Client, amina: Account) -> None:
    other_browser = Client()
    other_browser.force_login(amina)
    weak = as_amina.post("/mon-espace/securite/mot-de-passe/", {"password": "short", "again": "short"})
    assert weak.status_code == 422
    sentence = "un chemin entre les arbres"
    as_amina.post("/mon-espace/securite/mot-de-passe/", {"password": sentence, "again": sentence})
    assert as_amina.get("/mon-espace/").status_code == 200
    assert other_browser.get("/mon-espace/").status_code == 302
    new = Client()
    assert new.post("/connexion/mot-de-passe/", {"address": "AMINA@example.org", "password": sentence}).status_code == 302
    assert new.get("/mon-espace/").status_code == 200
    changed = as_amina.post("/mon-espace/securite/mot-de-passe/", {"present": "wrong", "password": "x" * 20, "again": "x" * 20})
    assert changed.status_code == 422
    as_amina.post("/mon-espace/securite/mot-de-passe/", {"remove": "1"})
    assert Client().post("/connexion/mot-de-passe/", {"address": "amina@example.org", "password": sentence}).status_code == 422


def test_passwords_are_limited_per_address(client: Client, amina: Account) -> None:
    with writing_at(NOON) as now:
        actions.set_password(amina, "un chemin entre les arbres", now=now)
    for _ in range(10):
        client.post("/connexion/mot-de-passe/", {"address": "amina@example.org", "password": "wrong"})
    right = {"address": "amina@example.org", "password": "un chemin entre les arbres"}
    assert client.post("/connexion/mot-de-passe/", right).status_code == 422


def drawn(capsys: pytest.CaptureFixture[str], mail: str = "clerk@example.org") -> str:
    call_command("create_administrator", mail=mail, name="Clara")
    return capsys.readouterr().out.strip().removeprefix("http://127.0.0.1:8000")


def test_the_first_administrator_comes_in_without_a_mail_server(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    address = drawn(capsys)
    account = Account.objects.get()
    assert account.is_administrator
    assert account.needs_second_factor
    assert client.get(address).status_code == 200
    assert SignInCode.objects.get().used_at is None
    assert client.post(address)["Location"] == "/mon-espace/securite/second-facteur/"
    assert client.get("/mon-espace/securite/second-facteur/").status_code == 200
    assert Client().post(address).status_code == 403


def test_a_link_expires_and_serves_one_account_and_one_purpose(
    client: Client, capsys: pytest.CaptureFixture[str], amina: Account
) -> None:
    address = drawn(capsys)
    token = address.split("/")[-2]
    assert client.post(f"/connexion/lien/{amina.pk}/{token}/").status_code == 403
    with writing_at(NOON) as now:
        assert not actions.use_link("join/1", token, now=now)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert client.post(address).status_code == 403
    assert client.post(address).status_code == 302


def test_naming_an_administrator_twice_draws_another_link_for_the_same_account(capsys: pytest.CaptureFixture[str]) -> None:
    assert drawn(capsys) != drawn(capsys)
    assert Account.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("create_administrator", mail="not an address", name="Clara")


def test_spent_proofs_are_destroyed(amina: Account) -> None:
    with writing_at(NOON) as now:
        actions.send_code("amina@example.org", language="fr", now=now)
        actions.draw_link("join/1", hours=1, now=now)
    with writing_at(NOON + timedelta(days=2)) as now:
        assert actions.forget_spent_proofs(now=now) == 2


def test_everything_that_happened_to_one_s_locks_is_read_page_after_page(amina: Account, client: Client) -> None:
    kind = SecurityEvent.Kind.PASSWORD_SET
    SecurityEvent.objects.bulk_create(
        SecurityEvent(account=amina, kind=kind, reason=f"fois {rank}", happened_on=NOON.date()) for rank in range(21)
    )
    client.force_login(amina)
    first, second = (client.get(f"/mon-espace/securite/?page={page}").content.decode() for page in (1, 2))
    assert "(fois 20)" in first
    assert "(fois 0)" not in first
    assert "(fois 0)" in second
