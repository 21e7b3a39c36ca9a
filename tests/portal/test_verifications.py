"""Do organisers decide who an organisation is, with their second factor, and see the evidence once?"""

import pytest
from django.test import Client

from polyphonie.accounts.actions import declare_organisation, open_account, request_verification
from polyphonie.accounts.models import VerificationRequest
from polyphonie.core.writing import writing
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Role
from tests.concertations import a_process
from tests.people import signed_in

pytestmark = pytest.mark.django_db
EVIDENCE = "RNA W123456789"


@pytest.fixture
def request_of_orchard() -> VerificationRequest:
    with writing() as now:
        amina = open_account("amina@example.org", name="Amina", is_fifteen=True, language="fr", now=now)
        orchard = declare_organisation(amina, name="Le Verger", kind="private_organisation", now=now)
        return request_verification(orchard, by=amina, evidence=EVIDENCE, now=now)


@pytest.fixture
def organiser() -> Client:
    with writing() as now:
        process = a_process(now=now)
        clerk = open_account("clerk@example.org", name="Clara", is_fifteen=True, language="fr", now=now)
        grant_role(process, clerk, Role.ORGANISER, actor="administrator", now=now)
    return signed_in(clerk)


def test_an_organiser_accepts_and_the_evidence_is_gone(organiser: Client, request_of_orchard: VerificationRequest) -> None:
    address = "/demain/organisation/verifications/"
    assert EVIDENCE in organiser.get(address).content.decode()
    assert organiser.post(address, {"request": request_of_orchard.pk, "decision": "accept"}).status_code == 302
    assert EVIDENCE not in organiser.get(address).content.decode()
    request_of_orchard.refresh_from_db()
    assert (request_of_orchard.state, request_of_orchard.evidence) == ("accepted", "")
    assert request_of_orchard.decided_by_role == "organiser/1"


def test_a_refusal_without_reason_is_asked_again(organiser: Client, request_of_orchard: VerificationRequest) -> None:
    address = "/demain/organisation/verifications/"
    assert organiser.post(address, {"request": request_of_orchard.pk, "decision": "refuse"}).status_code == 422
    request_of_orchard.refresh_from_db()
    assert request_of_orchard.evidence == EVIDENCE
    assert organiser.post(address, {"request": "9" * 40, "decision": "accept"}).status_code == 404


def test_nobody_else_reads_the_evidence(organiser: Client, request_of_orchard: VerificationRequest) -> None:
    for address in ("/demain/organisation/verifications/", "/mon-espace/verifications/"):
        assert Client().get(address).status_code == 302
        assert signed_in(request_of_orchard.requested_by).get(address).status_code == 403
    assert organiser.get("/mon-espace/verifications/").status_code == 403


def test_the_administrator_decides_too(request_of_orchard: VerificationRequest) -> None:
    with writing() as now:
        admin = open_account("admin@example.org", name="Ada", is_fifteen=True, language="fr", now=now)
    admin.is_administrator = True
    admin.save()
    sent = {"request": request_of_orchard.pk, "decision": "refuse", "reason": "Une autre association."}
    assert signed_in(admin).post("/mon-espace/verifications/", sent).status_code == 302
    request_of_orchard.refresh_from_db()
    assert (request_of_orchard.state, request_of_orchard.decided_by_role) == ("refused", "administrator")
