"""What must an earlier stage tell later ones? That a voice appeared, changed its text, or changed its visibility.

`visibility_changed(contribution)` is sent by `contributions.actions` alone, in the transaction of the act: the search index,
the outbox and caches follow it.
"""

from django.dispatch import Signal

visibility_changed = Signal()
