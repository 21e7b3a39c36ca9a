"""How does a case begin? Someone flags a text, or a moderator opens one; a thousand flags of one text are one case."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Unpack

from django.db import connection
from django.db.models import F

from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.moderation.kinds import Subject
from polyphonie.moderation.models import STILL_OPEN, Act, Case, CaseSeries, Flag
from polyphonie.moderation.queries import about, is_shown
from polyphonie.moderation.rules import flag_refusal, severity
from polyphonie.processes.models import Process

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16


@dataclass(frozen=True)
class Receipt:
    """What who flagged takes away: their flag, and the code that leads back to its answer, printed once and never kept."""

    flag: Flag
    code: str


def flag(process: Process, *, ground: str, words: str, now: datetime, **on: Unpack[Subject]) -> Receipt:
    """Flag a text, or a name. Nothing is hidden by it and no order changes. Raises Refused."""
    assert_writing()
    words = cleaned(words)
    subject = Case(process=process, **on)
    ensure(flag_refusal(is_shown=is_shown(subject), words=words))
    case = _answered(subject, ground) or open_case(process, now=now, **on)
    code = "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))
    flagged = Flag.objects.create(case=case, ground=ground, words=words, code_hash=code_hash(code), flagged_at=now)
    Case.objects.filter(pk=case.pk).update(flags=F("flags") + 1)
    Case.objects.filter(pk=case.pk, severity__lt=severity(ground)).update(severity=severity(ground))
    return Receipt(flagged, "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4)))


def open_case(process: Process, *, now: datetime, **on: Unpack[Subject]) -> Case:
    """The one open case of this text, or of this name: found, or opened now."""
    assert_writing()
    asked = Case(process=process, **on)
    there = Case.objects.filter(about(asked), process=process, state__in=STILL_OPEN)
    case = there.first()
    if case is None:
        new = {"number": _next_number(process), "opened_at": now, "revision": _revision_of(asked)}
        case, _created = there.get_or_create(process=process, **on, defaults=new)
    return case


def _next_number(process: Process) -> int:
    """Take the next number of a process's cases."""
    table = CaseSeries._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (process_id, last_number) VALUES (%s, 1) ON CONFLICT (process_id) "  # noqa: S608  (our own table; the value is bound)
            f"DO UPDATE SET last_number = {table}.last_number + 1 RETURNING last_number",
            [process.pk],
        )
        (number,) = cursor.fetchone()
    return int(number)


def _revision_of(item: Case) -> int:
    """The revision of its text; 0 for a name, which has none."""
    return getattr(item.subject, "revision", 0)


def _answered(subject: Case, ground: str) -> Case | None:
    """A case that kept this very revision after flags of this very ground: their answer is this one's too."""
    same = Case.objects.filter(about(subject), process=subject.process, revision=_revision_of(subject))
    last = same.order_by("-pk").first()
    if last is None or last.state in STILL_OPEN or not last.flagged.filter(ground=ground).exists():
        return None
    decision = last.decisions.first()
    return last if decision is not None and decision.act == Act.KEPT else None


def code_hash(code: str) -> str:
    """What is kept of a follow-up code; spaces, dashes and case do not count."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(signs.encode()).hexdigest()
