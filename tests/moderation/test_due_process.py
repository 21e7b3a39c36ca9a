"""Is due process held in every state that a case can reach? D1 (reasons) and D2 (hearing, someone else).

Exhaustively on the rules alone, which are pure; then along many lives of a case on the real database.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction

from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing_at
from polyphonie.moderation import actions, rules
from polyphonie.moderation.actions.deciding import Person, give_back
from polyphonie.moderation.actions.hearing import end_silent_hearing
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.models import AFTER_HEARING, RESTRICTIONS, Act, Appeal, Case, Decision, Ground, Hearing, State
from polyphonie.moderation.rules import CONFIRMATION_TIME, HEARING_TIME, Standing, is_heard
from polyphonie.processes.models import Role, RoleAssignment
from tests.moderation.scene import HOUR, Scene, a_scene

HOURS = (0, 1, 24, 49)
LIVES, STEPS, ALLOWED_AT_LEAST = 6, 7, 25

Step = Callable[[Case, datetime], object]


class Explorer:
    """Tries everything from each state, and looks at what must never be."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.tried: Counter[str] = Counter()
        self.done: Counter[str] = Counter()

    def steps(self) -> Iterator[tuple[str, Step]]:
        """Every act of every person."""
        scene = self.scene
        people = {"first": scene.first, "second": scene.second, "judge": scene.judge}
        for name, by in people.items():
            if by != scene.judge:
                yield from self._moderators(name, by)
            for outcome in Appeal.JUDGMENTS:
                yield f"{name} judges {outcome}", self._judging(by, outcome)
        yield "reply", lambda case, now: actions.reply(case, "Non.", account=scene.author, now=now)
        yield "contest", self._contest
        yield "clock", self._clock

    def _moderators(self, name: str, by: RoleAssignment) -> Iterator[tuple[str, Step]]:
        ground, facts = Ground.CHARTER_ABUSE, "Une insulte."
        yield (
            f"{name} tells the author",
            lambda case, now: actions.give_notice(case, ground=ground, facts=facts, by=by, now=now),
        )
        yield (
            f"{name} hides urgently",
            lambda case, now: actions.hide_urgently(case, ground=ground, facts=facts, by=by, now=now),
        )
        yield f"{name} confirms", lambda case, now: actions.confirm_urgent(case, by=by, now=now)
        yield f"{name} restores", lambda case, now: actions.restore_text(case, facts=facts, by=by, now=now)
        for act in (Act.KEPT, Act.HIDDEN) if by == self.scene.first else (Act.KEPT, Act.REMOVED):
            measure = Measure(act, "" if act == Act.KEPT else ground, passage="la gare")
            yield (
                f"{name} decides {act}",
                lambda case, now, measure=measure: actions.decide(case, measure, facts=facts, by=by, now=now),
            )

    def _judging(self, by: RoleAssignment, outcome: Appeal.Outcome) -> Step:
        def step(case: Case, now: datetime) -> object:
            appeal = Appeal.objects.filter(decision__case=case, outcome="").select_related("decision__case__process").first()
            if appeal is None:
                raise Refused("no appeal")
            return actions.judge(appeal, outcome, reasons="Relu.", by=by, now=now)

        return step

    def _contest(self, case: Case, now: datetime) -> object:
        decision = Decision.objects.filter(case=case).select_related("case__process", "contribution").first()
        if decision is None:
            raise Refused("no decision")
        return actions.lodge_appeal(decision, "Non.", party=Appeal.Party.AUTHOR, is_party=True, now=now)

    def _clock(self, case: Case, now: datetime) -> object:
        """What the tasks do at this instant."""
        hearing = Hearing.objects.filter(case=case).first()
        lapsed = Decision.objects.filter(
            case=case, act=Act.HIDDEN_URGENTLY, ended_at=None, confirmed_at=None, confirm_before__lte=now
        ).first()
        if case.state == State.HEARING and is_heard(hearing, now):
            end_silent_hearing(case)
        elif lapsed is not None:
            give_back(lapsed, "", Person(), now=now)
        else:
            raise Refused("nothing is due")
        return None

    def walk(self, chance: Random, now: datetime) -> None:
        """One life of a case: at each step acts are tried in any order until one is allowed, at whatever hour."""
        steps = list(self.steps())
        for _step in range(STEPS):
            now += chance.choice(HOURS) * HOUR
            drawn = sorted(steps, key=lambda named: chance.random() + 0.7 * ("kept" in named[0]))  # which ends most lives
            for name, step in drawn:
                if self._try(name, step, now):
                    break

    def _try(self, name: str, step: Step, now: datetime) -> bool:
        self.tried[name] += 1
        case = Case.objects.select_related("process__log", "contribution__consultation__process").get()
        urgent = Decision.objects.filter(act=Act.HIDDEN_URGENTLY, ended_at=None).first()
        try:
            step(case, now)
        except Refused:
            return False
        self.done[name] += 1
        look(self.scene)
        if urgent is not None:
            after = Decision.objects.filter(pk__gt=urgent.pk).order_by().values_list("decider", flat=True)
            assert urgent.decider_id not in after[:1], "decided twice by one person"
        return True


