"""What becomes of the PDF when a text is taken away? They go, inside the act, and once more when it is committed."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from polyphonie.contributions.models import Contribution
from polyphonie.contributions.signals import visibility_changed
from polyphonie.synthesis import shelf


@receiver(visibility_changed, dispatch_uid="synthesis.withdrawing")
def follow(sender: object, contribution: Contribution, takes_away: bool, **_named: Any) -> None:
    if takes_away:
        process = contribution.process.slug
        shelf.withdraw(process)
        transaction.on_commit(lambda: shelf.withdraw(process))
