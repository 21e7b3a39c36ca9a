"""What becomes of the PDF when a text is taken away? They go, inside the act, and once more when it is committed."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from polyphonie.contributions.models import Contribution
from polyphonie.contributions.signals import visibility_changed
from polyphonie.synthesis import shelf


def withdraw_printed(process: str) -> None:
    """No PDF of this process made until now is served any more."""
    shelf.withdraw(process)
    transaction.on_commit(lambda: shelf.withdraw(process))  # what was read before the end of the act is not kept either


@receiver(visibility_changed, dispatch_uid="synthesis.withdrawing")
def follow(sender: object, contribution: Contribution, takes_away: bool, **_named: Any) -> None:
    if takes_away:
        withdraw_printed(contribution.process.slug)