def look(scene: Scene) -> None:
    """D1 and D2, in whatever state this is."""
    text = Contribution.objects.get(pk=scene.text.pk)
    decisions = list(Decision.objects.select_related("statement", "hearing"))
    for decision in decisions:
        if decision.act in RESTRICTIONS:
            assert decision.statement is not None
            assert decision.statement.facts
            assert decision.ground
        if decision.act in AFTER_HEARING:
            assert is_heard(decision.hearing, decision.decided_at), "restricted before the hearing"
        if decision.confirmer_id is not None:
            assert decision.confirmer_id != decision.decider_id
    in_force = [decision for decision in decisions if decision.act in RESTRICTIONS and decision.ended_at is None]
    if text.status == Status.HIDDEN:
        assert in_force, "hidden without a decision"
        assert all(decision.statement for decision in in_force)
    urgent = [decision for decision in decisions if decision.act == Act.HIDDEN_URGENTLY]
    assert len(urgent) <= 1
    moderators = [decision for decision in decisions if not decision.actor.startswith("appeal/")]
    people = {decision.decider_id for decision in moderators} | {decision.confirmer_id for decision in moderators} - {None}
    for appeal in Appeal.objects.filter(outcome__in=Appeal.JUDGMENTS):
        assert appeal.judge_id not in people
        assert appeal.judge_id != appeal.first_decider_id
    if text.status == Status.PUBLISHED:
        waiting = Appeal.objects.filter(outcome="", decision__act__in=(Act.HIDDEN, Act.HIDDEN_URGENTLY, Act.REMOVED))
        assert not waiting.exists(), "an appeal waits about a text that is shown"


@pytest.mark.django_db
def test_no_life_of_a_case_restricts_before_the_hearing_without_reasons_or_with_one_judge_twice():
    scene = a_scene()
    explorer = Explorer(scene)
    for seed in range(LIVES):
        with writing_at(scene.began_at + HOUR) as now:
            point = transaction.savepoint()
            actions.open_case(scene.process, contribution=scene.text, now=now)
            explorer.walk(Random(seed), now)
            transaction.savepoint_rollback(point)
    print(
        f"D1, D2: {LIVES} lives, {explorer.tried.total()} acts tried, {explorer.done.total()} allowed, {len(explorer.done)} kinds"
    )
    assert explorer.done.total() >= ALLOWED_AT_LEAST
    never = {name for name, _step in explorer.steps()} - set(explorer.done)
    judges = {f"{name} judges {outcome}" for name in ("first", "second") for outcome in Appeal.JUDGMENTS}
    assert judges <= never, "a moderator judged an appeal where an appeal body stands"


