"""Do sign-up facts reach moderators as clues and as nothing else: no vote read, nothing hidden, no order changed?"""

import ast
from datetime import timedelta

import pytest

from polyphonie.accounts.models import Account, StaffAccess
from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.writing import writing
from polyphonie.moderation import clues
from polyphonie.moderation.models import Case, Decision
from polyphonie.moderation.queries import desk
from tests import people
from tests.architecture.order import ROOT
from tests.concertations import a_person
from tests.moderation.scene import Scene, a_scene
from tests.moderation.test_register import plain

PARTS = ("order_voters", "order_draw", "order_supported", "order_divisive", "status", "number")


@pytest.fixture
def scene(db) -> Scene:
    return a_scene()


def a_crowd(scene: Scene, domain: str = "officine.fr") -> list[Account]:
    """Ten authors whose accounts date from one day, with addresses of one domain."""
    crowd = []
    with scene.at(1) as now:
        for rank in range(clues.BURST):
            author = a_person(f"Foule {rank}", on=now - timedelta(days=20))
            author.email = f"foule{rank}@{domain}"
            author.save()
            crowd.append(author)
            words = voices.Text(f"Idée {rank}", "La même")
            voices.publish(scene.text.consultation, Kind.PROPOSAL, words, author=author, now=now)
    return crowd


def test_a_burst_and_a_domain_are_told_beside_the_case_and_in_a_list_and_people_read_who_looked(scene, client):
    crowd = a_crowd(scene)
    scene.text = Contribution.objects.get(author=crowd[0])
    scene.flag(2)
    case = scene.case()
    people.enter(client, scene.first.account)
    for page in (f"moderation/dossiers/{case.number}/", "moderation/indices/"):
        shown = plain(client.get(f"/demain/{page}").content.decode())
        assert "10 auteurs d’ici ont ouvert leur compte le" in shown, page
        assert "10 auteurs d’ici ont une adresse chez officine.fr" in shown, page
    assert StaffAccess.objects.filter(what=StaffAccess.What.SIGN_UP).values("account").distinct().count() == len(crowd)


@pytest.mark.parametrize(("domain", "told"), [("officine.fr", 2), ("orange.fr", 1), ("gmail.com", 1)])
def test_a_provider_that_everybody_uses_says_nothing(scene, domain, told):
    a_crowd(scene, domain)
    assert len(clues.groups(scene.process)) == told


def test_an_account_as_new_as_its_first_text_is_told_and_an_older_one_is_not(scene):
    case = scene.opened()
    assert len(clues.clues_about(case)) == 1
    Account.objects.filter(pk=scene.author.pk).update(joined_on=scene.began_at.date() - timedelta(days=9))
    assert clues.clues_about(scene.case()) == []


def test_clues_hide_nothing_sort_nothing_and_open_no_case(scene):
    scene.flag(1)
    with writing() as now:
        draw_lists(scene.text.consultation, now=now)
    before = list(Contribution.objects.order_by("number").values_list(*PARTS))
    order = [case.pk for case in desk(scene.process, scene.first, now=now).waiting]
    a_crowd(scene)
    clues.groups(scene.process)
    clues.clues_about(scene.case())
    with writing() as now:
        draw_lists(scene.text.consultation, now=now)
    assert list(Contribution.objects.order_by("number").values_list(*PARTS))[: len(before)] == before
    assert [case.pk for case in desk(scene.process, scene.first, now=now).waiting] == order
    assert (Case.objects.count(), Decision.objects.count()) == (1, 0)


def test_the_module_of_clues_cannot_reach_a_vote():
    tree = ast.parse((ROOT / "polyphonie/moderation/clues.py").read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if "consultation" in name or "opinion" in name or "ledger" in name]
