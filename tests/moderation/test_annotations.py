"""A comment on a long text is moderated by the one mechanism: flagged, heard, hidden, removed, contested; its names too."""

from datetime import timedelta

import pytest
from django.test import Client

from polyphonie.annotations.actions import withdraw_annotation
from polyphonie.annotations.models import Annotation
from polyphonie.core.writing import writing, writing_at
from polyphonie.moderation import tasks
from polyphonie.moderation.actions import decide, give_notice, judge, lodge_appeal, open_case, reply
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.dataset import moderation_rows
from polyphonie.moderation.models import Act, Appeal, Case, Decision, Ground, State
from polyphonie.outbox.models import Mail
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Role
from tests.annotations.texts import a_document, comment
from tests.concertations import a_moderator, a_person, a_process

pytestmark = pytest.mark.django_db(transaction=True)
FACTS = "Une attaque contre quelqu’un."


@pytest.fixture
def said() -> Annotation:
    with writing() as now:
        process = a_process(now=now, is_listed=True)
        document = a_document(process, now=now)
        return comment(document, "Une partie", author=a_person("Camille", on=now), now=now)


def _hidden(said: Annotation, act: Act = Act.HIDDEN) -> Decision:
    process = said.document.process
    with writing() as now:
        case = open_case(process, annotation=said, now=now)
        give_notice(case, ground=Ground.CHARTER_ABUSE, facts=FACTS, by=a_moderator(process), now=now)
        reply(case, "Je maintiens.", account=said.author, now=now)
        case.refresh_from_db()
        measure = Measure(act, Ground.CHARTER_ABUSE)
        return decide(case, measure, facts=FACTS, by=a_moderator(process), now=now)


def test_anyone_flags_it_in_two_actions_and_nothing_is_hidden(said: Annotation, monkeypatch: pytest.MonkeyPatch) -> None:
    from polyphonie.core import haste

    monkeypatch.setattr(haste, "SHORTEST_SECONDS", 0)
    client = Client(headers={"accept-language": "fr"})
    address = "/demain/syntheses/places/discussions/1/signaler/"
    stamp = client.get(address).content.decode().split(f'name="{haste.STAMP_FIELD}" value="')[1].split('"')[0]
    answer = client.post(address, {"about": "text", "ground": "charter_abuse", haste.STAMP_FIELD: stamp})
    assert "code de suivi" in answer.content.decode()
    assert Case.objects.get().annotation == said
    assert Annotation.objects.get().is_visible
    client.post(address, {"about": "name", "ground": "charter_passing_for", haste.STAMP_FIELD: stamp})
    assert Case.objects.get(account=said.author).flags == 1


def test_its_author_is_heard_told_why_and_the_appeal_shows_it_again(said: Annotation) -> None:
    decision = _hidden(said)
    said.refresh_from_db()
    assert (said.status, said.status_ground) == ("hidden", "charter_abuse")
    assert Mail.objects.filter(to="camille@exemple.fr", subject__contains="commentaire n° 1").count() == 2
    process = said.document.process
    (row,) = moderation_rows(process)
    assert (row["object"], row["number"], row["hearing"]) == ("annotation/places/1", None, "replied")
    with writing() as now:
        judge_role = grant_role(process, a_person("Médiatrice", on=now), Role.APPEAL, actor="organiser/1", now=now)
        appeal = lodge_appeal(decision, "Relisez.", party=Appeal.Party.AUTHOR, is_party=True, now=now)
        judge(appeal, Appeal.Outcome.OVERTURNED, reasons="Une opinion.", by=judge_role, now=now)
    said.refresh_from_db()
    assert said.is_visible
    assert said.body


def test_removed_it_is_destroyed_once_nobody_can_contest(said: Annotation, time_machine: object) -> None:
    decision = _hidden(said, Act.REMOVED)
    assert tasks.destroy_removed() == 0
    time_machine.move_to(decision.decided_at + timedelta(days=185))  # type: ignore[attr-defined]
    assert tasks.destroy_removed() == 1
    said.refresh_from_db()
    assert (said.status, said.body, said.salt) == ("removed", "", None)


def test_taken_back_by_its_author_its_case_is_closed(said: Annotation) -> None:
    with writing() as now:
        case = open_case(said.document.process, annotation=said, now=now)
        withdraw_annotation(said, author=said.author, now=now)
    assert tasks.close_withdrawn() == 1
    case.refresh_from_db()
    assert case.state == State.DECIDED
    assert case.decisions.get().act == Act.MOOT


def test_a_name_that_is_hidden_is_hidden_beside_comments_too(said: Annotation) -> None:
    process = said.document.process
    with writing_at(said.published_at + timedelta(hours=1)) as now:
        case = open_case(process, account=said.author, now=now)
        give_notice(case, ground=Ground.CHARTER_PASSING_FOR, facts=FACTS, by=a_moderator(process), now=now)
        reply(case, "C’est moi.", account=said.author, now=now)
        case.refresh_from_db()
        measure = Measure(Act.HIDDEN, Ground.CHARTER_PASSING_FOR)
        decide(case, measure, facts=FACTS, by=a_moderator(process), now=now)
    said.refresh_from_db()
    assert (said.author_name, said.hidden_author_name) == ("", "Camille")
    page = Client(headers={"accept-language": "fr"}).get("/demain/syntheses/places/discussions/1/").content.decode()
    assert "Camille" not in page
    assert "masqué" in page