@pytest.mark.django_db
def test_the_database_itself_refuses_a_restriction_without_reasons_or_before_a_hearing():
    scene = a_scene()
    with scene.at(1) as now:
        case = actions.open_case(scene.process, contribution=scene.text, now=now)
        about = {"case": case, "contribution": scene.text, "actor": "moderator/1", "decided_at": now}
    for wrong in (
        {"act": Act.HIDDEN, "ground": Ground.CHARTER_ABUSE},
        {"act": Act.HIDDEN_URGENTLY, "ground": Ground.CHARTER_ABUSE},
        {"act": Act.KEPT, "account": scene.author},
        {"act": Act.KEPT, "decider": scene.author, "confirmer": scene.author},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(**about | wrong)
    decision = Decision.objects.create(**about, act=Act.KEPT, decider=scene.first.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.create(
            decision=decision,
            party="author",
            lodged_at=now,
            first_decider=scene.first.account,
            judge=scene.first.account,
            outcome="upheld",
            judged_at=now + timedelta(hours=1),
        )


@pytest.mark.django_db
def test_a_text_has_one_open_case_whatever_is_tried():
    scene = a_scene()
    case = scene.opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(process=scene.process, number=2, contribution=scene.text, opened_at=case.opened_at)
    Case.objects.filter(pk=case.pk).update(state=State.DECIDED)
    assert scene.opened(2).pk != case.pk


BEGAN = datetime(2026, 11, 22, tzinfo=UTC)
LONGEST = 144
PEOPLE = {1: Role.MODERATOR, 2: Role.MODERATOR, 3: Role.APPEAL}


@dataclass(frozen=True)
class Life:
    """All that the rules look at, without a row: hours are those since the case was opened."""

    state: str = State.OPEN
    hour: int = 0
    shown: bool = True
    told_at: int | None = None
    replied: bool = False
    urgent_by: int | None = None
    urgent_at: int = 0
    confirmed_by: int | None = None
    was_urgent: bool = False
    decided: str = ""
    decided_by: int | None = None
    took_part: frozenset[int] = frozenset()
    judged_by: int | None = None
    is_urgency_contested: bool = False

    def now(self) -> datetime:
        return BEGAN + self.hour * HOUR

    def hearing(self) -> Hearing | None:
        if self.told_at is None:
            return None
        told = BEGAN + self.told_at * HOUR
        return Hearing(notified_at=told, due_at=told + HEARING_TIME, replied_at=told if self.replied else None)

    def standing(self) -> Standing:
        urgent = None
        if self.urgent_by is not None:
            urgent = Decision(act=Act.HIDDEN_URGENTLY, decider_id=self.urgent_by, confirmed_at=self.confirmed_by and BEGAN)
        return Standing(is_shown=self.shown, urgent=urgent, was_urgent=self.was_urgent, hearing=self.hearing())


def lives_after(life: Life) -> Iterator[Life]:
    """Every life that the rules allow next: time passes, the author replies, the clock, then each person's acts."""
    if life.hour < LONGEST:
        yield replace(life, hour=life.hour + 48)
    if rules.reply_refusal(Case(state=life.state), life.hearing(), is_author=True, words="Non.") is None:
        yield replace(life, replied=True, state=State.HEARD)
    if life.urgent_by is not None and life.confirmed_by is None and (life.hour - life.urgent_at) * HOUR >= CONFIRMATION_TIME:
        yield replace(life, urgent_by=None, shown=True)
    for by, role in PEOPLE.items():
        if role == Role.MODERATOR:
            yield from _looked_at(life, by)
            yield from _decided(life, by)
        yield from _judged(life, by, role)
    decision = Decision(act=life.decided, decided_at=BEGAN)
    asked = {"party": Appeal.Party.AUTHOR, "is_party": True, "has_appeal": False, "words": "Non.", "now": life.now()}
    if life.state == State.DECIDED and rules.appeal_refusal(decision, **asked) is None:
        yield replace(life, state=State.APPEALED)
    urgent = Decision(act=Act.HIDDEN_URGENTLY, decided_at=BEGAN)
    if life.urgent_by is not None and rules.appeal_refusal(urgent, **asked | {"has_appeal": life.is_urgency_contested}) is None:
        yield replace(life, is_urgency_contested=True)


def _looked_at(life: Life, by: int) -> Iterator[Life]:
    case, standing, part = Case(state=life.state), life.standing(), life.took_part | {by}
    told = life.hour if life.told_at is None else life.told_at
    if rules.notice_refusal(case, standing, by=by) is None:
        yield replace(life, told_at=life.hour, state=State.HEARING)
    if rules.urgent_refusal(case, standing, ground=Ground.CHARTER_ABUSE, by=by) is None:
        hidden = replace(life, shown=False, urgent_by=by, urgent_at=life.hour, was_urgent=True, took_part=part)
        yield replace(hidden, told_at=told, state=life.state if life.told_at is not None else State.HEARING)
    if rules.confirm_refusal(case, standing, by=by) is None:
        yield replace(life, confirmed_by=by, took_part=part)


def _decided(life: Life, by: int) -> Iterator[Life]:
    case, standing = Case(state=life.state), life.standing()
    for act in (Act.KEPT, *AFTER_HEARING):
        if rules.decide_refusal(case, standing, act=act, ground=Ground.CHARTER_ABUSE, by=by, now=life.now()) is None:
            assert life.urgent_by != by, "decides on their own urgent hiding"
            after = replace(
                life, state=State.DECIDED, decided=act, decided_by=by, urgent_by=None, took_part=life.took_part | {by}
            )
            yield replace(after, shown=act not in (Act.HIDDEN, Act.REMOVED))


def _judged(life: Life, by: int, role: Role) -> Iterator[Life]:
    allowed = {"role": role, "by": by, "involved": life.took_part, "has_appeal_body": False, "reasons": "Relu."}
    if life.state == State.APPEALED and rules.judge_refusal(Appeal(), **allowed) is None:
        yield replace(life, state=State.SETTLED, judged_by=by)
    if life.urgent_by is not None and life.is_urgency_contested and rules.judge_refusal(Appeal(), **allowed) is None:
        assert by != life.urgent_by, "judges their own urgent hiding"
        yield replace(life, urgent_by=None, shown=True, is_urgency_contested=False)


def test_the_rules_alone_let_no_life_restrict_before_the_hearing_nor_the_first_decider_judge():
    seen, waiting, acts = {Life()}, [Life()], 0
    while waiting:
        life = waiting.pop()
        for after in lives_after(life):
            acts += 1
            if after.decided in AFTER_HEARING and life.decided != after.decided:
                assert is_heard(life.hearing(), life.now()), f"{after.decided} before the hearing: {life}"
            if life.shown and not after.shown:
                urgent_once = after.urgent_by is not None and not life.was_urgent
                assert urgent_once or is_heard(life.hearing(), life.now()), f"hidden before the hearing: {life}"
            if after.judged_by is not None:
                assert after.judged_by != after.decided_by, "the judge is the first decider"
                assert after.judged_by not in after.took_part
            if after.confirmed_by is not None and after.urgent_by is not None:
                assert after.confirmed_by != after.urgent_by
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    settled = sum(1 for life in seen if life.state == State.SETTLED)
    print(f"D2: {len(seen)} states, {acts} acts allowed, {settled} judged")
    assert len(seen) >= 1_000
    assert settled >= 200
