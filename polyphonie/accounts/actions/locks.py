"""What can happen to the locks of an account? A password, a second factor, the printed codes that replace it."""

import secrets
from datetime import datetime

import pyotp
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from polyphonie.accounts import messages
from polyphonie.accounts.models import Account, RecoveryCode, SecurityEvent
from polyphonie.accounts.rules import second_factor_refusal, second_factor_removal_refusal
from polyphonie.accounts.secrets import recovery_mark, spent_mark, unwrapped, wrapped
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.outbox.actions import queue_mail

RECOVERY_CODES = 10
STEP_SECONDS = 30
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
Kind = SecurityEvent.Kind


def set_password(account: Account, password: str, *, now: datetime) -> None:
    """Let the person also sign in with a password. Raises ValidationError when it is too weak."""
    assert_writing()
    validate_password(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])
    _note(account, Kind.PASSWORD_SET, now)


def remove_password(account: Account, *, now: datetime) -> None:
    """Come back to mail codes alone."""
    assert_writing()
    account.set_unusable_password()
    account.save(update_fields=["password"])
    _note(account, Kind.PASSWORD_REMOVED, now)


def begin_second_factor(account: Account) -> None:
    """Draw the secret that the person's device will hold; nothing is required until a first code confirms it."""
    assert_writing()
    if account.has_second_factor:
        return
    account.wrapped_totp, account.spent_totp = wrapped(pyotp.random_base32(), account.pk), None
    account.save(update_fields=["wrapped_totp", "spent_totp"])


def second_factor_secret(account: Account) -> str | None:
    """The secret to show while it is being set up, never afterwards."""
    if account.has_second_factor or account.wrapped_totp is None:
        return None
    return unwrapped(account.wrapped_totp, account.pk)


def confirm_second_factor(account: Account, code: str, *, now: datetime) -> list[str]:
    """Require the second factor from now on; returns the recovery codes, shown this once. Raises Refused on a wrong code."""
    assert_writing()
    ensure(second_factor_refusal(is_right=not account.has_second_factor and _spend_totp(account, code, now)))
    account.has_second_factor = True
    account.save(update_fields=["has_second_factor"])
    _note(account, Kind.SECOND_FACTOR_SET, now)
    return draw_recovery_codes(account, now=now)


def check_second_factor(account: Account, code: str, *, now: datetime) -> bool:
    """Whether this is the device's present code, or an unused recovery code; either serves once."""
    assert_writing()
    code = "".join(code.split()).replace("-", "").lower()
    if not account.has_second_factor:
        return False
    if _spend_totp(account, code, now):
        return True
    used = RecoveryCode.objects.filter(account=account, code_hash=recovery_mark(account.pk, code), used_on=None).update(
        used_on=timezone.localdate(now)
    )
    if used:
        _note(account, Kind.RECOVERY_CODE_USED, now)
    return used == 1


def draw_recovery_codes(account: Account, *, now: datetime) -> list[str]:
    """Ten new codes to print (« abcde-fghjk »); the former ones no longer serve."""
    assert_writing()
    RecoveryCode.objects.filter(account=account).delete()
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(account=account, code_hash=recovery_mark(account.pk, code)) for code in codes)
    _note(account, Kind.RECOVERY_CODES_DRAWN, now)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def remove_second_factor(account: Account, *, now: datetime) -> None:
    """Take the second factor off, by its owner. Raises Refused for those whose role requires one."""
    assert_writing()
    ensure(second_factor_removal_refusal(is_required=account.needs_second_factor))
    _take_off(account)
    _note(account, Kind.SECOND_FACTOR_REMOVED, now)


def reset_second_factor(account: Account, *, reason: str, now: datetime) -> None:
    """Take the second factor off from the command line, for a lost device: written down with its reason; those whose role
    requires one set up a new one at their next sign-in."""
    assert_writing()
    _take_off(account)
    _note(account, Kind.SECOND_FACTOR_RESET, now, reason)


def _take_off(account: Account) -> None:
    account.has_second_factor, account.wrapped_totp, account.spent_totp = False, None, None
    account.save(update_fields=["has_second_factor", "wrapped_totp", "spent_totp"])
    RecoveryCode.objects.filter(account=account).delete()


def _spend_totp(account: Account, code: str, now: datetime) -> bool:
    """Whether the code is of this half-minute or of a neighbour, and later than the last one used (RFC 6238 §5.2)."""
    fresh = Account.objects.select_for_update().get(pk=account.pk)
    if fresh.wrapped_totp is None:
        return False
    totp = pyotp.TOTP(unwrapped(fresh.wrapped_totp, account.pk), interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    steps = [current - 1, current, current + 1]
    spent = bytes(fresh.spent_totp or b"")
    last = next((step for step in reversed(steps) if spent_mark(account.pk, step) == spent), None)
    right = [step for step in steps if secrets.compare_digest(totp.generate_otp(step).encode(), code.strip().encode())]
    if not right or (last is not None and right[-1] <= last):
        return False
    account.spent_totp = spent_mark(account.pk, right[-1])
    account.save(update_fields=["spent_totp"])
    return True


def _note(account: Account, kind: SecurityEvent.Kind, now: datetime, reason: str = "") -> None:
    event = SecurityEvent.objects.create(account=account, kind=kind, reason=reason[:300], happened_on=timezone.localdate(now))
    if account.email:
        subject, body = messages.lock_changed_mail(kind, language=account.language)
        queue_mail(f"lock/{event.pk}", account.email, subject, body, now=now)
