"""What may be imported, and taken back?"""

from django.utils.translation import gettext as _

from polyphonie.opendata.models import Import


def undo_refusal(batch: Import, *, has_successor: bool) -> str | None:
    """Whether an import can be taken back: it stands, and no later one rests on it."""
    if batch.state in (Import.State.UNDONE, Import.State.WITHDRAWN):
        return _("This import was taken back already.")
    if has_successor:
        return _("A later import completes this one: take that one back first.")
    return None
