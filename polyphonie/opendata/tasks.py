"""What becomes of imports by themselves? Once pages are served, those that are done may have been read."""

from polyphonie.core.writing import writing
from polyphonie.opendata.actions import note_public
from polyphonie.opendata.models import Import


def note_public_imports() -> int:
    """Note which imports are public: from then on they are withdrawn, no longer undone; how many."""
    if not Import.objects.filter(state=Import.State.DONE, is_public=False, process__is_listed=True).exists():
        return 0
    with writing():
        return note_public()


TASKS = [note_public_imports]
