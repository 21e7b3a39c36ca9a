"""What is due by itself in moderation? Hearings end, urgent hidings lapse, claims and files are forgotten; each may run twice."""

from collections.abc import Callable

from django.db.models import Q
from django.utils import timezone

from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.writing import hold, writing
from polyphonie.moderation.actions.deciding import Person, close_moot, give_back
from polyphonie.moderation.actions.forgetting import files_to_forget, forget_file, forget_sealed, texts_to_forget
from polyphonie.moderation.actions.hearing import end_silent_hearing
from polyphonie.moderation.actions.sharing import forget_claims
from polyphonie.moderation.actions.showing import VERBS, destroy
from polyphonie.moderation.kinds import WRITTEN
from polyphonie.moderation.models import STILL_OPEN, Act, Case, Claim, Decision, State
from polyphonie.moderation.queries import hearing_of, removed_for_good, unsealable
from polyphonie.moderation.rules import is_heard
from polyphonie.moderation.turns import examining
from polyphonie.processes.models import Consultation

GONE = (Status.WITHDRAWN, Status.ERASED)


def end_hearings() -> int:
    """Cases whose author did not reply in 48 hours come back to the desk; how many."""
    due = Case.objects.filter(state=State.HEARING, hearing__due_at__lte=timezone.now())
    return sum(_end_hearing(pk) for pk in due.order_by("pk").values_list("pk", flat=True))


def _end_hearing(pk: int) -> bool:
    with examining(pk) as (case, now):
        is_due = case.state == State.HEARING and is_heard(hearing_of(case), now)
        if is_due:
            end_silent_hearing(case)
        return is_due


def let_urgent_hidings_lapse() -> int:
    """Texts hidden urgently on a ground of the charter, and not confirmed by a second person, are shown again; how many."""
    due = Decision.objects.filter(
        act=Act.HIDDEN_URGENTLY,
        ground__startswith="charter_",
        ended_at=None,
        confirmed_at=None,
        confirm_before__lte=timezone.now(),
    )
    return sum(_lapse(pk) for pk in due.order_by("pk").values_list("pk", flat=True))


def _lapse(pk: int) -> bool:
    with examining(Decision.objects.values_list("case", flat=True).get(pk=pk)) as (case, now):
        urgent = case.decisions.filter(pk=pk, ended_at=None, confirmed_at=None, confirm_before__lte=now).first()
        if urgent is not None:
            give_back(urgent, "", Person(), now=now)
        return urgent is not None


def close_withdrawn() -> int:
    """Cases whose text its author took back, or whose name left with its account, are closed; how many."""
    left = Q(account__closed_on__isnull=False)
    for kind in WRITTEN:
        left |= Q(**{f"{kind}__status__in": GONE})
    gone = Case.objects.filter(left, state__in=STILL_OPEN)
    return sum(_close_withdrawn(pk) for pk in gone.order_by("pk").values_list("pk", flat=True))


def _close_withdrawn(pk: int) -> bool:
    with examining(pk) as (case, now):
        is_moot = case.state in STILL_OPEN and _has_left(case)
        if is_moot:
            close_moot(case, now=now)
        return is_moot


def _has_left(case: Case) -> bool:
    if case.text is not None:
        return case.text.status in GONE
    return case.account is not None and case.account.closed_on is not None


def destroy_removed() -> int:
    """Texts removed by a decision that can no longer be contested, or that was upheld, are destroyed; how many."""
    due = removed_for_good(timezone.now()).values_list("pk", flat=True)
    return sum(_destroy(pk) for pk in list(due))


def _destroy(pk: int) -> bool:
    with examining(Decision.objects.values_list("case", flat=True).get(pk=pk)) as (_case, now):
        removal = (
            removed_for_good(now)
            .filter(pk=pk)
            .select_related("contribution__process__log", "annotation__document__process__log")
            .first()
        )
        if removal is not None:
            destroy(removal, now=now)
        return removal is not None


def give_claims_back() -> int:
    """What a moderator took and left goes back to all; how many."""
    if not Claim.objects.filter(expires_at__lte=timezone.now()).exists():
        return 0
    with writing() as now:
        return forget_claims(now=now)


def forget_sealed_texts() -> int:
    """What masks and moves left to undo them is destroyed once nobody can contest; how many."""
    if not unsealable(timezone.now()).exists():
        return 0
    with writing() as now:
        return forget_sealed(now=now)


def forget_files() -> int:
    """A year after a case is over, the words in it are destroyed; what is coded stays; how many cases."""
    due = files_to_forget(timezone.now()).values_list("pk", flat=True)
    for pk in (keys := list(due[:500])):
        with examining(pk) as (case, now):
            forget_file(case, now=now)
    return len(keys)


def forget_hidden_texts() -> int:
    """The words of hidden texts whose author has left are destroyed once their files are; how many texts."""
    due = [(kind, pk) for kind in WRITTEN for pk in texts_to_forget(kind).values_list("pk", flat=True)[:500]]
    return sum(_forget_hidden(kind, pk) for kind, pk in due)


def _forget_hidden(kind: str, pk: int) -> bool:
    with writing():
        text = texts_to_forget(kind).filter(pk=pk).first()
        if isinstance(text, Contribution):
            hold(Consultation(pk=text.consultation_id))
            text = texts_to_forget(kind).filter(pk=pk).first()
        if text is not None:
            VERBS[kind].forget(text)
        return text is not None


TASKS: list[Callable[[], int]] = [
    end_hearings,
    let_urgent_hidings_lapse,
    close_withdrawn,
    destroy_removed,
    give_claims_back,
    forget_sealed_texts,
    forget_files,
    forget_hidden_texts,
]
"""What is done at each tick, after those of `consultation`."""
