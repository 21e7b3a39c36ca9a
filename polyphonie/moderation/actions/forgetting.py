"""What is destroyed of a file once it is over? Every word of flags, hearing, reasons and appeal; what is coded stays."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from polyphonie.core.writing import assert_writing
from polyphonie.moderation.models import Appeal, Case, Decision, Flag, Hearing, State, StatementOfReasons
from polyphonie.moderation.queries import HIDDEN_STATUS, model_of, unsealable
from polyphonie.moderation.rules import FILES_KEPT


def forget_sealed(*, now: datetime) -> int:
    """Destroy what was kept to undo decisions that nobody can contest any more; how many."""
    assert_writing()
    return unsealable(now).delete()[0]


def files_to_forget(now: datetime) -> QuerySet[Case]:
    """Cases over for a year of which some words are still kept."""
    over = Case.objects.filter(state__in=(State.DECIDED, State.SETTLED), decided_at__lt=now - FILES_KEPT)
    judged_long_ago = ~Q(decisions__appeal__judged_at__gte=now - FILES_KEPT)
    has_words = Q(words_forgotten_on=None)
    return over.filter(judged_long_ago, has_words).order_by("pk")


def texts_to_forget(kind: str) -> QuerySet[Any]:
    """Hidden texts of a kind whose author has left, and whose every file is forgotten: nobody can ask any more to see them again.

    One whose words are gone has no salt left.
    """
    salt = "revisions__salt__isnull" if kind == "contribution" else "salt__isnull"
    texts = model_of(kind).objects.filter(**{salt: False})
    left = texts.filter(status=HIDDEN_STATUS, speaks_for=None, author__closed_on__isnull=False)
    kept = Case.objects.filter(**{kind: OuterRef("pk")}, words_forgotten_on=None)
    return left.exclude(Exists(kept)).distinct().order_by("pk")


def forget_file(case: Case, *, now: datetime) -> None:
    """Destroy the words of a case."""
    assert_writing()
    today = timezone.localdate(now)
    Flag.objects.filter(case=case).update(words="")
    Hearing.objects.filter(case=case).update(facts="", reply="")
    StatementOfReasons.objects.filter(decision__case=case).update(facts="", forgotten_on=today)
    Decision.objects.filter(case=case).update(words="")
    Appeal.objects.filter(decision__case=case).update(words="", reasons="")
    case.words_forgotten_on = today
    case.save(update_fields=["words_forgotten_on"])
