"""Which accounts were closed since a backup was made? A journal outside the database, so that a restore closes them again.

It names nobody: the number of the account's row (which stays, nameless), a fingerprint of the secret that was destroyed, the day,
and the two choices of its owner. It is written once the closing is committed.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from polyphonie.accounts.models import Account


@dataclass(frozen=True)
class Closing:
    """One line of the journal; `mark` tells the account from another to which a restored database gave the same number."""

    account: int
    mark: str
    joined_on: str
    removes_texts: bool
    withdraws_votes: bool
    closed_on: str


def journal() -> Path:
    return Path(settings.POLYPHONIE_VAR) / "log" / "closings.jsonl"


def closing_of(account: Account, *, removes_texts: bool, withdraws_votes: bool, now: datetime) -> Closing:
    """The line of an account about to be closed: asked while its secret is still there."""
    return Closing(
        account=account.pk,
        mark=_mark(account),
        joined_on=_day(account.joined_on),
        removes_texts=removes_texts,
        withdraws_votes=withdraws_votes,
        closed_on=_day(timezone.localdate(now)),
    )


def note(closing: Closing) -> None:
    """Add a line, on the disk before this returns."""
    journal().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with journal().open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(closing)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def noted(path: Path | None = None) -> list[Closing]:
    """Every line, in order; one that was cut short is left out."""
    place = path or journal()
    found = []
    for line in place.read_text(encoding="utf-8").splitlines() if place.exists() else []:
        try:
            found.append(Closing(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def to_close_again(closings: Iterable[Closing]) -> list[tuple[Account, Closing]]:
    """The accounts of this database that are open though the journal says that they were closed."""
    found = {}
    for closing in closings:
        account = Account.objects.filter(pk=closing.account, closed_on=None).first()
        if account is not None and _day(account.joined_on) == closing.joined_on and _mark(account) in ("", closing.mark):
            found[account.pk] = (account, closing)
    return [found[key] for key in sorted(found)]


def _mark(account: Account) -> str:
    """Nothing about the person: a digest of 60 random bytes; empty for an account that never had a secret."""
    if account.wrapped_secret is None:
        return ""
    return hashlib.sha256(b"polyphonie closing\x00" + bytes(account.wrapped_secret)).hexdigest()


def _day(day: date | str) -> str:
    return day if isinstance(day, str) else day.isoformat()
