"""Who must know that a comment is shown, or not any more? Later stages; and, when it is not, all that holds it."""

from polyphonie.annotations.models import Annotation
from polyphonie.annotations.signals import annotation_changed
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing
from polyphonie.notifications.actions import withdraw_quoting


def quote_name(annotation: Annotation) -> str:
    """The name under which a message quotes a comment."""
    return f"annotation/{annotation.pk}"


def announce_change(annotation: Annotation) -> None:
    """It is shown again, or says its name again: pages that are held show it at once."""
    assert_writing()
    let_go()
    annotation_changed.send(sender=Annotation, annotation=annotation, takes_away=False, is_own=False)


def announce_loss(annotation: Annotation, *, is_own: bool = False) -> None:
    """Its text or its author's name is not shown any more: what waits to quote it is dropped, held pages go."""
    assert_writing()
    withdraw_quoting(quote_name(annotation))
    let_go()
    annotation_changed.send(sender=Annotation, annotation=annotation, takes_away=True, is_own=is_own)
