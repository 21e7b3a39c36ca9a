"""A page for staff shows what people have not made public: it is noted before it is shown."""

from collections.abc import Iterable

from django.utils import timezone

from polyphonie.accounts.actions import note_accesses
from polyphonie.accounts.models import Account
from polyphonie.accounts.queries import not_yet_noted
from polyphonie.core.writing import writing


def note_shown(accounts: Iterable[Account], *, viewer: Account, by: str, what: str, process: str = "") -> None:
    """Note that this page shows these people's data to staff; nothing is written when today's note is there already."""
    shown = {account.pk for account in accounts} - {viewer.pk}
    missing = not_yet_noted(shown, by=by, what=what, process=process, day=timezone.localdate())
    if missing:
        with writing() as now:
            note_accesses(missing, by=by, what=what, now=now, process=process)
