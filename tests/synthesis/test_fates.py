"""What becomes of each contribution once a synthesis is published, and who is told? Its fate with the reason, one mail each."""

import json

import pytest
from django.test import Client

from polyphonie.contributions.actions import set_fate
from polyphonie.contributions.commitments import fate_commitment, fate_document
from polyphonie.contributions.models import Fate
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing_at
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Entry
from polyphonie.moderation.models import Ground
from polyphonie.notifications.actions import follow, refuse
from polyphonie.notifications.models import Topic
from polyphonie.notifications.queries import consultation_subject
from polyphonie.outbox.models import Mail
from polyphonie.synthesis.tasks import tell_of_syntheses
from tests import concertations
from tests.synthesis.drafts import a_published

pytestmark = pytest.mark.django_db


def mails_of(account):
    return list(Mail.objects.filter(key__startswith="synthesis/", to=account.email))


def test_the_reason_given_is_the_first_fate_with_its_leaf_and_the_page_says_it():
    scene = a_published()
    scene.two.refresh_from_db()
    assert (scene.two.fate, scene.two.fate_reason) == ("out_of_scope", "Déjà prévu au budget.")
    fate = Fate.objects.get(contribution=scene.two)
    leaf = json.loads(Entry.objects.get(leaf_hash=fate.leaf_hash).leaf)
    assert leaf["kind"] == "fate"
    assert leaf["contribution"] == scene.two.number
    assert leaf["cm"] == b64(fate_commitment(fate_document(scene.two, fate), bytes(fate.salt)))
    client = Client(headers={"accept-language": "fr"})
    page = client.get(f"/demain/contributions/{scene.two.number}/").content.decode()
    assert "Hors sujet" in page
    assert "Déjà prévu au budget." in page
    page = client.get(f"/demain/contributions/{scene.one.number}/").content.decode()
    assert "Citée dans la synthèse de" in page
    assert "dans 1 phrase" in page.replace("\xa0", " ")
    assert "/demain/syntheses/" in page
    assert "Lire la synthèse" in client.get(f"/demain/consultations/{scene.consultation.slug}/").content.decode()
    assert "Synthèse, version 1" in client.get("/demain/chronologie/").content.decode().replace("\xa0", " ")


def test_the_same_fate_again_changes_nothing_and_a_fate_has_a_reason():
    scene = a_published()
    scene.two.refresh_from_db()
    with writing_at(scene.now) as now:
        assert set_fate(scene.two, "out_of_scope", "Déjà prévu au budget.", actor="rapporteur/1", now=now) is None
        later = set_fate(scene.two, "partly", "Repris en partie.", "/ailleurs/", actor="organiser/1", now=now)
    assert later is not None
    assert later.number == 2
    with pytest.raises(Refused, match="Dites pourquoi"), writing_at(scene.now) as now:
        set_fate(scene.two, "merged", " ", actor="rapporteur/1", now=now)
    with pytest.raises(Refused, match="Choisissez"), writing_at(scene.now) as now:
        set_fate(scene.one, "forgotten", "Non.", actor="rapporteur/1", now=now)


def test_what_is_cited_later_loses_the_fate_of_what_was_left_out():
    scene = a_published()
    scene.write("neuf", f"Et les pavés #{scene.two.number}.", topic="arbres")
    scene.read()
    scene.publish(closes_at=None)
    scene.two.refresh_from_db()
    assert scene.two.fate == ""
    assert [fate.fate for fate in scene.two.fates.all()] == ["out_of_scope", ""]


def test_each_person_receives_one_mail_that_says_all_of_it():
    scene = a_published()
    reader = scene.roles["authority"].account
    follow_all = consultation_subject("demain", scene.consultation.slug)
    with writing_at(scene.now):
        follow(reader, follow_all)
    assert tell_of_syntheses() == 3
    assert tell_of_syntheses() == 0
    (mail,) = mails_of(scene.author)
    assert mail.subject.replace("\xa0", " ") == f"Votre contribution #{scene.one.number} est citée 1 fois dans la synthèse"
    assert "commenter chaque passage jusqu" in mail.body
    assert f"/demain/syntheses/{scene.consultation.slug}/#cite-{scene.one.number}" in mail.body
    (mail,) = mails_of(scene.two.author)
    assert f"#{scene.two.number} n’est pas citée (hors sujet)" in mail.body.replace("\xa0", " ")
    assert "Déjà prévu au budget." in mail.body
    assert f"#{scene.pro.number} est citée 1 fois" in mail.body.replace("\xa0", " ")
    assert "commenter chaque passage jusqu" in mail.body
    assert mail.unsubscribe_address
    (mail,) = mails_of(reader)
    assert "est publiée" in mail.subject


def test_what_was_turned_off_is_not_told_and_what_is_hidden_is_withdrawn():
    scene = a_published()
    with writing_at(scene.now):
        for topic in Topic.values:
            refuse(scene.author, topic)
    tell_of_syntheses()
    assert mails_of(scene.author) == []
    with writing_at(scene.now) as now:
        concertations.hide_by_moderation(scene.two, ground=Ground.CHARTER_ABUSE, facts="Une insulte.", now=now, number=2)
    assert mails_of(scene.two.author) == []


def test_a_second_version_tells_only_those_for_whom_something_changed():
    scene = a_published()
    tell_of_syntheses()
    Mail.objects.all().delete()
    scene.write("neuf", f"Et les pavés #{scene.two.number}.", topic="arbres")
    scene.read()
    scene.publish(closes_at=None)
    assert tell_of_syntheses() == 1
    (mail,) = Mail.objects.filter(key__startswith="synthesis/")
    assert mail.to == scene.two.author.email
    assert "commenter" not in mail.body
