"""What is due by itself once a synthesis is published? People are told of it."""

from polyphonie.core.writing import writing
from polyphonie.synthesis.actions.telling import tell_some
from polyphonie.synthesis.models import SynthesisVersion


def tell_of_syntheses() -> int:
    """Queue what people are to be told of published versions, a hundred a transaction; how many mails. Safe when run twice."""
    queued = 0
    due = SynthesisVersion.objects.filter(told_up_to__isnull=False).order_by("pk")
    for pk in due.values_list("pk", flat=True):
        while True:
            with writing() as now:
                found = SynthesisVersion.objects.select_related("synthesis__consultation__process", "synthesis__document")
                version = found.select_for_update(of=("self",)).get(pk=pk)
                if version.told_up_to is None:
                    break
                queued += tell_some(version, now=now)
    return queued


TASKS = [tell_of_syntheses]
"""What `tick` runs, in this order."""
