"""How many codes, attempts and passwords may one address or one connection ask for? Sentences for those who go past."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from polyphonie.accounts.models import folded
from polyphonie.core.serving.limits import Limit, is_client_over, is_over

CODES_TO_AN_ADDRESS = Limit("codes to an address", 10, 3600)
CODES_FROM_A_CLIENT = Limit("codes from a client", 60, 3600)
ATTEMPTS_FROM_A_CLIENT = Limit("attempts from a client", 120, 3600)
PASSWORDS_OF_AN_ADDRESS = Limit("passwords of an address", 10, 900)
SECOND_FACTORS_OF_AN_ACCOUNT = Limit("second factors of an account", 10, 900)


def code_limit_refusal(request: HttpRequest, address: str, now: datetime) -> str | None:
    """Why no code is sent for now; counts this request. To be asked before `send_code`, outside `writing()`."""
    if is_over(CODES_TO_AN_ADDRESS, folded(address), now):
        return _("Many codes were sent to this address: wait an hour before asking for another one.")
    if is_client_over(CODES_FROM_A_CLIENT, request, now):
        return _too_many_from_here()
    return None


def attempt_limit_refusal(request: HttpRequest, now: datetime) -> str | None:
    """Why no code is checked for now; counts this request. To be asked before `check_code`."""
    return _too_many_from_here() if is_client_over(ATTEMPTS_FROM_A_CLIENT, request, now) else None


def password_limit_refusal(request: HttpRequest, address: str, now: datetime) -> str | None:
    """Why no password is tried for now; counts this request."""
    if is_over(PASSWORDS_OF_AN_ADDRESS, folded(address), now):
        return _("Too many attempts with this address: wait a quarter of an hour, or sign in by mail code.")
    return attempt_limit_refusal(request, now)


def second_factor_limit_refusal(account: int, now: datetime) -> str | None:
    """Why no second-factor code is tried for now; counts this request."""
    if is_over(SECOND_FACTORS_OF_AN_ACCOUNT, str(account), now):
        return _("Too many attempts: wait a quarter of an hour.")
    return None


def _too_many_from_here() -> str:
    return _("Many requests came from your connection. Wait an hour; if you are at a workshop, tell its host.")
