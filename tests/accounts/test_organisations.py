"""Does an organisation speak through its members, and is it recognised by others than itself?"""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from polyphonie.accounts import actions
from polyphonie.accounts.models import Account, Organisation, VerificationRequest
from polyphonie.accounts.queries import speaking_names, waiting_requests
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing_at
from polyphonie.outbox.models import Mail

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


@pytest.fixture
def orchard(amina: Account) -> Organisation:
    with writing_at(NOON) as now:
        return actions.declare_organisation(amina, name="Le Verger", kind="private_organisation", now=now)


@pytest.fixture
def clerk(db: None) -> Account:
    with writing_at(NOON) as now:
        return actions.open_account("clerk@example.org", name="Clara", is_fifteen=True, language="fr", now=now)


def asked(organisation: Organisation, by: Account) -> VerificationRequest:
    with writing_at(NOON) as now:
        return actions.request_verification(organisation, by=by, evidence="RNA W123456789", now=now)


def decided(request: VerificationRequest, by: Account, *, is_accepted: bool, reason: str = "") -> VerificationRequest:
    with writing_at(NOON) as now:
        return actions.decide_verification(request, is_accepted=is_accepted, reason=reason, by=by, role="organiser 1", now=now)


def test_who_declares_an_organisation_may_speak_for_it(amina: Account, orchard: Organisation, clerk: Account) -> None:
    assert speaking_names(amina) == [None, orchard]
    assert speaking_names(clerk) == [None]


def test_people_and_organisations_share_one_set_of_names(amina: Account, orchard: Organisation) -> None:
    with writing_at(NOON) as now:
        with pytest.raises(Refused):
            actions.open_account("v@example.org", name="LE VERGER", is_fifteen=True, language="fr", now=now)
        with pytest.raises(Refused):
            actions.declare_organisation(amina, name="amina", kind="private_organisation", now=now)


def test_an_accepted_request_verifies_and_destroys_its_evidence(amina: Account, orchard: Organisation, clerk: Account) -> None:
    request = asked(orchard, amina)
    assert waiting_requests() == [request]
    decided(request, clerk, is_accepted=True)
    orchard.refresh_from_db()
    request.refresh_from_db()
    assert orchard.verified_on is not None
    assert (request.evidence, request.state) == ("", "accepted")
    assert "Le Verger" in Mail.objects.get(key=f"verification/{request.pk}").subject


def test_a_refusal_gives_its_reason_destroys_the_evidence_and_lets_ask_again(
    amina: Account, orchard: Organisation, clerk: Account
) -> None:
    request = asked(orchard, amina)
    with pytest.raises(Refused):
        decided(request, clerk, is_accepted=False)
    request = decided(request, clerk, is_accepted=False, reason="Le numéro est celui d'une autre association.")
    assert request.evidence == ""
    assert "autre association" in Mail.objects.get(key=f"verification/{request.pk}").body
    asked(orchard, amina)


def test_nobody_decides_for_their_own_organisation_nor_twice(amina: Account, orchard: Organisation, clerk: Account) -> None:
    request = asked(orchard, amina)
    with pytest.raises(Refused):
        decided(request, amina, is_accepted=True)
    decided(request, clerk, is_accepted=True)
    with pytest.raises(Refused):
        decided(request, clerk, is_accepted=False, reason="No")


def test_one_request_waits_at_a_time_from_a_member_with_evidence(amina: Account, orchard: Organisation, clerk: Account) -> None:
    with pytest.raises(Refused):
        asked(orchard, clerk)
    with writing_at(NOON) as now, pytest.raises(Refused):
        actions.request_verification(orchard, by=amina, evidence="  ", now=now)
    request = asked(orchard, amina)
    with pytest.raises(Refused):
        asked(orchard, amina)
    decided(request, clerk, is_accepted=True)
    orchard.refresh_from_db()
    with pytest.raises(Refused):
        asked(orchard, amina)


def test_an_invitation_serves_once_for_one_organisation(amina: Account, orchard: Organisation, clerk: Account) -> None:
    with writing_at(NOON) as now:
        other = actions.declare_organisation(amina, name="La Ruche", kind="private_organisation", now=now)
        token = actions.invite(orchard, by=amina, now=now)
        with pytest.raises(Refused):
            actions.invite(orchard, by=clerk, now=now)
        with pytest.raises(Refused):
            actions.accept_invitation(other, clerk, token=token, now=now)
        late = actions.invite(orchard, by=amina, now=now)
    with writing_at(NOON + timedelta(days=7)) as later, pytest.raises(Refused):
        actions.accept_invitation(orchard, clerk, token=late, now=later)
    with writing_at(NOON) as now:
        actions.accept_invitation(orchard, clerk, token=token, now=now)
        third = actions.open_account("t@example.org", name="Théo", is_fifteen=True, language="fr", now=now)
        with pytest.raises(Refused):
            actions.accept_invitation(orchard, third, token=token, now=now)
    assert speaking_names(clerk) == [None, orchard]


def test_one_leaves_an_organisation(amina: Account, orchard: Organisation) -> None:
    with writing_at(NOON):
        actions.leave(orchard, amina)
        with pytest.raises(Refused):
            actions.leave(orchard, amina)
    assert speaking_names(amina) == [None]


def test_the_pages_of_an_organisation_open_to_its_members_only(as_amina: Client, orchard: Organisation, clerk: Account) -> None:
    address = f"/mon-espace/organisations/{orchard.slug}/"
    invitation = as_amina.post(address, {"invite": "1"}).content.decode()
    path = invitation.split("<code>http://127.0.0.1:8000")[1].split("<")[0]
    stranger = Client()
    stranger.force_login(clerk)
    assert stranger.get(address).status_code == 404
    assert stranger.get(path).status_code == 200
    assert stranger.post(path)["Location"] == address
    assert stranger.get(address).status_code == 200
    assert as_amina.post(address, {"evidence": "RNA W123456789"}).status_code == 302
    assert stranger.post(address, {"leave": "1"})["Location"] == "/mon-espace/organisations/"


def test_declaring_from_the_page_leads_to_the_organisation(as_amina: Client) -> None:
    done = as_amina.post("/mon-espace/organisations/", {"name": "La Ruche", "kind": "public_organisation"})
    assert done["Location"] == "/mon-espace/organisations/la-ruche/"
    assert as_amina.post("/mon-espace/organisations/", {"name": "La Ruche", "kind": "public_organisation"}).status_code == 422


def test_settings_are_saved_and_the_language_follows(as_amina: Client, amina: Account) -> None:
    sent = {"name": "Une voix", "language": "en", "is_listed": "on", "category": "researcher", "territory": "Mayotte"}
    answer = as_amina.post(
        "/mon-espace/reglages/", {**sent, "is_administrator": "on", "verified_on": "2026-01-01", "email": "x@y.fr"}
    )
    assert answer.status_code == 302
    amina.refresh_from_db()
    assert (amina.display_name, amina.language, amina.category, amina.territory) == ("Une voix", "en", "researcher", "Mayotte")
    assert amina.is_listed
    assert not amina.is_administrator
    assert amina.email == "amina@example.org"
    assert "Your settings are saved" in as_amina.get(answer["Location"]).content.decode()
