"""What can people do about who they are? Sign up and in, set their locks, describe themselves, speak for an organisation."""

from polyphonie.accounts.actions.closing import close_account
from polyphonie.accounts.actions.codes import check_code, draw_link, send_code, use_link
from polyphonie.accounts.actions.consents import accept_terms, give_consent, withdraw_consent
from polyphonie.accounts.actions.locks import (
    begin_second_factor,
    check_second_factor,
    confirm_second_factor,
    draw_recovery_codes,
    remove_password,
    remove_second_factor,
    reset_second_factor,
    second_factor_secret,
    set_password,
)
from polyphonie.accounts.actions.organisations import (
    accept_invitation,
    decide_verification,
    declare_organisation,
    invite,
    join,
    leave,
    request_verification,
)
from polyphonie.accounts.actions.people import (
    SECOND_FACTOR,
    change_settings,
    enter_by_link,
    forget_spent_proofs,
    make_administrator,
    open_account,
    sign_in,
    sign_out,
)
from polyphonie.accounts.actions.restricting import (
    forget_suspended_addresses,
    hide_name,
    reinstate,
    restore_name,
    suspend,
)
from polyphonie.accounts.actions.watching import forget_accesses, note_access, note_accesses

__all__ = [
    "SECOND_FACTOR",
    "accept_invitation",
    "accept_terms",
    "begin_second_factor",
    "change_settings",
    "check_code",
    "check_second_factor",
    "close_account",
    "confirm_second_factor",
    "decide_verification",
    "declare_organisation",
    "draw_link",
    "draw_recovery_codes",
    "enter_by_link",
    "forget_accesses",
    "forget_spent_proofs",
    "forget_suspended_addresses",
    "give_consent",
    "hide_name",
    "invite",
    "join",
    "leave",
    "make_administrator",
    "note_access",
    "note_accesses",
    "open_account",
    "reinstate",
    "remove_password",
    "remove_second_factor",
    "request_verification",
    "reset_second_factor",
    "restore_name",
    "second_factor_secret",
    "send_code",
    "set_password",
    "sign_in",
    "sign_out",
    "suspend",
    "use_link",
    "withdraw_consent",
]
