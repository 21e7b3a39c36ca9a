"""What can happen to a case? It is opened, claimed, its author is heard, it is decided, contested, judged by someone else."""

from polyphonie.moderation.actions.appealing import judge, lodge_appeal
from polyphonie.moderation.actions.deciding import confirm_urgent, decide, hide_flood, hide_urgently, restore_text
from polyphonie.moderation.actions.flagging import flag, open_case
from polyphonie.moderation.actions.hearing import give_notice, reply
from polyphonie.moderation.actions.sharing import claim_case, claim_text, mark_read, release

__all__ = [
    "claim_case", "claim_text", "confirm_urgent", "decide", "flag", "give_notice", "hide_flood", "hide_urgently", "judge",
    "lodge_appeal", "mark_read", "open_case", "release", "reply", "restore_text",
]  # fmt: skip
