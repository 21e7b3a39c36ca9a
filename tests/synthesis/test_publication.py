"""How does a synthesis become public? Read by a second person, frozen in versions, each with its leaf; then final."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from polyphonie.annotations.actions import answer_discussion, hide
from polyphonie.annotations.models import QUOTATION
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing_at
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Entry
from polyphonie.moderation.models import Ground
from polyphonie.outbox.models import Mail
from polyphonie.processes.queries.people import standing_roles
from polyphonie.synthesis.actions.measuring import note_representation
from polyphonie.synthesis.actions.publishing import make_final
from polyphonie.synthesis.actions.reviewing import ask_second_reading
from polyphonie.synthesis.actions.writing import lock_of
from polyphonie.synthesis.content import content_hash
from polyphonie.synthesis.models import PublishedCitation, Synthesis
from polyphonie.synthesis.rules import REVIEWERS, ask_refusal
from tests import concertations, people
from tests.synthesis.drafts import a_published, a_scene, fill

pytestmark = pytest.mark.django_db


def test_publication_waits_for_the_closing_a_second_reader_and_a_reason_for_each_proposal():
    scene = a_scene(closed=False)
    one = scene.one.number
    scene.write("accord", f"On veut « des tilleuls » #{one}.")
    with pytest.raises(Refused, match="n’est pas encore close"):
        scene.publish()
    scene = a_scene(slug="autre")
    scene.write("accord", f"On veut « des tilleuls » #{scene.one.number}.")
    with pytest.raises(Refused, match=f"ni citée .* #{scene.two.number}"):
        scene.publish()
    scene.give_reason(scene.two)
    with pytest.raises(Refused, match="seconde personne"):
        scene.publish()
    scene.read(answer=False, remarks="Adoucir.")
    with pytest.raises(Refused, match="seconde personne"):
        scene.publish()
    scene.read()
    scene.write("accord", f"On veut toujours « des tilleuls » #{scene.one.number}.")
    assert scene.synthesis.state == Synthesis.State.DRAFT
    with pytest.raises(Refused, match="seconde personne"):
        scene.publish()
    scene.read()
    assert scene.synthesis.versions.count() == 0
    assert scene.publish().number == 1
    assert scene.synthesis.state == Synthesis.State.PUBLISHED


def test_a_doubt_that_nobody_settled_stops_publication():
    scene = a_scene()
    fill(scene)
    scene.read()
    scene.write("accord", f"Évidemment, on veut « des tilleuls » #{scene.one.number}.", topic="arbres")
    with pytest.raises(Refused, match="doute"):
        scene.publish()


def test_whoever_wrote_is_not_the_second_reader_under_any_role():
    scene = a_scene()
    fill(scene)
    with pytest.raises(Refused, match="Vous avez écrit"):
        scene.read(role="rapporteur")
    writer, organiser = scene.roles["rapporteur"], scene.roles["organiser"]
    organiser.account = writer.account
    organiser.save()
    with pytest.raises(Refused, match="Vous avez écrit"):
        scene.read(role="organiser")
    scene.read(role="authority")


def test_a_version_is_frozen_with_its_citations_and_its_leaf():
    scene = a_published()
    version = scene.synthesis.versions.get()
    assert version.content_hash == content_hash(version.content)
    leaf = Entry.objects.get(leaf_hash=version.leaf_hash).leaf
    assert f'"h":"{b64(version.content_hash)}"' in leaf
    assert '"n":"1"' in leaf
    assert PublishedCitation.objects.filter(version=version).count() == 3
    blocks = {block["key"]: block["text"] for block in version.document_version.blocks}
    assert blocks["accord"] == f"On veut « {QUOTATION} » #{scene.one.number}."
    assert "tilleuls" not in str(version.content)
    assert version.coverage["headline"]["cited"] == {"part": 1, "whole": 2}
    assert [row["is_one_sided"] for row in version.coverage["controversies"]] == [False]


def test_of_two_publications_at_once_the_second_finds_nothing_to_publish():
    scene = a_published()
    with pytest.raises(Refused, match="Rien n’a changé"):
        scene.publish()


def test_a_second_version_says_what_changed_and_because_of_which_comment():
    scene = a_published()
    said = scene.comment("accord")
    client = Client(headers={"accept-language": "fr"})
    people.enter(client, scene.roles["rapporteur"].account)
    assert "1 discussion n’a pas encore de réponse." in client.get("/demain/redaction/").content.decode()
    assert "répondre à 1 discussion" in client.get(f"/demain/redaction/{scene.consultation.slug}/").content.decode()
    with writing_at(scene.now) as now:
        answer_discussion(said, "integrated", actor="rapporteur/1", now=now)
    scene.write("accord", f"Beaucoup veulent « des tilleuls » #{scene.one.number}.", topic="arbres")
    scene.write("neuf", f"Et des bancs #{scene.one.number}.", topic="arbres")
    scene.synthesis.statements.get(key="lien").delete()
    scene.read()
    asked = client.get(f"/demain/redaction/{scene.consultation.slug}/publication/").content.decode()
    assert re.search(r'name="because-accord" value="1"', asked), "what it integrates is proposed"
    assert re.search(r"<ins>.{,60}Beaucoup veulent", asked)
    with pytest.raises(Refused, match="pas de discussion n° 9"):
        scene.publish(closes_at=None, because={"accord": [9]})
    version = scene.publish(closes_at=None, because={"accord": [1]})
    assert version.number == 2
    assert {change["statement"]: (change["change"], change["because"]) for change in version.changes} == {
        "accord": ("changed", [1]),
        "neuf": ("added", []),
        "lien": ("removed", []),
    }
    address = f"/demain/syntheses/{scene.consultation.slug}/versions/2/changements/"
    page = Client(headers={"accept-language": "fr"}).get(address).content.decode()
    assert "Beaucoup veulent" in page
    assert f"/demain/syntheses/{scene.consultation.slug}/discussions/1/" in page


def test_comments_never_close_sooner_and_leave_seven_days():
    scene = a_scene()
    fill(scene)
    scene.read()
    with pytest.raises(Refused, match="jusqu’à quel jour"):
        scene.publish(closes_at=None)
    with pytest.raises(Refused, match="sept jours"):
        scene.publish(closes_at=scene.now + timedelta(days=6))
    scene.publish()
    scene.write("a", f"De l’ombre #{scene.pro.number}.", column="controversy", topic="arbres", position="a")
    scene.read()
    with pytest.raises(Refused, match="jamais plus tôt"):
        scene.publish(closes_at=scene.now + timedelta(days=20))


def test_it_is_final_once_comments_are_over_and_answered():
    scene = a_published()
    with pytest.raises(Refused, match="encore ouverts"), writing_at(scene.now) as now:
        make_final(scene.synthesis, actor="rapporteur/1", now=now)
    comment = scene.comment("accord")
    later = scene.now + timedelta(days=30)
    with pytest.raises(Refused, match="pas encore de réponse"), writing_at(later) as now:
        make_final(scene.synthesis, actor="rapporteur/1", now=now)
    with writing_at(later) as now:
        answer_discussion(comment, "noted", actor="rapporteur/1", now=now)
        make_final(scene.synthesis, actor="rapporteur/1", now=now)
    scene.synthesis.refresh_from_db()
    assert scene.synthesis.state == Synthesis.State.FINAL
    with pytest.raises(Refused, match="définitive"):
        scene.publish()


def test_everyone_reads_it_with_its_citations_and_a_hidden_contribution_gives_no_words():
    scene = a_published()
    client = Client(headers={"accept-language": "fr"})
    address = f"/demain/syntheses/{scene.consultation.slug}/"
    page = client.get(address).content.decode()
    assert "des tilleuls" in page
    assert f'href="/demain/contributions/{scene.one.number}/"' in page
    assert "Position A" in page
    assert "1 ne l’est pas" in page.replace("\u202f", " ")
    assert "Déjà prévu au budget." in client.get(f"{address}non-citees/").content.decode()
    assert "sur la place" in client.get(f"{address}phrases/accord/").content.decode()
    assert client.get("/demain/syntheses/").status_code == 200
    assert f'href="{address}"' in client.get("/demain/").content.decode(), "the first page leads to it"
    with writing_at(scene.now) as now:
        concertations.hide_by_moderation(scene.one, ground=Ground.CHARTER_ABUSE, facts="Une insulte.", now=now, number=2)
    for path in ("", "?version=1", "versions/1/", "phrases/accord/", "versions/1/synthese.md", "versions/1/synthese.json"):
        page = client.get(f"{address}{path}").content.decode()
        assert "tilleuls" not in page
        assert "citation retirée" in page
    assert client.get(f"{address}versions/2/").status_code == 404


def test_an_older_version_leads_to_its_own_sentences_and_to_what_it_left_out():
    scene = a_published()
    comment = scene.comment("accord", title="Combien sont-ils ?")
    scene.write("accord", f"Deux personnes veulent « des tilleuls » #{scene.one.number}.", topic="arbres")
    scene.write("neuf", f"Et les pavés #{scene.two.number}.", topic="arbres")
    scene.read()
    scene.publish(closes_at=None, because={"accord": [comment.number]})
    client = Client(headers={"accept-language": "fr"})
    address = f"/demain/syntheses/{scene.consultation.slug}/"
    old = client.get(f"{address}versions/1/").content.decode()
    assert f"{address}phrases/accord/?version=1" in old
    assert f"{address}non-citees/?version=1" in old
    assert "ouverte aux commentaires" not in old
    assert "On veut" in client.get(f"{address}phrases/accord/?version=1").content.decode()
    assert "Deux personnes" in client.get(f"{address}phrases/accord/").content.decode()
    assert "Déjà prévu au budget." in client.get(f"{address}non-citees/?version=1").content.decode()
    assert "Déjà prévu au budget." not in client.get(f"{address}non-citees/").content.decode()
    changes = client.get(f"{address}versions/2/changements/").content.decode()
    assert "Combien sont-ils" in changes
    assert f"{address}#s-neuf" in changes
    assert f"{address}versions/2/changements/" in client.get(address).content.decode()
    with writing_at(scene.now) as now:
        hide(comment, ground=Ground.CHARTER_ABUSE, actor="moderator/1", now=now)
    assert "Combien sont-ils" not in client.get(f"{address}versions/2/changements/").content.decode()


def test_a_citation_that_no_longer_resolves_stops_the_next_version():
    scene = a_published()
    with writing_at(scene.now) as now:
        concertations.hide_by_moderation(scene.one, ground=Ground.CHARTER_ABUSE, facts="Une insulte.", now=now, number=2)
    scene.write("a", f"De l’ombre #{scene.pro.number}.", column="controversy", topic="arbres", position="a")
    scene.read()
    with pytest.raises(Refused, match="n’est plus affichée"):
        scene.publish(closes_at=None)


def test_those_who_may_be_its_second_reader_are_asked_once_and_find_it_in_their_space_and_on_their_desk():
    scene = a_scene()
    fill(scene)
    sits = {name: Client(headers={"accept-language": "fr"}) for name in ("rapporteur", "moderator", "authority", "organiser")}
    for name, client in sits.items():
        people.enter(client, scene.roles[name].account)
    desks = {"moderator": "moderation/", "authority": "organisation/points/", "organiser": "organisation/"}
    told, link = "Une synthèse attend votre seconde lecture", f"/demain/redaction/{scene.consultation.slug}/relecture/"
    assert told not in sits["moderator"].get("/demain/moderation/").content.decode()
    assert sits["moderator"].post(f"{link}demander/").status_code == 403
    for _again in range(2):
        assert sits["rapporteur"].post(f"{link}demander/")["Location"] == link
    asked = Mail.objects.filter(key__startswith="second-reading/")
    holders = {role.account.email for role in standing_roles(scene.process) if role.role in REVIEWERS}
    assert sorted(asked.values_list("to", flat=True)) == sorted(holders - {scene.roles["rapporteur"].account.email})
    assert link in asked[0].body
    for name, page in desks.items():
        for address in ("/mon-espace/", f"/demain/{page}"):
            shown = sits[name].get(address).content.decode()
            assert told in shown, (name, address)
            assert f'href="{link}"' in shown
    assert told not in sits["rapporteur"].get("/mon-espace/").content.decode()  # who wrote it
    desk = f"/demain/redaction/{scene.consultation.slug}/"
    assert "la seconde lecture est demandée depuis" in sits["rapporteur"].get(desk).content.decode()
    assert "La seconde lecture est demandée" in sits["rapporteur"].get(link).content.decode()
    scene.read(answer=False, remarks="Dire le prix.")
    assert told not in sits["moderator"].get("/demain/moderation/").content.decode()
    (found,) = Mail.objects.filter(key__contains="/found/")
    assert (found.to, "Dire le prix." in found.body) == (scene.roles["rapporteur"].account.email, True)
    assert "une seconde lecture a demandé un changement" in sits["rapporteur"].get(desk).content.decode()
    scene.read()
    with pytest.raises(Refused, match="neutre"), writing_at(scene.now, lock=lock_of(scene.consultation)) as now:
        ask_second_reading(scene.synthesis, by=scene.roles["rapporteur"], now=now)


@pytest.mark.parametrize(
    ("state", "of_what", "because"),
    [
        ("final", {}, "définitive"),
        ("draft", {"is_empty": True}, "aucune phrase"),
        ("published", {"is_same_as_published": True}, "Rien"),
    ],
)
def test_a_second_reading_is_asked_of_a_text_that_has_something_new(state, of_what, because):
    standing = {"is_empty": False, "is_same_as_published": False, "has_review": False} | of_what
    assert because in (ask_refusal(state=state, **standing) or "")
    assert ask_refusal(state="draft", is_empty=False, is_same_as_published=False, has_review=False) is None


def test_everyone_reads_what_it_takes_up_with_each_formula_and_the_fingerprint_of_what_is_counted():
    scene = a_published()
    version = scene.synthesis.versions.get()
    alarm = {"number": scene.two.number, "at_least": 30}
    found = {
        "verdict": "found", "formula": "representation/1", "parameters": {"least_cell": 10}, "seed": 0, "input_hash": "e" * 64,
        "voters": 120, "with_one": 0.8, "satisfaction": 1.2, "few": "", "computed_at": "2026-11-22T08:00+01:00",
        "unrepresented": [alarm], "topics": [{"topic": "arbres", "voters": 110, "with_one": None, "satisfaction": None,
                                              "is_left_behind": False}],
        "groups": [
            {"group": "A", "voters": 80, "with_one": 0.9, "satisfaction": 1.5, "is_left_behind": False, "unrepresented": []},
            {"group": "B", "voters": 40, "with_one": 0.5, "satisfaction": 0.6, "is_left_behind": True, "unrepresented": [alarm]},
        ],
    }  # fmt: skip
    client, address = Client(headers={"accept-language": "fr"}), f"/demain/syntheses/{scene.consultation.slug}/"
    empty = client.get(f"{address}couverture/").content.decode()
    assert "Pas encore calculé" in empty
    with writing_at(scene.now) as now:
        assert note_representation(version, found, now=now)
        assert not note_representation(version, {"verdict": "too_few"}, now=now), "published once"
    page = client.get(f"{address}versions/1/couverture/").content.decode()
    for told in (version.coverage["input_hash"], "coverage/1", "representation/1", "polarisation_minimum = 10", "e" * 64):
        assert told in page
    assert "Calculé par l’exploitant, non vérifiable" in page
    assert "en retrait" in page
    assert "Une voix sans place" in page
    assert page.count(f"#{scene.two.number} <bdi>Repaver</bdi>") >= 3, "left aside, without a place, and in its group"
    assert set(re.findall(r'href="#(calcul-\w+)"', page)) <= set(re.findall(r'id="(calcul-\w+)"', page))
    assert "au moins 50" in client.get(address).content.decode(), "the least of the groups, beside the text"
