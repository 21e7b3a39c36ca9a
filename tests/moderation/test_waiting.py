"""Is what waits said aloud? An appeal without a judge, or late; a second person who is late; a body that accepted nothing."""

import pytest

from polyphonie.config.commands import doctor
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.moderation.actions import lodge_appeal
from polyphonie.moderation.models import Appeal, Ground
from polyphonie.moderation.queries import stuck_appeals, waiting_appeals
from polyphonie.outbox.models import Mail
from polyphonie.processes.actions import announce_consultation, grant_role, open_consultation
from polyphonie.processes.actions.people import end_role
from polyphonie.processes.models import Role
from tests import people
from tests.concertations import a_draft, a_person, a_process
from tests.moderation.scene import Scene, a_scene
from tests.moderation.test_procedure import clock_at, hide, notice, urgent
from tests.moderation.test_register import plain


@pytest.fixture
def scene(db) -> Scene:
    return a_scene()


def test_an_appeal_that_nobody_can_judge_is_told_to_organisers_and_shown_by_the_desk_and_the_doctor(scene, client):
    case = scene.opened()
    notice(scene, case)
    decision = hide(scene, case, 51)
    with writing() as now:
        organiser = grant_role(scene.process, a_person("Claire", on=now), Role.ORGANISER, actor="organiser/1", now=now)
        for role in (scene.judge, scene.second):
            end_role(role, actor="organiser/1", now=now)
    with scene.at(100) as now:
        lodge_appeal(decision, "Non.", party=Appeal.Party.AUTHOR, is_party=True, now=now)
        assert [waiting.judges for waiting in stuck_appeals(scene.process, now=now)] == [0]
    assert Mail.objects.filter(key__startswith="moderation/judge/", to=organiser.account.email).count() == 1
    for account, address in ((organiser.account, "organisation/"), (scene.first.account, "moderation/")):
        people.enter(client, account)
        assert "personne ici ne peut le juger" in plain(client.get(f"/demain/{address}").content.decode()), address
    assert any("personne ne peut le juger" in finding.sentence for finding in doctor.examine())
    with writing() as now:
        grant_role(scene.process, scene.second.account, Role.APPEAL, actor="organiser/1", now=now)
        assert [(waiting.judges, waiting.is_late) for waiting in waiting_appeals(scene.process, now=now)] == [(1, False)]
    assert not any("personne ne peut le juger" in finding.sentence for finding in doctor.examine())


@pytest.mark.parametrize(
    ("ground", "hours", "words"),
    [
        (Ground.UNLAWFUL_DATA, 2, "Une seconde personne décide avant le"),
        (Ground.CHARTER_ABUSE, 2, "sinon le texte est rétabli de lui-même"),
        (Ground.UNLAWFUL_DATA, 100, "cette décision est en retard"),
    ],
)
def test_the_page_of_a_text_hidden_urgently_says_so_and_says_when_the_second_person_is_late(
    scene, client, monkeypatch, ground, hours, words
):
    urgent(scene, scene.opened(), ground=ground)
    clock_at(scene, hours, monkeypatch)
    page = plain(client.get(f"/demain/contributions/{scene.text.number}/").content.decode())
    assert "La modération a masqué ce texte en urgence" in page
    assert words in page


def test_a_consultation_opens_only_once_someone_accepted_to_judge_appeals_with_a_second_factor(db):
    with writing() as now:
        process = a_process(now=now)
        draft = a_draft(process, now=now)
        announce_consultation(draft, actor="organiser/1", now=now)
        judge = process.roles.get(role=Role.APPEAL).account
        judge.has_second_factor = False
        judge.save()
        with pytest.raises(Refused, match="Personne n’a encore accepté"):
            open_consultation(draft, now=now)
        judge.has_second_factor = True
        judge.save()
        open_consultation(draft, now=now)
