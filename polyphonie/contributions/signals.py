"""What must an earlier stage tell later ones? That a voice appeared, changed its text, or is not shown any more.

`visibility_changed(contribution, takes_away, is_own)` is sent by `contributions.actions.announcing` alone, in the transaction of
the act; `takes_away` says that the text, a passage or the name of its author is not shown any more: what later stages hold of it
goes too; `is_own` that its author did it.
"""

from django.dispatch import Signal

visibility_changed = Signal()
