"""Which problems were reported? The latest, answered or not."""

from polyphonie.portal.models import ProblemReport

LATEST = 50


def latest_problems() -> list[ProblemReport]:
    return list(ProblemReport.objects.all()[:LATEST])


def problem(pk: int) -> ProblemReport | None:
    return ProblemReport.objects.filter(pk=pk).first()
