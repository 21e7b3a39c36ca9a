"""Does each code and link of the site serve once, for a time, one person and one purpose? (S4) Does a forged header help? (S6)

Every kind is in one table; a kind that may serve again, or for ever, says why there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

import polyphonie
from polyphonie.accounts.actions import (
    accept_invitation,
    begin_second_factor,
    check_code,
    check_second_factor,
    confirm_second_factor,
    declare_organisation,
    draw_recovery_codes,
    enter_by_link,
    invite,
    make_administrator,
    open_account,
    second_factor_secret,
    send_code,
)
from polyphonie.accounts.limits import CODES_FROM_A_CLIENT
from polyphonie.accounts.models import Account, Organisation
from polyphonie.accounts.rules import CODE_MINUTES, INVITATION_DAYS, LINK_HOURS
from polyphonie.core.refusal import Refused
from polyphonie.core.serving import haste, limits
from polyphonie.core.writing import writing
from polyphonie.notifications.messages import read_stop_token, stop_token
from polyphonie.notifications.models import Topic
from polyphonie.outbox.models import Mail
from polyphonie.processes.actions import people as charging
from polyphonie.processes.models import Invitation, Role
from tests.concertations import a_process

START = datetime(2026, 3, 2, 11, 0, tzinfo=timezone.get_default_timezone())
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Kind:
    """How one is drawn for someone, tried (by someone, for a purpose), and how long it serves."""

    draw: Callable[[Account], str]
    serves: Callable[[str, Account], bool]
    lasts: timedelta | None
    other_purpose: Callable[[str, Account], bool] | None = None
    is_personal: bool = True


def the_code() -> str:
    found = re.search(r"\b\d{6}\b", Mail.objects.filter(key__startswith="code/").latest("pk").subject)
    assert found is not None
    return found[0]


def drawn_code(purpose: str) -> Callable[[Account], str]:
    def draw(account: Account) -> str:
        with writing() as now:
            send_code(account.email or "", purpose=purpose, language="fr", now=now)
        return the_code()

    return draw


def tried_code(purpose: str) -> Callable[[str, Account], bool]:
    def serves(code: str, account: Account) -> bool:
        with writing() as now:
            return check_code(account.email or "", purpose=purpose, code=code, now=now) is None

    return serves


def tried(act: Callable[[datetime], object]) -> bool:
    try:
        with writing() as now:
            return act(now) is not False
    except Refused:
        return False


def link_of(account: Account) -> str:
    with writing() as now:
        return make_administrator(account.email or "", name=account.display_name, language="fr", now=now)[1]


def entered(token: str, account: Account) -> bool:
    request = Client().get("/connexion/").wsgi_request
    return tried(lambda now: enter_by_link(request, account, token, now=now))


def club(name: str = "Le club") -> Organisation:
    found = Organisation.objects.filter(name=name).first()
    if found is not None:
        return found
    with writing() as now:
        founder = open_account(f"{name[-4:]}@exemple.fr", name=f"Fonde {name}", is_fifteen=True, language="fr", now=now)
        return declare_organisation(founder, name=name, kind="private_organisation", now=now)


def organisation_invitation(_account: Account) -> str:
    organisation = club()
    with writing() as now:
        return invite(organisation, by=organisation.memberships.get().account, now=now)


def joined(token: str, account: Account, name: str = "Le club") -> bool:
    organisation = club(name)
    organisation.memberships.filter(account=account).delete()
    return tried(lambda now: accept_invitation(organisation, account, token=token, now=now))


def role_invitation(account: Account) -> str:
    with writing() as now:
        process = a_process(now=now)
        charging.invite(process, email=account.email or "", role=Role.ORGANISER, actor="organiser/1", now=now)
    body = Mail.objects.filter(to=account.email).latest("pk").body
    token = re.search(r"/([\w-]{20,})/", body)
    assert token is not None
    return token[1]


def took_role(token: str, account: Account) -> bool:
    found = Invitation.objects.select_related("process__log").filter(token_hash=charging.token_hash(token)).first()
    return found is not None and tried(lambda now: charging.accept_invitation(found, account, now=now))


def with_device(account: Account) -> str:
    with writing() as now:
        begin_second_factor(account)
        secret = second_factor_secret(account) or ""
        confirm_second_factor(account, pyotp.TOTP(secret).at(now), now=now)
    return pyotp.TOTP(secret).at(timezone.now() + timedelta(seconds=30))


def printed(account: Account) -> str:
    with_device(account)
    with writing() as now:
        return draw_recovery_codes(account, now=now)[0]


def second_factor(code: str, account: Account) -> bool:
    account.refresh_from_db()
    return tried(lambda now: check_second_factor(account, code, now=now))


KINDS = {
    "sign-in code": Kind(drawn_code("sign-in"), tried_code("sign-in"), timedelta(minutes=CODE_MINUTES), tried_code("archive")),
    "archive code": Kind(drawn_code("archive"), tried_code("archive"), timedelta(minutes=CODE_MINUTES), tried_code("sign-in")),
    "closing code": Kind(
        drawn_code("close account"), tried_code("close account"), timedelta(minutes=CODE_MINUTES), tried_code("archive")
    ),
    "first sign-in link": Kind(link_of, entered, timedelta(hours=LINK_HOURS), joined),
    "invitation to an organisation": Kind(
        organisation_invitation,
        joined,
        timedelta(days=INVITATION_DAYS),
        lambda token, account: joined(token, account, "Un autre"),
        is_personal=False,  # a member hands it to whom they choose; it serves once
    ),
    "invitation to a role": Kind(role_invitation, took_role, timedelta(days=charging.INVITATION_DAYS), joined),
    "code of a device": Kind(with_device, second_factor, timedelta(seconds=90), tried_code("sign-in")),
    "printed code": Kind(printed, second_factor, None, tried_code("sign-in")),  # kept on paper until it serves, or is redrawn
}


@pytest.fixture
def people(db: None) -> tuple[Account, Account]:
    with time_machine.travel(START, tick=False), writing() as now:
        return (
            open_account("une@exemple.fr", name="Une", is_fifteen=True, language="fr", now=now),
            open_account("autre@exemple.fr", name="Autre", is_fifteen=True, language="fr", now=now),
        )


@pytest.mark.parametrize("name", KINDS)
def test_a_token_serves_once_for_a_time_one_person_and_one_purpose(name: str, people: tuple[Account, Account]) -> None:
    kind, (one, other) = KINDS[name], people
    with time_machine.travel(START, tick=False):
        token = kind.draw(one)
        assert kind.other_purpose is None or not kind.other_purpose(token, one), "serves another purpose"
        if kind.is_personal:
            assert not kind.serves(token, other), "serves someone else"
        assert not kind.serves(token[:-1] + ("0" if token[-1] != "0" else "1"), one), "a neighbour serves"
        assert kind.serves(token, one)
        assert not kind.serves(token, one), "serves twice"
        if not kind.is_personal:
            assert not kind.serves(token, other), "serves twice"


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.lasts])
def test_a_token_that_was_not_used_in_time_serves_no_more(name: str, people: tuple[Account, Account]) -> None:
    kind, (one, _other) = KINDS[name], people
    assert kind.lasts is not None
    with time_machine.travel(START, tick=False):
        token = kind.draw(one)
    with time_machine.travel(START + kind.lasts + SECOND, tick=False):
        assert not kind.serves(token, one)


def test_a_stop_link_serves_again_but_only_stops_its_kinds_for_its_account(people: tuple[Account, Account]) -> None:
    one, other = people
    token = stop_token(one, Topic.REACTIONS)
    assert read_stop_token(token) == (one.pk, [Topic.REACTIONS])
    assert read_stop_token(token.replace(token[3], "x", 1)) is None
    assert read_stop_token(stop_token(other, Topic.REACTIONS)) != read_stop_token(token)
    assert read_stop_token(haste.stamp(timezone.now())) is None, "another signature of the site is no stop link"


def test_every_place_that_draws_a_token_is_in_the_table() -> None:
    """Where randomness or a signature makes something that opens: a new one fails here until it is tried above."""
    known = {
        "accounts/actions/codes.py", "accounts/actions/locks.py", "processes/actions/people.py", "notifications/messages.py",
        "core/serving/haste.py", "accounts/sessions.py", "moderation/actions/flagging.py",
    }  # fmt: skip
    keys_and_marks = {"config/secret.py", "ledger/keys.py", "consultation/moulds.py"}  # they open nothing to who holds one
    drawing = re.compile(r"secrets\.(?:token_urlsafe|token_hex|randbelow|choice)|signing\.(?:Signer|TimestampSigner|dumps)")
    root = Path(polyphonie.__file__).parent
    found = {str(path.relative_to(root)) for path in root.rglob("*.py") if drawing.search(path.read_text(encoding="utf-8"))}
    assert len(KINDS) >= 8
    print(f"S4: {len(KINDS)} kinds of token, beside stop links, form stamps, sessions and follow-up codes")
    untried = sorted(found - known - keys_and_marks)
    assert not untried, f"draws something that the table does not try: {untried}"


FORGED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "Via")


@pytest.mark.django_db
@pytest.mark.parametrize("peer", ["203.0.113.9", "2001:db8::7"])
def test_a_client_that_forges_headers_at_each_request_reaches_its_limit_all_the_same(peer: str, settings) -> None:
    settings.POLYPHONIE_TRUSTED_PROXIES = ["10.0.0.0/8"]
    limits.forget_all()
    client, sent = Client(REMOTE_ADDR=peer), 0
    for rank in range(CODES_FROM_A_CLIENT.times + 10):
        headers = {name: f"198.51.{rank}.{place}" for place, name in enumerate(FORGED)}
        shown = haste.stamp(timezone.now() - timedelta(seconds=9))
        address = f"cible{rank}@exemple.fr"
        client.post("/connexion/", {"address": address, haste.STAMP_FIELD: shown}, headers=headers)
        sent += Mail.objects.filter(to=address).exists()
    print(f"S6: {CODES_FROM_A_CLIENT.times + 10} requests with {len(FORGED)} forged headers each, {sent} passed")
    assert sent == CODES_FROM_A_CLIENT.times
