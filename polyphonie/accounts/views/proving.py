"""Is it still the owner of the address who is here? Asked again, by a fresh mail code, before what cannot be undone."""

from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone

from polyphonie.accounts import limits
from polyphonie.accounts.actions import check_code, send_code
from polyphonie.accounts.models import Account
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing


def code_sending_refusal(request: HttpRequest, account: Account, purpose: str) -> str | None:
    """Send a code for this purpose to the account's own address, or say why not."""
    address = account.email or ""
    refusal = limits.code_limit_refusal(request, address, timezone.now())
    if refusal is None:
        try:
            with writing() as now:
                send_code(address, purpose=purpose, language=account.language, now=now)
        except Refused as refused:
            return refused.reason
    return refusal


def is_proved(request: HttpRequest, account: Account, purpose: str, form: Form) -> bool:
    """Use up the code of a valid form; False, with the sentence on its field, when it does not open."""
    refusal = limits.attempt_limit_refusal(request, timezone.now())
    if refusal is None:
        with writing() as now:
            refusal = check_code(account.email or "", purpose=purpose, code=form.cleaned_data["code"], now=now)
    if refusal is not None:
        form.add_error("code", refusal)
    return refusal is None
