"""When staff see what a person has not made public, is it written down, once a day, and can that person read it?"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from polyphonie.accounts.actions import forget_accesses, note_access
from polyphonie.accounts.models import Account, StaffAccess
from polyphonie.accounts.rules import ACCESSES_KEPT_DAYS
from polyphonie.accounts.tasks import forget_old_accesses
from polyphonie.core.writing import writing, writing_at
from polyphonie.moderation.actions import flag
from polyphonie.processes.actions.people import allow_creation, invite
from polyphonie.processes.models import Role
from tests.people import ADMINISTRATOR, ANONYMOUS, AUTHOR, CITIZEN, Town, a_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return a_town()


def noted(account: Account) -> list[tuple[str, str, str]]:
    return sorted(StaffAccess.objects.filter(account=account).values_list("what", "by", "process"))


def a_request(town: Town) -> None:
    with writing() as now:
        town.organisation.requests.create(requested_by=town.accounts[AUTHOR], evidence="RNA W1", requested_on=now.date())


def test_evidence_seen_by_staff_is_noted_once_a_day_for_each_role(town: Town) -> None:
    a_request(town)
    organiser, administrator = town.visit(Role.ORGANISER.value), town.visit(ADMINISTRATOR)
    for _time in range(3):
        assert organiser.get("/demain/organisation/verifications/").status_code == 200
        assert administrator.get("/mon-espace/verifications/").status_code == 200
    assert noted(town.accounts[AUTHOR]) == [("evidence", "administrator", ""), ("evidence", "organiser/1", "demain")]


def test_a_person_who_may_not_see_leaves_no_note(town: Town) -> None:
    a_request(town)
    for who in (ANONYMOUS, CITIZEN):
        town.visit(who).get("/demain/organisation/verifications/")
    assert not StaffAccess.objects.filter(what=StaffAccess.What.EVIDENCE).exists()


def test_names_beside_roles_and_addresses_of_offers_are_noted_and_ones_own_is_not(town: Town) -> None:
    with writing() as now:
        invite(town.process, email="camille@exemple.fr", role=Role.MODERATOR, actor="organiser/1", now=now)
        invite(town.process, email="personne@exemple.fr", role=Role.MODERATOR, actor="organiser/1", now=now)
        allow_creation(town.accounts[AUTHOR], body="La mairie", now=now)
    town.visit(Role.ORGANISER.value).get("/demain/organisation/roles/")
    town.visit(ADMINISTRATOR).get("/nouvelle-concertation/droits/")
    assert noted(town.accounts[CITIZEN]) == [("address", "organiser/1", "demain")]
    assert noted(town.accounts[Role.MODERATOR.value]) == [("role", "organiser/1", "demain")]
    assert noted(town.accounts[AUTHOR]) == [("role", "administrator", "")]
    assert noted(town.accounts[Role.ORGANISER.value]) == []


def test_the_person_reads_who_saw_what_why_and_when_and_takes_it_in_the_archive(town: Town) -> None:
    author = town.accounts[AUTHOR]
    with writing() as now:
        note_access(author, by="moderator/2", what=StaffAccess.What.MODERATION_FILE, now=now, process="demain")
    page = town.visit(AUTHOR).get("/mon-espace/archive/").content.decode().replace("\u00a0", " ")
    assert "Modération n° 2" in page
    assert "Demain, nos places" in page
    assert "pour décider d’un texte signalé ou relu" in page
    assert "Modération n° 2" not in town.visit(CITIZEN).get("/mon-espace/archive/").content.decode().replace("\u00a0", " ")


def test_the_file_of_a_text_seen_by_a_moderator_is_noted_for_its_author(town: Town) -> None:
    with writing() as now:
        receipt = flag(town.process, contribution=town.proposal, ground="charter_off_topic", words="Hors sujet.", now=now)
    address = reverse("moderation:case", kwargs={"process": "demain", "dossier": receipt.flag.case.number})
    assert town.visit(Role.MODERATOR.value).get(address).status_code == 200
    seen = [note for note in noted(town.accounts[AUTHOR]) if note[0] == "moderation_file"]
    assert [(what, process) for what, _by, process in seen] == [("moderation_file", "demain")]
    assert seen[0][1].startswith("moderator/")


def test_the_lists_of_moderation_are_noted_where_they_show_who_is_examined(town: Town) -> None:
    author, citizen = town.accounts[AUTHOR], town.accounts[CITIZEN]
    with writing() as now:
        flag(town.process, contribution=town.proposal, ground="charter_off_topic", words="Hors sujet.", now=now)
    StaffAccess.objects.all().delete()
    moderator = town.visit(Role.MODERATOR.value)
    moderator.get("/demain/moderation/")
    assert [what for what, _by, _process in noted(author)] == ["moderation_list"]
    assert noted(citizen) == [], "no case about what she wrote waits on the desk but one hidden urgently, told by its number"
    for page in (f"moderation/{town.hidden.number}/", f"moderation/{town.others_proposal.number}/volume/"):
        StaffAccess.objects.all().delete()
        assert moderator.get(f"/demain/{page}").status_code == 200
        assert [what for what, _by, _process in noted(citizen)] == ["moderation_file"], page


def test_notes_are_kept_a_year_and_go_with_the_account(town: Town) -> None:
    author = town.accounts[AUTHOR]
    with writing() as now:
        for days in (ACCESSES_KEPT_DAYS + 1, ACCESSES_KEPT_DAYS, 0):
            note_access(author, by="moderator/2", what=StaffAccess.What.ROLE, now=now - timedelta(days=days))
    assert forget_old_accesses() == 1
    assert forget_old_accesses() == 0
    assert StaffAccess.objects.filter(account=author).count() == 2
    with writing_at(now + timedelta(days=2 * ACCESSES_KEPT_DAYS)) as later:
        assert forget_accesses(now=later) == 2


def test_looking_again_the_same_day_writes_nothing(town: Town) -> None:
    a_request(town)
    client: Client = town.visit(ADMINISTRATOR)
    client.get("/mon-espace/verifications/")
    before = StaffAccess.objects.count()
    client.get("/mon-espace/verifications/")
    assert StaffAccess.objects.count() == before
