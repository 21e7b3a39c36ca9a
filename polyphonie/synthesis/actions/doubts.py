"""How are doubts settled and omissions explained? Together, with one reason, signed by a role, in the public trail."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.contributions.models import Contribution
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing
from polyphonie.processes.actions.traces import record_act
from polyphonie.processes.models import ActKind
from polyphonie.synthesis.checks.marks import Mark
from polyphonie.synthesis.models import SettledDoubt, Synthesis, UncitedReason
from polyphonie.synthesis.rules import fate_refusal, reason_refusal, writing_refusal

MOST_REASON = 2_000
AT_ONCE = 500


def settle_doubts(synthesis: Synthesis, marks: Sequence[Mark], *, reason: str, actor: str, now: datetime) -> SettledDoubt:
    """Settle amber marks of one kind with one reason: a line of the public trail."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    reason = cleaned(reason)[:MOST_REASON]
    ensure(reason_refusal(reason), status=422)
    if not marks or len({mark.check for mark in marks}) != 1:
        raise Refused(_("Choose what to settle: marks of one kind at a time."), status=422)
    told = [{"statement": mark.statement, "mark": mark.about, "cites": list(mark.numbers)} for mark in marks]
    settled = SettledDoubt.objects.create(
        synthesis=synthesis, check_name=marks[0].check, marks=told, reason=reason, settled_by=actor, settled_at=now
    )
    consultation = synthesis.consultation
    record_act(
        consultation.process,
        ActKind.DOUBTS,
        actor=actor,
        now=now,
        consultation=consultation,
        facts={"check": marks[0].check, "marks": told, "reason": reason},
    )
    return settled


def explain_omissions(
    synthesis: Synthesis, contributions: Iterable[Contribution], *, fate: str, reason: str, actor: str, now: datetime
) -> int:
    """Give one reason for contributions that are not cited; it becomes their first fate when the synthesis appears."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    reason = cleaned(reason)[:MOST_REASON]
    ensure(fate_refusal(fate), status=422)
    ensure(reason_refusal(reason), status=422)
    chosen = list(contributions)
    if not chosen:
        raise Refused(_("Choose at least one contribution."), status=422)
    given = {"fate": fate, "reason": reason, "given_by": actor, "given_at": now}
    UncitedReason.objects.bulk_create(
        [UncitedReason(synthesis=synthesis, contribution=contribution, **given) for contribution in chosen],
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["synthesis", "contribution"],
        update_fields=list(given),
    )
    return len(chosen)


def take_reason_back(synthesis: Synthesis, contribution: Contribution) -> None:
    """The contribution waits again for a citation or a reason."""
    assert_writing()
    ensure(writing_refusal(synthesis.state))
    UncitedReason.objects.filter(synthesis=synthesis, contribution=contribution).delete()
