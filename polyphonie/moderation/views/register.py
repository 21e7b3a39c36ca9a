"""The public register of moderation: every decision in coded fields, and figures that anyone recomputes from `moderation.csv`."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from polyphonie.annotations.models import Document
from polyphonie.core.serving.freshness import shared_page
from polyphonie.moderation.dataset import moderation_rows
from polyphonie.moderation.models import Act, Appeal, Ground
from polyphonie.moderation.queries import urgent_waiting, waiting_appeals
from polyphonie.moderation.statistics import statistics
from polyphonie.processes.models import Process

SHOWN = 100


@shared_page
def moderation_register(request: HttpRequest, process: str) -> HttpResponse:
    """The last decisions, and what all of them add up to."""
    held = get_object_or_404(Process, slug=process, is_listed=True)
    now = timezone.now()
    rows = list(moderation_rows(held))
    return render(
        request,
        "moderation/register.html",
        {
            "process": held,
            "figures": statistics(rows, at=now),
            "rows": [row | {"decided_at": datetime.fromisoformat(row["application_date"])} for row in rows[::-1][:SHOWN]],
            "titles": dict(Document.objects.filter(process=held).values_list("slug", "title")),
            "acts": dict(Act.choices),
            "grounds": dict(Ground.choices),
            "outcomes": dict(Appeal.Outcome.choices),
            "late_appeals": [waiting for waiting in waiting_appeals(held, now=now) if waiting.is_late],
            "late": [urgent for urgent in urgent_waiting(held) if urgent.confirm_before and urgent.confirm_before <= now],
        },
    )
