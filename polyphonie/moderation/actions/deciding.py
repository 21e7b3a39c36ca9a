"""What does a moderator decide? After the author was heard, or urgently, or of volume spam at once; and each time, why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation

from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.moderation import messages
from polyphonie.moderation.actions import showing
from polyphonie.moderation.actions.flagging import open_case
from polyphonie.moderation.actions.hearing import open_hearing
from polyphonie.moderation.actions.sharing import Written, claim_case, release
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.kinds import on
from polyphonie.moderation.models import (
    AFTER_HEARING,
    RESTRICTIONS,
    Act,
    Appeal,
    Case,
    Decision,
    Ground,
    State,
    StatementOfReasons,
)
from polyphonie.moderation.queries import authors_of, hearing_of, in_force, standing_of
from polyphonie.moderation.reasons import REASONS, reasons_of
from polyphonie.moderation.rules import (
    CONFIRMATION_TIME,
    CONTEST_TIME,
    confirm_refusal,
    decide_refusal,
    flood_refusal,
    reason_refusal,
    return_refusal,
    urgent_refusal,
)
from polyphonie.processes.actions import actor_name
from polyphonie.processes.models import Process, Role, RoleAssignment

CLOCK = "clock"


@dataclass(frozen=True)
class Person:
    """Who acts: a person, who appears by role and number; nobody for the clock."""

    name: str = CLOCK
    account: int | None = None

    @classmethod
    def of(cls, role: RoleAssignment) -> "Person":
        return cls(actor_name(Role(role.role), role.number), role.account_id)


def decide(case: Case, measure: Measure, *, facts: str, by: RoleAssignment, now: datetime) -> Decision:
    """Decide on a case: keep the text, or restrict it once its author was heard. Raises Refused."""
    assert_writing()
    person, standing = Person.of(by), standing_of(case)
    ensure(reason_refusal(facts))
    ensure(decide_refusal(case, standing, act=measure.act, ground=measure.ground, by=by.account_id, now=now))
    claim_case(case, by=by, now=now)
    _end(standing.urgent, now)
    if measure.act in RESTRICTIONS:
        kept = showing.before(case, measure)
        showing.restrict(case, measure, actor=person.name, now=now)
        decision = _restriction(case, measure.act, Ground(measure.ground), facts, person, now)
        showing.seal(decision, kept)
    elif standing.is_submitted:
        showing.show(case, actor=person.name, now=now)
        decision = _favourable(case, Act.KEPT, facts, person, now)
    elif standing.urgent is not None:
        showing.show(case, actor=person.name, now=now)
        decision = _favourable(case, Act.RESTORED, facts, person, now)
    else:
        showing.leave_leaf("mod", case, "kept", actor=person.name)
        decision = _favourable(case, Act.KEPT, facts, person, now)
    _close(case, now)
    _carry_appeal(standing.urgent, decision, now)
    messages.tell_decision(decision, now=now)
    return decision


def hide_urgently(case: Case, *, ground: Ground, facts: str, by: RoleAssignment, now: datetime) -> Decision:
    """Hide before hearing: few grounds, once a text; its reasons leave at once, its author may reply, a second person decides."""
    assert_writing()
    person = Person.of(by)
    ensure(reason_refusal(facts))
    standing = standing_of(case)
    ensure(urgent_refusal(case, standing, ground=ground, by=by.account_id))
    claim_case(case, by=by, now=now)
    showing.hide(case, ground=ground, actor=person.name, now=now)
    if standing.hearing is None:
        open_hearing(case, ground=ground, facts=facts, now=now)
    decision = _restriction(case, Act.HIDDEN_URGENTLY, ground, facts, person, now)
    messages.tell_decision(decision, now=now)
    messages.ask_second_person(decision, now=now)
    release(case)
    return decision


def confirm_urgent(case: Case, *, by: RoleAssignment, now: datetime) -> Decision:
    """A second person looks at an urgent hiding and lets it stand until the author was heard. Raises Refused."""
    assert_writing()
    standing = standing_of(case)
    ensure(confirm_refusal(case, standing, by=by.account_id))
    assert standing.urgent is not None
    urgent, person = standing.urgent, Person.of(by)
    urgent.confirmed_at, urgent.confirmer_id = now, by.account_id
    urgent.save(update_fields=["confirmed_at", "confirmer"])
    showing.leave_leaf("mod", case, "confirmed", actor=person.name, ground=urgent.ground)
    return urgent


def hide_flood(process: Process, texts: Sequence[Written], *, facts: str, by: RoleAssignment, now: datetime) -> list[Decision]:
    """Volume spam: one decision for many texts, without hearing; each author has the reasons and may contest. Raises Refused."""
    assert_writing()
    ensure(reason_refusal(facts))
    authors = {text.author_id or f"name {text.author_name}" for text in texts}
    wordings = {" ".join(text.body.casefold().split()) for text in texts}
    ensure(flood_refusal(texts=len({(type(text), text.pk) for text in texts}), authors=len(authors), wordings=len(wordings)))
    decisions = []
    for text in texts:
        case, person = open_case(process, **on(text), now=now), Person.of(by)
        claim_case(case, by=by, now=now)
        showing.hide(case, ground=Ground.CHARTER_FLOOD, actor=person.name, now=now)
        decisions.append(_restriction(case, Act.HIDDEN, Ground.CHARTER_FLOOD, facts, person, now, is_bulk=True))
        _close(case, now)
        messages.tell_decision(decisions[-1], now=now)
    return decisions


def restore_text(case: Case, *, facts: str, by: RoleAssignment, now: datetime) -> Decision:
    """A moderator undoes a decision in favour of its author, with the reason. Raises Refused."""
    assert_writing()
    ensure(reason_refusal(facts))
    restriction = in_force(case)
    contested = Appeal.objects.filter(decision=restriction, outcome="").exists() if restriction is not None else False
    ensure(return_refusal(restriction, has_open_appeal=contested, authors=authors_of(case), by=by.account_id))
    assert restriction is not None
    return give_back(restriction, facts, Person.of(by), now=now)


def give_back(restriction: Decision, words: str, person: Person, *, now: datetime) -> Decision:
    """End a restriction in force and put the text back as it was, or say why it cannot be. Its caller asked its own rule."""
    assert_writing()
    case = restriction.case
    _end(restriction, now)
    undone = showing.undo(restriction, actor=person.name, now=now)
    act = Act.LAPSED if person.name == CLOCK else undone.act
    decision = _favourable(case, act, f"{words} {undone.refusal}", person, now)
    _close_appeals(case, person, now)
    messages.tell_decision(decision, now=now)
    return decision


def close_moot(case: Case, *, now: datetime) -> Decision:
    """The author withdrew the text: there is nothing left to decide, nor to look at again, and who flagged it is told so."""
    assert_writing()
    _end(standing_of(case).urgent, now)
    decision = _favourable(case, Act.MOOT, "", Person(), now)
    _close(case, now)
    _close_appeals(case, Person(), now)
    return decision


def _carry_appeal(urgent: Decision | None, decision: Decision, now: datetime) -> None:
    """The author contests an urgent hiding on which a second person has now decided: the appeal goes on against a restriction,
    and has no object any more once the text is shown."""
    appeal = Appeal.objects.filter(decision=urgent, outcome="").first() if urgent is not None else None
    if appeal is None:
        return
    if not decision.is_restriction:
        _close_appeals(decision.case, Person(decision.actor), now)
        return
    appeal.decision, appeal.first_decider_id = decision, decision.decider_id
    appeal.save(update_fields=["decision", "first_decider"])
    decision.case.state = State.APPEALED
    decision.case.save(update_fields=["state"])


def _close_appeals(case: Case, person: Person, now: datetime) -> None:
    """Nothing is restricted any more: an appeal that nobody had judged has no object."""
    for appeal in Appeal.objects.filter(decision__case=case, outcome="").exclude(decision__act=Act.KEPT):
        appeal.outcome, appeal.judged_at, appeal.actor = Appeal.Outcome.MOOT, now, person.name
        appeal.save(update_fields=["outcome", "judged_at", "actor"])
        showing.leave_leaf("appeal", case, "moot", actor=person.name)


def _restriction(
    case: Case, act: Act, ground: Ground, facts: str, person: Person, now: datetime, *, is_bulk: bool = False
) -> Decision:
    statement = StatementOfReasons.objects.create(
        ground=ground, facts=facts.strip(), made_at=now, contest_until=now + CONTEST_TIME, **_own_words(case.process, ground)
    )
    is_urgent = act == Act.HIDDEN_URGENTLY
    return Decision.objects.create(
        **_about(case),
        act=act,
        ground=ground,
        statement=statement,
        hearing=hearing_of(case) if act in AFTER_HEARING and not is_bulk else None,
        is_bulk=is_bulk,
        actor=person.name,
        decider_id=person.account,
        decided_at=now,
        confirm_before=now + CONFIRMATION_TIME if is_urgent else None,
    )


def _own_words(process: Process, ground: Ground) -> dict[str, str]:
    """What the charter says here of a ground today, which the statement keeps; nothing where the general words hold."""
    with translation.override(settings.LANGUAGE_CODE):
        reason, general = reasons_of(process)[ground], REASONS[ground]
        return {
            "article": "" if reason.article == general.article else str(reason.article),
            "sentence": "" if reason.sentence == general.sentence else str(reason.sentence),
        }


def _favourable(case: Case, act: Act, words: str, person: Person, now: datetime) -> Decision:
    return Decision.objects.create(
        **_about(case), act=act, words=words.strip(), actor=person.name, decider_id=person.account, decided_at=now
    )


def _about(case: Case) -> dict[str, object]:
    return {"case": case, case.kind: case.subject}


def _end(restriction: Decision | None, now: datetime) -> None:
    if restriction is not None:
        restriction.ended_at = now
        restriction.save(update_fields=["ended_at"])


def _close(case: Case, now: datetime) -> None:
    case.state, case.decided_at = State.DECIDED, now
    case.save(update_fields=["state", "decided_at"])
    release(case)
