"""What becomes of the words kept sealed when their author takes the text back, or it is removed? They go at once."""

from typing import Any

from django.dispatch import receiver

from polyphonie.annotations.models import Annotation
from polyphonie.annotations.signals import annotation_changed
from polyphonie.contributions.models import Contribution, Status
from polyphonie.contributions.signals import visibility_changed
from polyphonie.moderation.models import SealedText


@receiver(visibility_changed, dispatch_uid="moderation.unsealing")
def follow(sender: object, contribution: Contribution, takes_away: bool, is_own: bool, **_named: Any) -> None:
    """Called in the transaction of the act."""
    if takes_away and (is_own or contribution.status == Status.REMOVED):
        SealedText.objects.filter(decision__contribution=contribution).delete()


@receiver(annotation_changed, dispatch_uid="moderation.unsealing.annotations")
def follow_comment(sender: object, annotation: Annotation, takes_away: bool, is_own: bool, **_named: Any) -> None:
    """Called in the transaction of the act."""
    if takes_away and (is_own or annotation.status == Annotation.Status.REMOVED):
        SealedText.objects.filter(decision__annotation=annotation).delete()
