"""What does a moderator decide? To hide a text with a ground, and to show it again."""

from datetime import datetime

from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.moderation.messages import tell_hidden
from polyphonie.moderation.models import Decision, Ground
from polyphonie.moderation.rules import reason_refusal


def hide_text(contribution: Contribution, *, ground: Ground, facts: str, actor: str, now: datetime) -> Decision:
    """Hide a text: its address keeps a notice with the ground and the day, never the author's name."""
    assert_writing()
    ensure(reason_refusal(facts))
    voices.hide(contribution, ground=ground.value, actor=actor, now=now)
    tell_hidden(contribution, ground=ground, facts=facts.strip(), now=now)
    return Decision.objects.create(
        contribution=contribution, act=Decision.Act.HIDDEN, ground=ground, facts=facts.strip(), actor=actor, decided_at=now
    )


def restore_text(contribution: Contribution, *, facts: str, actor: str, now: datetime) -> Decision:
    """Show a hidden text again, with the reason."""
    assert_writing()
    ensure(reason_refusal(facts))
    voices.restore(contribution, actor=actor, now=now)
    return Decision.objects.create(
        contribution=contribution, act=Decision.Act.RESTORED, facts=facts.strip(), actor=actor, decided_at=now
    )
