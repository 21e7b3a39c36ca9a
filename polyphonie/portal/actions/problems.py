"""What can be done about the site itself? Tell it of a problem, answer that."""

from datetime import datetime, timedelta

from django.db.models import Q

from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.portal.models import ProblemReport
from polyphonie.portal.rules import PROBLEM_DAYS, answer_refusal, problem_refusal

DAY = timedelta(days=1)
PAGE_LENGTH = 300


def report_problem(page: str, words: str, *, now: datetime) -> ProblemReport:
    """Keep what someone says of a page; nothing about who says it. Raises Refused."""
    assert_writing()
    words = cleaned(words)
    ensure(problem_refusal(words, reported_today=ProblemReport.objects.filter(reported_at__gt=now - DAY).count()))
    return ProblemReport.objects.create(page=cleaned(page)[:PAGE_LENGTH], words=words, reported_at=now)


def forget_problems(*, now: datetime) -> int:
    """Destroy the reports that are over; how many."""
    assert_writing()
    before = now - timedelta(days=PROBLEM_DAYS)
    over = Q(answered_at__lt=before) | Q(answered_at=None, reported_at__lt=before)
    return ProblemReport.objects.filter(over).delete()[0]


def answer_problem(report: ProblemReport, answer: str, *, now: datetime) -> ProblemReport:
    """Answer a report; from then on everyone reads its words and the answer. Raises Refused."""
    assert_writing()
    answer = cleaned(answer)
    ensure(answer_refusal(answer, is_answered=report.is_answered))
    report.answer, report.answered_at = answer, now
    report.save(update_fields=["answer", "answered_at"])
    return report
