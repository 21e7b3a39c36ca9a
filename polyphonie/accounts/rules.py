"""Which names, codes and acts on an account are possible? Each rule says no with a sentence."""

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account, Organisation, name_key

CODE_MINUTES = 15
CODE_ATTEMPTS = 5
LIVE_CODES = 5
SHORTEST_NAME, LONGEST_NAME = 2, 60
LINK_HOURS = 24
INVITATION_DAYS = 7
UNCONFIRMED_DAYS = 7
"""How long an address that never answered its code is kept."""
IDLE_DAYS = 730
"""How long an account lives after its last use and the last close of what its owner could take part in."""
IDLE_WARNING_DAYS = 30
"""How long before its closing the owner of an unused account is told."""
ACCESSES_KEPT_DAYS = 365
"""How long one reads who among the staff saw one's data."""
FORBIDDEN_MARKS = frozenset("\u061c\u200e\u200f\u2028\u2029\ufeff")


def hides_its_direction(text: str) -> bool:
    """Whether a text holds marks that turn the reading direction, tags that nobody sees, or control characters."""
    return any(
        mark in FORBIDDEN_MARKS
        or "\u202a" <= mark <= "\u202e"
        or "\u2066" <= mark <= "\u2069"
        or "\U000e0000" <= mark <= "\U000e007f"
        or unicodedata.category(mark) in ("Cc", "Cs", "Co")
        for mark in text
    )


def name_refusal(name: str, *, is_taken: bool, suggestions: Sequence[str] = (), longest: int = LONGEST_NAME) -> str | None:
    """Why this public name cannot be taken. `is_taken` compares the forms of `name_key`."""
    if hides_its_direction(name):
        return _(
            "This name contains invisible characters that change the direction or the look of a text. Type it again without them."
        )
    if len(name_key(name)) < SHORTEST_NAME or not any(unicodedata.category(mark)[0] in "LNS" for mark in name_key(name)):
        return _("This name is too short: two characters at least.")
    if len(name) > longest or len(name_key(name)) > 2 * longest:
        return _("This name is too long: %(most)s characters at most.") % {"most": longest}
    if "@" in name:
        return _("This name will be public: do not put a mail address in it.")
    if is_taken and suggestions:
        return _("Someone already uses this name. Free, for instance: %(names)s.") % {"names": ", ".join(suggestions)}
    if is_taken:
        return _("Someone already uses this name: choose another one.")
    return None


def age_refusal(*, is_fifteen: bool) -> str | None:
    """Why this person cannot open an account by themselves: nobody is asked for a date of birth."""
    if not is_fifteen:
        return _("One takes part online from the age of 15. Before that, come to a workshop: your voice counts there as much.")
    return None


def new_code_refusal(*, live_codes: int) -> str | None:
    """Why no further code is sent to this address for now."""
    if live_codes >= LIVE_CODES:
        return _(
            "Several codes were just sent to this address. Look in your mail for the last one, or come back in fifteen minutes."
        )
    return None


def code_refusal(*, live_codes: int, attempts_left: int, is_right: bool) -> str | None:
    """Why this code opens nothing: `live_codes` not yet expired nor used, `attempts_left` on the best of them before this one."""
    if live_codes == 0:
        return _("This code has expired or was already used. Ask for a new one.")
    if attempts_left <= 0:
        return _("Too many wrong attempts: this code no longer works. Ask for a new one.")
    if not is_right:
        return _("This is not the code that we sent. Check the six digits, or ask for a new code.")
    return None


def speaking_refusal(*, is_member: bool) -> str | None:
    """Why one cannot speak under an organisation's name."""
    if not is_member:
        return _("You can only speak for an organisation that you belong to.")
    return None


def leaving_refusal(*, is_member: bool) -> str | None:
    """Why one cannot leave an organisation."""
    if not is_member:
        return _("You do not belong to this organisation.")
    return None


def verification_request_refusal(*, is_member: bool, is_verified: bool, is_waiting: bool, evidence: str) -> str | None:
    """Why an organisation cannot ask to be verified now."""
    if not is_member:
        return speaking_refusal(is_member=False)
    if is_verified:
        return _("The identity of this organisation is already verified.")
    if is_waiting:
        return _("A request is already waiting for an answer.")
    if not evidence.strip():
        return _("Say how your organisation can be recognised: its registration number, an official page, a letter.")
    return None


