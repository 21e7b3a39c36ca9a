"""Who must know that a text changed? Later stages; and, when something of it is not shown any more, all that holds it."""

from polyphonie.contributions.models import Contribution
from polyphonie.contributions.signals import visibility_changed
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing
from polyphonie.notifications.actions import withdraw_quoting
from polyphonie.notifications.queries import contribution_quote


def announce_change(contribution: Contribution, *, is_new: bool = False) -> None:
    """A text appeared, or says something else: pages that are held show it at once, but for one that is new."""
    assert_writing()
    if not is_new:
        let_go()
    visibility_changed.send(sender=Contribution, contribution=contribution, takes_away=False, is_own=False)


def announce_loss(contribution: Contribution, *, is_own: bool = False) -> None:
    """The text, a passage of it or its author's name is not shown any more: what waits to quote it is dropped, held pages go.
    `is_own` when its author did it."""
    assert_writing()
    withdraw_quoting(contribution_quote(contribution.process.slug, contribution.number))
    let_go()
    visibility_changed.send(sender=Contribution, contribution=contribution, takes_away=True, is_own=is_own)
