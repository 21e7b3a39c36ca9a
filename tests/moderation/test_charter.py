"""Does an author read the article of this very charter, numbered and worded by its organisers, even once it has changed?"""

import itertools
import json
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import translation

from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger.canonical import b64, digest
from polyphonie.ledger.models import Entry
from polyphonie.moderation.actions.tying import Tie, tie_reasons
from polyphonie.moderation.models import CharterReason, Ground, StatementOfReasons
from polyphonie.moderation.reasons import REASONS, articles_of, reasons_of
from polyphonie.outbox.models import Mail
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Act, ActKind, Process, Role
from polyphonie.processes.queries.journal import journal
from polyphonie.processes.starting_points import shipped
from tests import people
from tests.concertations import a_person
from tests.moderation.scene import Scene, a_scene
from tests.moderation.test_procedure import hide, notice
from tests.moderation.test_register import plain

OURS = "Chez nous :\n\n1. On est aimable.\nArticle 7 : Les marques restent dehors.\n12) Rien d’autre\n2026 fut une année."


@pytest.fixture
def scene(db) -> Scene:
    return a_scene()


def test_the_numbered_lines_of_a_charter_are_its_articles():
    assert articles_of(OURS) == {1: "On est aimable", 7: "Les marques restent dehors", 12: "Rien d’autre"}
    assert articles_of("Soyons brefs.") == {}


def test_the_charters_that_we_propose_tie_every_ground_by_themselves(db):
    for name, language in itertools.product(("une-question", "par-themes", "plan-d-actions"), ("fr", "en")):
        point = shipped(name, language)
        assert point is not None
        process = Process(pk=0, charter=point.process["charter"])
        reasons = reasons_of(process)
        tied = [ground for ground in Ground if reasons[ground].article != REASONS[ground].article]
        assert tied == [ground for ground in Ground if not ground.is_unlawful], (name, language)


def test_an_author_reads_the_article_and_the_sentence_of_this_charter_as_they_were_then(scene, client):
    with writing() as now:
        organiser = grant_role(scene.process, a_person("Claire", on=now), Role.ORGANISER, actor="organiser/1", now=now)
    Process.objects.update(charter=OURS)
    people.enter(client, organiser.account)
    assert "7. Les marques restent dehors" in client.get("/demain/organisation/motifs/").content.decode()
    sent = {"article_charter_advertising": "7", "sentence_charter_advertising": "Ce texte montre une marque."}
    assert client.post("/demain/organisation/motifs/", sent | {"article_charter_flood": "3"}).status_code == 422
    assert client.post("/demain/organisation/motifs/", sent).status_code == 302
    assert CharterReason.objects.get(ground="charter_flood").article is None
    scene.process.refresh_from_db()
    case = scene.opened()
    notice(scene, case)
    decision = hide(scene, case, 51)
    for mail in Mail.objects.filter(to=scene.author.email):
        assert "Ce texte montre une marque." in mail.body
    assert "Charte, article 7 : Les marques restent dehors.\n" in plain(mail.body)
    Process.objects.update(charter="")
    people.enter(client, scene.author)
    page = client.get(f"/mon-espace/moderation/{case.pk}/").content.decode()
    assert "article 7" in page
    assert "quelqu’un d’autre décide à nouveau" in page
    StatementOfReasons.objects.update(contest_until=F("contest_until") - timedelta(days=190))
    page = client.get(f"/mon-espace/moderation/{case.pk}/").content.decode()
    assert "ont pris fin le" in page
    assert "quelqu’un d’autre décide à nouveau" not in page
    assert decision.statement.article


@pytest.mark.parametrize(
    ("ground", "article", "words"), [("unlawful_threat", 1, ""), ("charter_flood", 2, ""), ("charter_flood", 1, "a" * 401)]
)
def test_only_the_grounds_of_the_charter_are_tied_and_to_an_article_it_has(scene, ground, article, words):
    scene.process.charter = OURS
    with pytest.raises(Refused), writing() as now:
        tie_reasons(scene.process, {Ground(ground): Tie(article, words)}, actor="organiser/1", now=now)


def test_a_reason_that_changes_leaves_its_leaf_and_its_line_in_the_journal_and_one_that_does_not_leaves_nothing(scene):
    Process.objects.update(charter=OURS)
    scene.process.refresh_from_db()
    asked = {Ground.CHARTER_FLOOD: Tie(1, " Encore  le même. "), Ground.CHARTER_ABUSE: Tie(None)}
    for _again in range(2):
        with writing() as now:
            tie_reasons(scene.process, asked, actor="organiser/1", now=now)
    act = Act.objects.get(kind=ActKind.REASONS)
    leaf = json.loads(Entry.objects.get(leaf_hash=bytes(act.leaf_hash)).leaf)
    assert (leaf["kind"], leaf["state"], leaf["actor"]) == ("state", "mod_reasons", "organiser/1")
    assert leaf["cm"] == b64(digest("actcm/v1", act.document, b64(bytes(act.salt))))
    assert json.loads(act.document) == {"charter_flood": ["", "article 1. Encore le même."]}
    with translation.override("fr"):
        line = journal(scene.process)[0]
        assert line.changes == (
            ("Contraire à la charte : le même texte publié encore et encore", "", "article 1. Encore le même."),
        )