def verification_decision_refusal(*, is_decided: bool, is_member: bool, is_accepted: bool, reason: str) -> str | None:
    """Why this person cannot decide on this request."""
    if is_decided:
        return _("This request was already decided.")
    if is_member:
        return _("You belong to this organisation: someone else decides.")
    if not is_accepted and not reason.strip():
        return _("A refusal gives its reason.")
    return None


def closing_refusal(account: Account, *, is_last_administrator: bool) -> str | None:
    """Why this account cannot be closed."""
    if account.closed_on is not None:
        return _("This account is closed.")
    if is_last_administrator:
        return _("You are the only administrator of this site: name another one first.")
    return None


def idle_warning_refusal(*, used_on: date, running_since: date | None, warned_on: date | None, today: date) -> str | None:
    """Why an unused account is not warned now. `running_since` is the opening of the first consultation that has not been over
    for long enough: whoever came after it may have taken part."""
    if warned_on is not None:
        return _("This person was already told.")
    if used_on > today - timedelta(days=IDLE_DAYS - IDLE_WARNING_DAYS) or _may_have_taken_part(used_on, running_since):
        return _("This account was used too recently.")
    return None


def idle_closing_refusal(*, used_on: date, running_since: date | None, warned_on: date | None, today: date) -> str | None:
    """Why an unused account is not closed now: too recent, or its owner not told for long enough."""
    if used_on > today - timedelta(days=IDLE_DAYS) or _may_have_taken_part(used_on, running_since):
        return _("This account was used too recently.")
    if warned_on is None or today < warned_on + timedelta(days=IDLE_WARNING_DAYS):
        return _("Its owner was not told long enough ago.")
    return None


def _may_have_taken_part(used_on: date, running_since: date | None) -> bool:
    return running_since is not None and running_since <= used_on


def second_factor_removal_refusal(*, is_required: bool) -> str | None:
    """Why a second factor cannot be taken off."""
    if is_required:
        return _("Your role requires a second factor. Ask the operator to reset it if you change device.")
    return None


def second_factor_refusal(*, is_right: bool) -> str | None:
    """Why this second-factor code is not accepted."""
    if not is_right:
        return _("This code is not right, or was already used. Wait for the next one on your device and try again.")
    return None


def hide_name_refusal(account: Account, *, ground: str) -> str | None:
    """Why this person's public name cannot be hidden."""
    if account.closed_on is not None:
        return _("This account is closed.")
    if account.has_hidden_name:
        return _("This name is already hidden.")
    if not ground:
        return _("Say on which ground: no name is hidden without one.")
    return None


def restore_name_refusal(account: Account) -> str | None:
    """Why no name of this person can be shown again."""
    if account.closed_on is not None:
        return _("This account is closed.")
    if not account.hidden_name:
        return _("No name of this account is hidden.")
    return None


def hide_organisation_refusal(organisation: Organisation, *, ground: str) -> str | None:
    """Why the name of this organisation cannot be hidden."""
    if organisation.has_hidden_name:
        return _("This name is already hidden.")
    if not ground:
        return _("Say on which ground: no name is hidden without one.")
    return None


def restore_organisation_refusal(organisation: Organisation) -> str | None:
    """Why no name of this organisation can be shown again."""
    if not organisation.hidden_name:
        return _("No name of this organisation is hidden.")
    return None


def rename_refusal(organisation: Organisation, *, is_member: bool) -> str | None:
    """Why this person cannot give the organisation another name: it keeps its own, unless moderation hid it."""
    if not is_member:
        return speaking_refusal(is_member=False)
    if not organisation.has_hidden_name:
        return _("An organisation keeps its name: people know it by it.")
    return None


def suspension_refusal(account: Account) -> str | None:
    """Why this account cannot be suspended."""
    if account.closed_on is not None:
        return _("This account is closed.")
    if account.suspended_on is not None:
        return _("This account is already suspended.")
    return None


def reinstatement_refusal(account: Account) -> str | None:
    """Why this account cannot get its rights back."""
    if account.suspended_on is None:
        return _("This account is not suspended.")
    return None
