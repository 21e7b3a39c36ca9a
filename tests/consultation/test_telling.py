"""Are people told what they asked to be told, once, and never because they voted?"""

from datetime import timedelta

import pytest

from polyphonie.accounts.actions.voter import ensure_voter_secret
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.contributions.actions import Text
from polyphonie.core.writing import writing
from polyphonie.moderation.models import Ground
from polyphonie.notifications.models import Event, Follow, Topic
from polyphonie.notifications.queries import consultation_subject
from polyphonie.outbox.models import Mail
from polyphonie.processes import tasks
from polyphonie.processes.actions import extend_consultation
from tests.concertations import a_person, a_process, an_open_consultation, hide_by_moderation


@pytest.fixture
def told(db):
    with writing() as now:
        consultation = an_open_consultation(a_process(now=now), now=now)
        author, other = a_person("Autrice", on=now), a_person("Autre", on=now)
        ensure_voter_secret(other)
        proposal = speaking.propose(consultation, Text("Un banc", "Ici."), account=author, now=now)
    return consultation, author, other, proposal


def test_publishing_writes_to_its_author_and_follows_the_consultation(told):
    _consultation, author, _other, _proposal = told
    assert Mail.objects.filter(to=author.email, body__contains="#1").count() == 1
    assert Follow.objects.get().subject == consultation_subject("demain", "places")


def test_an_answer_is_told_to_whom_it_answers_and_not_to_oneself(told):
    _consultation, author, other, proposal = told
    with writing() as now:
        speaking.argue(proposal, Text("", "Oui."), side="for", account=other, now=now)
        speaking.add_source(proposal, Text("Étude"), account=author, now=now)
    event = Event.objects.get(topic=Topic.REACTIONS)
    assert (event.account, event.quotes) == (author, "contribution/demain/2")


def test_voting_tells_and_follows_nothing(told):
    _consultation, _author, other, proposal = told
    mails, follows = Mail.objects.count(), Follow.objects.count()
    with writing() as now:
        cast_vote(proposal, account=other, position=1, nonce=b"n" * 16, after=0, revision=1, now=now)
    assert (Mail.objects.count(), Follow.objects.count(), Event.objects.count()) == (mails, follows, 0)


def test_hiding_withdraws_what_quotes_the_text_and_tells_its_author_why(told):
    _consultation, _author, other, proposal = told
    with writing() as now:
        argument = speaking.argue(proposal, Text("", "Achetez."), side="for", account=other, now=now)
    argument.refresh_from_db()
    with writing() as now:
        hide_by_moderation(argument, ground=Ground.CHARTER_ABUSE, facts="Une attaque.", now=now)
    assert not Event.objects.filter(topic=Topic.REACTIONS).exists()
    mails = Mail.objects.filter(to=other.email, body__contains="#2")
    assert ["Une attaque" in mail.body for mail in mails] == [True]


def test_followers_learn_of_an_extension_and_of_the_last_three_days_once(told):
    consultation, author, _other, _proposal = told
    with writing() as now:
        extend_consultation(
            consultation, closes_at=now + timedelta(days=12), reason="Des villages attendent.", actor="organiser/1", now=now
        )
    assert Event.objects.get(account=author, topic=Topic.CONSULTATIONS).line.count("Des villages attendent.") == 1
    assert tasks.tell_closing() == 0
    with writing() as now:
        type(consultation).objects.filter(pk=consultation.pk).update(closes_at=now + timedelta(days=2))
    assert [tasks.tell_closing(), tasks.tell_closing()] == [1, 0]
    assert Event.objects.filter(account=author, topic=Topic.CONSULTATIONS).count() == 2


def test_one_follows_and_stops_by_a_button(told, client):
    consultation, _author, other, _proposal = told
    client.force_login(other)
    subject = consultation_subject("demain", consultation.slug)
    client.post("/demain/consultations/places/suivre/", {"suivre": "oui"})
    assert Follow.objects.filter(account=other, subject=subject).exists()
    assert "Ne plus suivre" in client.get("/demain/consultations/places/").content.decode()
    client.post("/demain/consultations/places/suivre/", {"suivre": "non"})
    assert not Follow.objects.filter(account=other, subject=subject).exists()
