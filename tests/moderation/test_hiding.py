"""Is a text hidden only with a ground and facts, by role, and shown again as it was?"""

import pytest

from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Contribution, Kind, Status
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger.models import Entry
from polyphonie.moderation.actions import hide_text, restore_text
from polyphonie.moderation.models import Decision, Ground
from polyphonie.notifications.actions import refuse
from polyphonie.notifications.models import Topic
from polyphonie.outbox.models import Mail
from polyphonie.processes.models import Process
from tests.concertations import a_person, a_process, an_open_consultation


@pytest.fixture
def proposal(db) -> Contribution:
    with writing() as now:
        consultation = an_open_consultation(a_process(now=now), now=now)
        return voices.publish(consultation, Kind.PROPOSAL, voices.Text("Un banc", "Devant la gare"), author=None, now=now)


def hide(proposal: Contribution, facts: str = "Un numéro de téléphone.") -> Decision:
    with writing() as now:
        return hide_text(proposal, ground=Ground.UNLAWFUL_DATA, facts=facts, actor="moderator/1", now=now)


def test_a_hidden_text_keeps_its_number_its_ground_and_its_leaf(proposal):
    hide(proposal)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.status_ground) == (Status.HIDDEN, "unlawful_data")
    assert Entry.objects.filter(kind="mod", leaf__contains='"act":"hidden"', leaf__icontains="moderator/1").count() == 1


def test_the_author_is_told_why_and_before_whom_to_contest(db):
    with writing() as now:
        consultation = an_open_consultation(a_process(now=now), now=now)
        Process.objects.filter(pk=consultation.process_id).update(appeal_body="La médiatrice de Neuville")
        consultation.process.refresh_from_db()
        author = a_person("Habitante", on=now)
        text = voices.publish(consultation, Kind.PROPOSAL, voices.Text("Un banc", "Devant la gare"), author=author, now=now)
    hide(text)
    body = Mail.objects.get(key__startswith="hidden/").body
    assert "Un numéro de téléphone" in body
    assert "La médiatrice de Neuville" in body
    assert "/mon-espace/messages/arreter/" in body


def test_nothing_is_hidden_without_facts(proposal):
    with pytest.raises(Refused):
        hide(proposal, facts="  ")
    proposal.refresh_from_db()
    assert proposal.status == Status.PUBLISHED


def test_a_text_is_not_hidden_twice(proposal):
    hide(proposal)
    proposal.refresh_from_db()
    with pytest.raises(Refused):
        hide(proposal)
    assert Decision.objects.count() == 1


def test_a_restored_text_is_as_it_was_and_may_be_hidden_again(proposal):
    for _turn in range(2):
        hide(proposal)
        with writing() as now:
            restore_text(proposal, facts="Le numéro est celui de la mairie.", actor="moderator/1", now=now)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.body) == (Status.PUBLISHED, "Devant la gare")
    assert [decision.act for decision in Decision.objects.all()] == ["restored", "hidden", "restored", "hidden"]


def test_the_counters_beside_follow(proposal):
    with writing() as now:
        argument = voices.publish(
            proposal.consultation, Kind.ARGUMENT, voices.Text("", "Oui"), author=None, about=proposal, side="for", now=now
        )
    hide(argument)
    proposal.refresh_from_db()
    proposal.consultation.refresh_from_db()
    assert (proposal.arguments_for, proposal.consultation.texts) == (0, 1)


def test_the_reasons_of_a_hiding_reach_an_author_who_turned_messages_off(proposal):
    with writing() as now:
        author = a_person("Autrice", on=now)
        refuse(author, Topic.MY_TEXTS)
        Contribution.objects.filter(pk=proposal.pk).update(author=author)
        proposal.refresh_from_db()
    hide(proposal)
    assert "Un numéro de téléphone" in Mail.objects.get(to=author.email).body
