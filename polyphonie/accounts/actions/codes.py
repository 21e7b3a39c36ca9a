"""How is an address, or the holder of a link, proved? By a code or a token that serves once, soon, and for one purpose."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.db.models import F

from polyphonie.accounts import messages
from polyphonie.accounts.models import SignInCode, folded
from polyphonie.accounts.queries import live_codes, live_link
from polyphonie.accounts.rules import CODE_ATTEMPTS, CODE_MINUTES, code_refusal, new_code_refusal
from polyphonie.accounts.secrets import address_mark, code_mark, token_mark
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.outbox.actions import queue_mail

SIGN_IN = "sign-in"
FIRST_SIGN_IN = "first sign-in"


def send_code(address: str, *, purpose: str = SIGN_IN, language: str, now: datetime) -> None:
    """Queue a six-digit code to this address, whether or not an account goes with it. Raises Refused when five are alive."""
    assert_writing()
    address = folded(address)
    ensure(new_code_refusal(live_codes=live_codes(address, purpose, now).count()))
    code = f"{secrets.randbelow(10**6):06d}"
    expires_at = now + timedelta(minutes=CODE_MINUTES)
    row = SignInCode.objects.create(
        address_key=address_mark(address), purpose=purpose, code_hash=code_mark(address, purpose, code), expires_at=expires_at
    )
    subject, body = messages.code_mail(code, language=language)
    queue_mail(f"code/{row.pk}/{row.code_hash[:16]}", address, subject, body, now=now, worthless_after=expires_at)


def check_code(address: str, *, purpose: str = SIGN_IN, code: str, now: datetime) -> str | None:
    """Use up the code: None when it is right, else the sentence that says why not.

    It returns the sentence and raises nothing, so that the attempt is counted: the caller shows it after `writing()` ends.
    """
    assert_writing()
    address, code = folded(address), "".join(code.split())
    expected = code_mark(address, purpose, code)
    rows = list(live_codes(address, purpose, now).select_for_update())
    right = [row for row in rows if hmac.compare_digest(row.code_hash, expected) and row.attempts < CODE_ATTEMPTS]
    refusal = code_refusal(
        live_codes=len(rows),
        attempts_left=max((CODE_ATTEMPTS - row.attempts for row in rows), default=0),
        is_right=bool(right),
    )
    chosen = SignInCode.objects.filter(pk__in=[row.pk for row in rows])
    if refusal is None:
        chosen.update(used_at=now)
    else:
        chosen.update(attempts=F("attempts") + 1)
    return refusal


def draw_link(purpose: str, *, hours: int, now: datetime) -> str:
    """The secret part of a link that serves once, for this purpose; only its keyed mark is kept."""
    assert_writing()
    token = secrets.token_urlsafe(32)
    SignInCode.objects.create(purpose=purpose, code_hash=token_mark(purpose, token), expires_at=now + timedelta(hours=hours))
    return token


def use_link(purpose: str, token: str, *, now: datetime) -> bool:
    """Use up a link; whether it still served."""
    assert_writing()
    row = live_link(token_mark(purpose, token), now)
    return row is not None and SignInCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now) == 1
