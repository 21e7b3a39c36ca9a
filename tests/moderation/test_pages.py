"""Do the moderators' pages answer moderators alone, and hide what they decide to hide?"""

import pytest

from polyphonie.accounts.models import Account
from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Kind, Status
from polyphonie.core.writing import writing
from tests.concertations import a_person, a_process, an_open_consultation


@pytest.fixture
def proposal(db):
    with writing() as now:
        consultation = an_open_consultation(a_process(now=now), now=now)
        return voices.publish(consultation, Kind.PROPOSAL, voices.Text("Un banc", "Devant la gare"), author=None, now=now)


@pytest.fixture
def moderator(proposal, client) -> Account:
    account = Account.objects.get(display_name="Modératrice 1 demain")
    client.force_login(account)
    session = client.session
    session["second_factor"] = True
    session.save()
    return account


def test_a_moderator_hides_a_text_with_a_ground(client, moderator, proposal):
    assert "Un banc" in client.get("/demain/moderation/").content.decode()
    page = client.get(f"/demain/moderation/{proposal.number}/")
    assert "Devant la gare" in page.content.decode()
    answer = client.post(
        f"/demain/moderation/{proposal.number}/", {"ground": "charter_advertising", "facts": "Une publicité pour des bancs."}
    )
    assert answer.status_code == 302
    proposal.refresh_from_db()
    assert proposal.status == Status.HIDDEN
    assert f"#{proposal.number}" in client.get("/demain/moderation/").content.decode()


def test_any_text_is_reached_by_its_number_however_old(client, moderator, proposal):
    answer = client.get("/demain/moderation/", {"numero": f"#{proposal.number}"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/demain/moderation/{proposal.number}/"
    assert client.get("/demain/moderation/", {"numero": "²"}).status_code == 200


def test_without_facts_nothing_is_hidden_and_the_page_says_why(client, moderator, proposal):
    answer = client.post(f"/demain/moderation/{proposal.number}/", {"ground": "charter_advertising", "facts": ""})
    assert answer.status_code == 422
    proposal.refresh_from_db()
    assert proposal.status == Status.PUBLISHED


def test_nobody_else_reaches_the_desk(client, proposal):
    assert client.get("/demain/moderation/").status_code == 302
    with writing() as now:
        visitor = a_person("Passante", on=now)
    client.force_login(visitor)
    assert client.get("/demain/moderation/").status_code == 403
    assert client.post(f"/demain/moderation/{proposal.number}/", {"ground": "charter_flood", "facts": "x"}).status_code == 403
