"""What is done by itself? Imports that people may have read are noted; exports are made each day and after each close."""

from django.utils import timezone

from polyphonie.core.writing import writing
from polyphonie.opendata.actions import note_public
from polyphonie.opendata.models import Import
from polyphonie.opendata.publishing import is_due, publish
from polyphonie.processes.models import Process


def note_public_imports() -> int:
    """Note which imports are public: from then on they are withdrawn, no longer undone; how many."""
    if not Import.objects.filter(state=Import.State.DONE, is_public=False, process__is_listed=True).exists():
        return 0
    with writing():
        return note_public()


def publish_exports() -> int:
    """Make the export of every public process that is due for one; how many."""
    now = timezone.now()
    due = [process for process in Process.objects.filter(is_listed=True).order_by("pk") if is_due(process, now=now)]
    for process in due:
        publish(process)
    return len(due)


TASKS = [note_public_imports]

LENGTHY = [publish_exports]
