"""Is a mail code used once, soon, for one address and one purpose?"""

from datetime import UTC, datetime, timedelta

import pytest

from polyphonie.accounts.actions import check_code, send_code
from polyphonie.accounts.models import SignInCode
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing, writing_at
from polyphonie.outbox.models import Mail

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
ADDRESS = "amina@example.org"


def sent(address: str = ADDRESS, purpose: str = "sign-in", at: datetime = NOON) -> str:
    with writing_at(at) as now:
        send_code(address, purpose=purpose, language="fr", now=now)
    return Mail.objects.latest("pk").subject.split()[-1]


def checked(code: str, address: str = ADDRESS, purpose: str = "sign-in", at: datetime = NOON) -> str | None:
    with writing_at(at) as now:
        return check_code(address, purpose=purpose, code=code, now=now)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_has_six_digits_and_opens_once() -> None:
    code = sent()
    assert len(code) == 6
    assert code.isdigit()
    assert checked(f" {code[:3]} {code[3:]} ") is None
    assert "déjà" in (checked(code) or "") or "already" in (checked(code) or "")


def test_an_address_is_the_same_however_it_is_typed() -> None:
    assert checked(sent("Amina@Example.ORG "), address="amina@example.org") is None


def test_a_code_is_kept_only_hashed() -> None:
    code = sent()
    row = SignInCode.objects.get()
    assert code not in (row.code_hash, row.address_key)
    assert ADDRESS not in row.address_key


def test_a_code_expires_after_fifteen_minutes() -> None:
    code = sent()
    assert checked(code, at=NOON + timedelta(minutes=14, seconds=59)) is None
    code = sent()
    assert checked(code, at=NOON + timedelta(minutes=15)) is not None


def test_a_code_opens_no_other_address_and_serves_no_other_purpose() -> None:
    code = sent()
    assert checked(code, address="basile@example.org") is not None
    assert checked(code, purpose="join") is not None
    assert checked(code) is None


def test_the_sixth_attempt_fails_even_with_the_right_code() -> None:
    code = sent()
    for _ in range(5):
        assert checked(wrong(code)) is not None
    assert checked(code) is not None


def test_the_fifth_attempt_may_be_the_right_one() -> None:
    code = sent()
    for _ in range(4):
        checked(wrong(code))
    assert checked(code) is None


def test_an_earlier_code_that_came_late_still_opens_and_then_none_does() -> None:
    first, second = sent(), sent()
    assert checked(first) is None
    assert checked(second) is not None


def test_a_sixth_live_code_is_refused_and_a_quarter_of_an_hour_later_is_not() -> None:
    for _ in range(5):
        sent()
    with pytest.raises(Refused), writing_at(NOON) as now:
        send_code(ADDRESS, purpose="sign-in", language="fr", now=now)
    sent(at=NOON + timedelta(minutes=15))


def test_the_mail_is_the_same_whether_or_not_the_address_has_an_account() -> None:
    from polyphonie.accounts.actions import open_account

    with writing() as now:
        open_account("known@example.org", name="Connue", is_fifteen=True, language="fr", now=now)
    sent("known@example.org")
    sent("unknown@example.org")
    known, unknown = Mail.objects.order_by("pk")
    digits = str.maketrans("0123456789", "##########")
    assert known.body.translate(digits) == unknown.body.translate(digits)
    assert known.subject.translate(digits) == unknown.subject.translate(digits)
