"""What can happen to a voice? It is published, at once or after review; revised; taken back; hidden, shown again, removed.

Those that carry the votes with a text (a masked passage, a typographic change) or move it are `consultation.actions.moderating`.
"""

from polyphonie.contributions.actions.deciding import Decided, set_fate, set_fates
from polyphonie.contributions.actions.names import forget_author, hide_author_name, restore_author_name
from polyphonie.contributions.actions.publishing import Text, next_numbers, publish, publish_submitted, refuse_submitted
from polyphonie.contributions.actions.revising import new_revision, revise
from polyphonie.contributions.actions.showing import accept_completion, forget_words, hide, remove, restore, withdraw

__all__ = [
    "Decided",
    "Text",
    "accept_completion",
    "forget_author",
    "forget_words",
    "hide",
    "hide_author_name",
    "new_revision",
    "next_numbers",
    "publish",
    "publish_submitted",
    "refuse_submitted",
    "remove",
    "restore",
    "restore_author_name",
    "revise",
    "set_fate",
    "set_fates",
    "withdraw",
]
