"""Which name stands beside a text? Its author's at publication, until they leave, or until moderation hides it."""

from polyphonie.contributions.actions.announcing import announce_change, announce_loss
from polyphonie.contributions.actions.traces import erase_author_names, record_decision
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import assert_writing


def forget_author(contribution: Contribution) -> None:
    """Its author closed their account: the name goes with the salts of its commitments, and what waits to quote it.

    The register says that the name of each revision is erased; the text can still be opened. An organisation's name stays on
    what was said for it.
    """
    assert_writing()
    if contribution.speaks_for_id is not None:
        return
    contribution.author_name = contribution.hidden_author_name = ""
    contribution.save(update_fields=["author_name", "hidden_author_name"])
    erase_author_names(contribution)
    announce_loss(contribution, is_own=True)


def hide_author_name(contribution: Contribution, *, ground: str, actor: str) -> None:
    """Print « nom masqué » beside a text: the name of its author, or of who they spoke for, was hidden. Kept apart, so that no
    page, feed or file prints it."""
    assert_writing()
    if not contribution.author_name:
        return
    contribution.hidden_author_name, contribution.author_name = contribution.author_name, ""
    contribution.save(update_fields=["author_name", "hidden_author_name"])
    record_decision(contribution, "name_hidden", actor=actor, ground=ground)
    announce_loss(contribution)


def restore_author_name(contribution: Contribution, *, actor: str) -> None:
    """Print again the name that was hidden."""
    assert_writing()
    if not contribution.hidden_author_name:
        return
    contribution.author_name, contribution.hidden_author_name = contribution.hidden_author_name, ""
    contribution.save(update_fields=["author_name", "hidden_author_name"])
    record_decision(contribution, "name_restored", actor=actor)
    announce_change(contribution)
