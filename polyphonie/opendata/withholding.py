"""What becomes of the export people download when a text is taken away? By moderation, it is withheld until the next."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from polyphonie.annotations.models import Annotation
from polyphonie.annotations.signals import annotation_changed
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.signals import visibility_changed
from polyphonie.opendata.publishing import note_erasure, withhold


@receiver(visibility_changed, dispatch_uid="opendata.withholding")
def follow(sender: object, contribution: Contribution, takes_away: bool, is_own: bool, **_named: Any) -> None:
    """Called in the transaction of the act; done once it is committed."""
    if takes_away:
        act = note_erasure if is_own else withhold
        transaction.on_commit(lambda: act(contribution.process))


@receiver(annotation_changed, dispatch_uid="opendata.withholding.annotations")
def follow_annotation(sender: object, annotation: Annotation, takes_away: bool, is_own: bool, **_named: Any) -> None:
    """The same of a comment."""
    if takes_away:
        act = note_erasure if is_own else withhold
        transaction.on_commit(lambda: act(annotation.document.process))
