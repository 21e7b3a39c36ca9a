"""What is due in the registers? Accepted leaves are sealed into their tree, and copied to the log folder."""

from polyphonie.core.writing import writing
from polyphonie.ledger import folder
from polyphonie.ledger.models import Log
from polyphonie.ledger.sealing import seal, unsealed_logs


def seal_logs() -> int:
    """Seal every log that has leaves waiting for their position; how many were."""
    sealed = 0
    for pk in unsealed_logs():
        with writing(lock=f"ledger.Log/{pk}") as now:
            sealed += seal(Log.objects.get(pk=pk), now=now) is not None
    return sealed


def keep_logs() -> int:
    """Copy what was sealed to the log folder, outside the database; how many leaves. A copy is kept by its source: here it may be
    taken away whole, which is no loss."""
    return sum(folder.keep(log) for log in Log.objects.filter(is_copy=False).order_by("pk"))


TASKS = [seal_logs, keep_logs]
