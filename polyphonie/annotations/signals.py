"""What must comments tell later stages? That one is shown again, or not shown any more.

`annotation_changed(annotation, takes_away, is_own)` is sent by `annotations.actions.announcing` alone, in the transaction of the
act; `takes_away` says that the text or its author's name is not shown any more; `is_own` that its author did it.
"""

from django.dispatch import Signal

annotation_changed = Signal()
