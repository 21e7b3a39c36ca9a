"""Which problems were reported? All of them, answered or not, the latest first."""

from django.db.models import QuerySet

from polyphonie.portal.models import ProblemReport

PER_PAGE = 50


def problems_told(*, is_administrator: bool) -> QuerySet[ProblemReport]:
    """What everyone reads leaves out reports about a text: their words may repeat what should not be shown."""
    reports = ProblemReport.objects.all()
    if not is_administrator:
        reports = reports.exclude(page__contains="/contributions/")
    return reports


def problem(pk: int) -> ProblemReport | None:
    return ProblemReport.objects.filter(pk=pk).first()
