"""How is a decision contested? By its author or who flagged, for six months; someone who had no part in it decides again."""

from datetime import datetime

from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.moderation import messages
from polyphonie.moderation.actions import showing
from polyphonie.moderation.actions.deciding import Person, give_back
from polyphonie.moderation.models import STILL_OPEN, Act, Appeal, Case, Decision, State
from polyphonie.moderation.queries import about, appeal_people, hearing_of, involved, stuck_appeals
from polyphonie.moderation.rules import WORDS_LENGTH, appeal_refusal, is_case_over, judge_refusal
from polyphonie.processes.models import RoleAssignment


def lodge_appeal(decision: Decision, words: str, *, party: Appeal.Party, is_party: bool, now: datetime) -> Appeal:
    """Contest a decision; the appeal body is told. `is_party` says that this is the author, or who holds a flag's code."""
    assert_writing()
    words = cleaned(words)[:WORDS_LENGTH]
    has_appeal = Appeal.objects.filter(decision=decision).exists()
    ensure(appeal_refusal(decision, party=party, is_party=is_party, has_appeal=has_appeal, words=words, now=now))
    appeal = Appeal.objects.create(
        decision=decision, party=party, words=words, lodged_at=now, first_decider_id=decision.decider_id
    )
    if is_case_over(decision.case):  # else it is an urgent hiding, on which a second person still has to decide
        decision.case.state = State.APPEALED
        decision.case.save(update_fields=["state"])
    showing.leave_leaf("appeal", decision.case, "lodged", actor=party)
    messages.tell_appeal_lodged(appeal, now=now)
    if any(waiting.appeal == appeal for waiting in stuck_appeals(decision.case.process, now=now)):
        messages.tell_no_judge(appeal, now=now)
    return appeal


def judge(appeal: Appeal, outcome: Appeal.Outcome, *, reasons: str, by: RoleAssignment, now: datetime) -> Appeal:
    """Decide again: uphold, or overturn, which shows the text again, or sends a kept one back to the desk. Raises Refused."""
    assert_writing()
    assert outcome in Appeal.JUDGMENTS
    decision = appeal.decision
    case, person = decision.case, Person.of(by)
    has_body = bool(appeal_people(case.process))
    ensure(
        judge_refusal(appeal, role=by.role, by=by.account_id, involved=involved(case), has_appeal_body=has_body, reasons=reasons)
    )
    appeal.outcome, appeal.reasons, appeal.judged_at = outcome, reasons.strip(), now
    appeal.judge_id, appeal.actor = by.account_id, person.name
    appeal.save(update_fields=["outcome", "reasons", "judged_at", "judge", "actor"])
    showing.leave_leaf("appeal", case, outcome, actor=person.name, ground=decision.ground)
    if case.state == State.APPEALED:
        case.state = State.SETTLED
        case.save(update_fields=["state"])
    if outcome == Appeal.Outcome.OVERTURNED and decision.is_restriction and decision.ended_at is None:
        give_back(decision, reasons, person, now=now)
    elif outcome == Appeal.Outcome.UPHELD and decision.act == Act.HIDDEN_URGENTLY and decision.ended_at is None:
        _let_stand(decision, now)
    elif outcome == Appeal.Outcome.OVERTURNED and decision.act == Act.KEPT:
        _examine_again(appeal)
    messages.tell_judged(appeal, now=now)
    return appeal


def _let_stand(urgent: Decision, now: datetime) -> None:
    """Who judged the appeal is the second person who looked at an urgent hiding: it stands until the author was heard."""
    if urgent.confirmed_at is None:
        urgent.confirmed_at = now
        urgent.save(update_fields=["confirmed_at"])


def _examine_again(appeal: Appeal) -> None:
    """A text that should not have been kept as it was comes back to the desk, where its author will be heard."""
    case = appeal.decision.case
    if not Case.objects.filter(about(case), state__in=STILL_OPEN).exists():
        case.state, case.decided_at = (State.OPEN if hearing_of(case) is None else State.HEARD), None
        case.save(update_fields=["state", "decided_at"])
