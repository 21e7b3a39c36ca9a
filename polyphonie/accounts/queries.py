"""Who is there? Accounts by address, free names, the organisations one may speak for, requests that wait."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from polyphonie.accounts.models import (
    Account,
    Consent,
    Membership,
    Organisation,
    SignInCode,
    StaffAccess,
    SuspendedAddress,
    VerificationRequest,
    folded,
    name_key,
)
from polyphonie.accounts.rules import LONGEST_NAME
from polyphonie.accounts.secrets import address_mark


def account_of(address: str) -> Account | None:
    """The account that signs in with this mail address, however it is typed."""
    return Account.objects.filter(email=folded(address), closed_on=None).first()


def accounts_of(addresses: Iterable[str]) -> list[Account]:
    """The accounts that sign in with one of these mail addresses."""
    return list(Account.objects.filter(email__in=[folded(one) for one in addresses], closed_on=None).order_by("pk"))


def suspended_since(address: str) -> date | None:
    """Since when someone with this address, who closed their account, was suspended; None if nobody was."""
    found = SuspendedAddress.objects.filter(mark=address_mark(folded(address))).first()
    return None if found is None else found.suspended_on


def is_name_taken(name: str, *, except_account: Account | None = None) -> bool:
    """Whether a person or an organisation already goes by this name, or moderation hid it."""
    key = name_key(name)
    accounts = Account.objects.filter(display_key=key)
    if except_account is not None:
        accounts = accounts.exclude(pk=except_account.pk)
    is_hidden = bool(key) and any(names.objects.filter(hidden_key=key).exists() for names in (Account, Organisation))
    return is_hidden or accounts.exists() or Organisation.objects.filter(name_key=key).exists()


def free_names_like(name: str, how_many: int = 3) -> list[str]:
    """Names close to this one that nobody uses."""
    stem = name.strip()[: LONGEST_NAME - 4]
    candidates = [f"{stem} {number}" for number in range(2, 40)]
    keys = {name_key(candidate): candidate for candidate in candidates}
    taken = set(Account.objects.filter(display_key__in=keys).values_list("display_key", flat=True))
    taken |= set(Organisation.objects.filter(name_key__in=keys).values_list("name_key", flat=True))
    return [candidate for key, candidate in keys.items() if key not in taken][:how_many]


def live_codes(address: str, purpose: str, now: datetime) -> QuerySet[SignInCode]:
    """The codes sent to this address for this purpose that are neither used nor expired."""
    return SignInCode.objects.filter(
        address_key=address_mark(folded(address)), purpose=purpose, used_at=None, expires_at__gt=now
    ).order_by("pk")


def organisations_of(account: Account) -> list[Organisation]:
    """The organisations this person belongs to, by name."""
    return list(Organisation.objects.filter(memberships__account=account).order_by("name"))


def speaking_names(account: Account) -> list[Organisation | None]:
    """In whose name this person may speak: their own (None) first, then each organisation they belong to whose name is shown."""
    return [None, *(one for one in organisations_of(account) if not one.has_hidden_name)]


def is_member(account: Account, organisation: Organisation) -> bool:
    return Membership.objects.filter(account=account, organisation=organisation).exists()


def members_of(organisation: Organisation) -> list[Membership]:
    return list(organisation.memberships.select_related("account").order_by("since_on", "pk"))


def waiting_requests() -> list[VerificationRequest]:
    """The requests for « Compte vérifié » that wait for a decision, oldest first."""
    return list(
        VerificationRequest.objects.filter(state=VerificationRequest.State.WAITING)
        .select_related("organisation", "requested_by")
        .order_by("requested_on", "pk")
    )


def decided_requests(how_many: int = 50) -> list[VerificationRequest]:
    """The last decisions, without their evidence, which is gone."""
    return list(
        VerificationRequest.objects.exclude(state=VerificationRequest.State.WAITING)
        .select_related("organisation")
        .order_by("-decided_on", "-pk")[:how_many]
    )


def last_request(organisation: Organisation) -> VerificationRequest | None:
    return organisation.requests.order_by("-pk").first()


def recovery_codes_left(account: Account) -> int:
    """How many printed codes this person has not used."""
    return account.recovery_codes.filter(used_on=None).count()


def live_link(mark: str, now: datetime) -> SignInCode | None:
    """The link of this mark, if it still serves."""
    return SignInCode.objects.filter(code_hash=mark, used_at=None, expires_at__gt=now).first()


def expired_proofs(before: datetime) -> QuerySet[SignInCode]:
    """Codes and links of no further use."""
    return SignInCode.objects.filter(Q(expires_at__lt=before) | Q(used_at__lt=before)).order_by("pk")


def not_yet_noted(accounts: set[int], *, by: str, what: str, process: str, day: date) -> set[int]:
    """Those among these accounts for whom this access of staff is not noted on this day."""
    if not accounts:
        return set()
    noted = StaffAccess.objects.filter(account__in=accounts, by=by, what=what, process=process, seen_on=day)
    return accounts - set(noted.values_list("account", flat=True))


def has_consented(account: Account, subject: str) -> bool:
    """Whether this person agreed to this, in whatever words, and has not taken it back."""
    return Consent.objects.filter(account=account, subject=subject, withdrawn_on=None).exists()


def consents_of(account: Account) -> list[Consent]:
    """All that this person agreed to, and took back, first to last."""
    return list(account.consents.all())


def accesses_to(account: Account) -> list[StaffAccess]:
    """When staff saw what this person has not made public, last first."""
    return list(account.accesses.all())
