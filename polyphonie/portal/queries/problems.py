"""Which problems were reported? The latest, answered or not."""

from polyphonie.portal.models import ProblemReport

LATEST = 50


def latest_problems(*, is_administrator: bool) -> list[ProblemReport]:
    """What everyone reads leaves out reports about a text: their words may repeat what should not be shown."""
    reports = ProblemReport.objects.all()
    if not is_administrator:
        reports = reports.exclude(page__contains="/contributions/")
    return list(reports[:LATEST])


def problem(pk: int) -> ProblemReport | None:
    return ProblemReport.objects.filter(pk=pk).first()
