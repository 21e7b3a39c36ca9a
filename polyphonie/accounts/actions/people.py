"""What can a person do about their account? Open it, sign in and out, say how they appear."""

from datetime import date, datetime, timedelta

from django.contrib.auth import login, logout
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from polyphonie.accounts import messages
from polyphonie.accounts.actions.codes import FIRST_SIGN_IN, draw_link, use_link
from polyphonie.accounts.actions.consents import accept_terms
from polyphonie.accounts.actions.voter import ensure_voter_secret
from polyphonie.accounts.models import Account, Organisation, SecurityEvent, folded, name_key
from polyphonie.accounts.queries import account_of, expired_proofs, free_names_like, is_name_taken, suspended_since
from polyphonie.accounts.rules import IDLE_WARNING_DAYS, LINK_HOURS, UNCONFIRMED_DAYS, age_refusal, name_refusal
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing
from polyphonie.outbox.actions import queue_mail

BACKEND = "polyphonie.accounts.backend.Backend"
SECOND_FACTOR = "second_factor"
SETTINGS = (
    "display_name",
    "display_key",
    "slug",
    "name_hidden_on",
    "category",
    "territory",
    "is_listed",
    "language",
    "off_the_map_on",
)
PROOFS_KEPT = timedelta(days=1)


def open_account(address: str, *, name: str, is_fifteen: bool, language: str, now: datetime) -> Account:
    """Open the account of a person who just proved this address, or return the one it already has. Raises Refused."""
    assert_writing()
    existing = account_of(address)
    if existing is not None:
        return existing
    ensure(age_refusal(is_fifteen=is_fifteen))
    return _opened(folded(address), name=_name(name), language=language, now=now)


def _opened(address: str, *, name: str, language: str, now: datetime) -> Account:
    today = _day(now)
    _ensure_free(name)
    account = Account(
        email=address,
        display_name=name,
        display_key=name_key(name),
        slug=free_slug(Account, name),
        language=language,
        joined_on=today,
        confirmed_on=today,
        suspended_on=suspended_since(address),
    )
    account.set_unusable_password()
    _save(account, name)
    ensure_voter_secret(account)
    accept_terms(account, now=now)
    return account


def _name(name: str) -> str:
    return " ".join(name.split())


def _ensure_free(name: str, account: Account | None = None) -> None:
    ensure(name_refusal(name, is_taken=False))
    is_taken = is_name_taken(name, except_account=account)
    ensure(name_refusal(name, is_taken=is_taken, suggestions=free_names_like(name) if is_taken else ()))


def _save(account: Account, name: str, fields: tuple[str, ...] | None = None) -> None:
    """Save; someone who took the name, or the address, in the same instant was first."""
    try:
        with transaction.atomic():
            account.save(update_fields=fields)
    except IntegrityError as error:
        refusal = name_refusal(name, is_taken=True, suggestions=free_names_like(name))
        raise Refused(refusal or _("This could not be saved: try again.")) from error


def free_slug(kind: type[Account] | type[Organisation], name: str) -> str:
    """The word of this name in addresses, told apart by a number where it is taken."""
    stem = slugify(name)[:80].strip("-") or "participant"
    taken = set(kind.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    if stem not in taken:
        return stem
    return next(f"{stem}-{number}" for number in range(2, len(taken) + 3) if f"{stem}-{number}" not in taken)


def sign_in(request: HttpRequest, account: Account, *, now: datetime, with_second_factor: bool = False) -> None:
    """Let this browser act for the account: the session changes its key and keeps the draft it held."""
    assert_writing()
    ensure_voter_secret(account)
    Account.objects.filter(pk=account.pk).exclude(last_seen_on=_day(now), warned_on=None).update(
        last_seen_on=_day(now), warned_on=None
    )
    draft = request.session.get("draft")
    request.session.set_expiry(None)
    login(request, account, backend=BACKEND)
    request.session[SECOND_FACTOR] = with_second_factor
    if draft is not None:
        request.session["draft"] = draft


def sign_out(request: HttpRequest) -> None:
    """Forget this browser's session and all it held."""
    assert_writing()
    logout(request)


def change_settings(
    account: Account,
    *,
    name: str,
    category: str,
    territory: str,
    is_listed: bool,
    language: str,
    is_off_the_map: bool | None = None,
    now: datetime,
) -> Account:
    """Change how one appears and is written to. A new name signs what one writes from now on; category and territory
    are optional and enter no order. `is_off_the_map`: votes are counted in every total, and placed on no map of opinions from
    then on; None leaves it as it is. Raises Refused."""
    assert_writing()
    name = _name(name)
    if name != account.display_name:
        _ensure_free(name, account)
        if name_key(name) != account.display_key:
            account.slug = free_slug(Account, name)
        account.display_name, account.display_key = name, name_key(name)
        account.name_hidden_on = None
    account.category, account.territory = category, cleaned(territory)
    account.is_listed, account.language = is_listed, language
    if is_off_the_map is not None and is_off_the_map != (account.off_the_map_on is not None):
        account.off_the_map_on = _day(now) if is_off_the_map else None
    _save(account, name, fields=SETTINGS)
    let_go()
    return account


def make_administrator(address: str, *, name: str, language: str, now: datetime) -> tuple[Account, str]:
    """Make this person the installation's administrator, opening the account at need; returns it with the token of a sign-in
    link that needs no mail server. Raises Refused."""
    assert_writing()
    account = account_of(address) or _opened(folded(address), name=_name(name), language=language, now=now)
    account.is_administrator = account.needs_second_factor = True
    account.save(update_fields=["is_administrator", "needs_second_factor"])
    SecurityEvent.objects.create(account=account, kind=SecurityEvent.Kind.ADMINISTRATOR_MADE, happened_on=_day(now))
    return account, draw_link(first_sign_in_purpose(account), hours=LINK_HOURS, now=now)


def enter_by_link(request: HttpRequest, account: Account, token: str, *, now: datetime) -> None:
    """Sign in with a link drawn on the command line. Raises Refused when it no longer serves, or serves another account."""
    assert_writing()
    if not use_link(first_sign_in_purpose(account), token, now=now):
        raise Refused(_("This link has expired or was already used. Draw another one on the command line."))
    SecurityEvent.objects.create(account=account, kind=SecurityEvent.Kind.SIGN_IN_LINK, happened_on=_day(now))
    sign_in(request, account, now=now)


def first_sign_in_purpose(account: Account) -> str:
    """What binds a first sign-in link to its account."""
    return f"{FIRST_SIGN_IN}/{account.pk}"


def forget_unconfirmed(*, now: datetime) -> int:
    """Destroy the accounts whose address never answered; how many."""
    assert_writing()
    before = _day(now) - timedelta(days=UNCONFIRMED_DAYS)
    return Account.objects.filter(confirmed_on=None, closed_on=None, joined_on__lt=before).delete()[0]


def warn_idle(account: Account, *, now: datetime) -> None:
    """Tell the owner of an unused account that it will close; they keep it by signing in."""
    assert_writing()
    Account.objects.filter(pk=account.pk).update(warned_on=_day(now))
    subject, body = messages.idle_mail(closes_on=_day(now) + timedelta(days=IDLE_WARNING_DAYS), language=account.language)
    queue_mail(f"idle/{account.pk}/{_day(now).isoformat()}", account.email or "", subject, body, now=now)


def forget_spent_proofs(*, now: datetime) -> int:
    """Destroy the codes and links that serve no more since a day; how many."""
    assert_writing()
    return expired_proofs(now - PROOFS_KEPT).delete()[0]


def _day(now: datetime) -> date:
    return timezone.localdate(now)
