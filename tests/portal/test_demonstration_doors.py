"""Do the doors of the demonstration open to anyone there, and exist nowhere else?"""

import os
import subprocess
import sys

import pytest
from django.urls import reverse

from polyphonie.accounts.actions import open_account
from polyphonie.accounts.actions.people import make_administrator
from polyphonie.core.writing import writing
from polyphonie.outbox.actions import queue_mail
from polyphonie.portal.demonstration import content
from polyphonie.portal.demonstration.entries import ENTRIES
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Role
from polyphonie.processes.queries import roles_held
from tests.concertations import a_process, an_open_consultation

DOORS = ["/demo/", "/demo/entrer/citizen/", "/demo/courrier/"]


@pytest.fixture
def demonstration(settings, db):
    """Demonstration mode, and the people one enters as, without all that they wrote."""
    settings.POLYPHONIE_DEMO = True
    with writing() as now:
        process = a_process(now=now, slug="demain-nos-places", is_demonstration=True)
        an_open_consultation(process, now=now, slug="nuit")
        for entry in ENTRIES.values():
            if entry.key == "administrator":
                make_administrator(entry.address, name="Administration", language="fr", now=now)
                continue
            account = open_account(entry.address, name=f"Personne {entry.key}", is_fifteen=True, language="fr", now=now)
            if entry.key in Role.values:
                grant_role(process, account, Role(entry.key), actor="installation", now=now)
    return process


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put"])
@pytest.mark.parametrize("door", DOORS)
def test_outside_the_demonstration_there_is_no_door(client, door, method):
    assert getattr(client, method)(door).status_code == 404


def test_one_enters_by_posting_only(client, demonstration):
    assert client.get("/demo/entrer/citizen/").status_code == 405
    assert client.post("/demo/entrer/nobody/").status_code == 404
    assert "_auth_user_id" not in client.session


def test_a_form_of_another_site_enters_as_nobody(demonstration):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post("/demo/entrer/organiser/").status_code == 403


def test_the_page_offers_a_person_for_each_role(client, demonstration):
    page = client.get("/demo/").content.decode()
    assert page.count("<form") == len(ENTRIES) == 8
    for entry in ENTRIES.values():
        assert reverse("portal:enter", kwargs={"key": entry.key}) in page
        assert entry.account.display_name in page


@pytest.mark.parametrize("key", ENTRIES)
def test_one_click_signs_in_as_this_person_and_arrives_on_their_page(client, demonstration, key):
    answer = client.post(f"/demo/entrer/{key}/", follow=True)
    assert answer.redirect_chain[0] == (ENTRIES[key].arrival, 302)
    assert answer.status_code == 200
    account = answer.wsgi_request.user
    assert account == ENTRIES[key].account
    assert client.session["second_factor"] is True
    assert "second-facteur" not in answer.wsgi_request.path
    if key in Role.values:
        assert roles_held(account, demonstration.slug) == {Role(key)}


def test_one_goes_from_one_person_to_another(client, demonstration):
    client.post("/demo/entrer/moderator/")
    assert client.get(f"/{demonstration.slug}/moderation/").status_code == 200
    client.post("/demo/entrer/citizen/")
    assert client.get(f"/{demonstration.slug}/moderation/").status_code == 403
    assert "Vous êtes connecté comme cette personne" in client.get("/demo/").content.decode()


def test_the_mail_that_would_have_left_is_read_there_codes_included(client, demonstration):
    with writing() as now:
        queue_mail("code/1", "moi@exemple.fr", "Votre code : 493027", "Bonjour,\n\nhttp://127.0.0.1:8000/suite", now=now)
        queue_mail("other/1", "toi@exemple.fr", "<b>Bonjour</b>", "Rien.", now=now)
    page = client.get("/demo/courrier/").content.decode()
    assert page.index("toi@exemple.fr") < page.index("moi@exemple.fr")
    assert "493027" in page
    assert 'href="http://127.0.0.1:8000/suite"' in page
    assert "&lt;b&gt;Bonjour" in page


def test_every_page_leads_to_the_doors_in_the_demonstration(client, demonstration, settings):
    address = f"/{demonstration.slug}/consultations/nuit/"
    assert 'href="/demo/"' in client.get(address).content.decode()
    settings.POLYPHONIE_DEMO = False
    assert 'href="/demo/"' not in client.get(address).content.decode()


def test_whom_one_enters_as_is_someone_of_the_content():
    people = {person["key"] for person in content.people()["people"]}
    staff = {member["key"]: member["role"] for member in content.concertation()["staff"]}
    assert not people & staff.keys()
    for key, person in content.concertation()["entries"].items():
        if key in ("citizen", "organisation"):
            assert person in people
        else:
            assert staff[person] == (key if key in Role.values else "")


@pytest.mark.parametrize(
    ("word", "setting", "value"),
    [
        ("demo", "POLYPHONIE_BASE_URL", "https://concertation.example.org"),
        ("serve", "POLYPHONIE_BASE_URL", "http://192.0.2.1:8000"),
        ("serve", "POLYPHONIE_BIND", "0.0.0.0:8000"),
        ("serve", "POLYPHONIE_BIND", "[::]:8000"),
        ("serve", "POLYPHONIE_BIND", "unix:/run/polyphonie.sock"),
        ("serve", "POLYPHONIE_TRUSTED_PROXIES", "127.0.0.1"),
    ],
)
def test_it_refuses_a_public_address(tmp_path, word, setting, value):
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("POLYPHONIE_", "DJANGO_"))}
    folders = {"POLYPHONIE_VAR": f"{tmp_path}/var", "POLYPHONIE_KEYS": f"{tmp_path}/keys", "POLYPHONIE_DEMO": "1"}
    result = subprocess.run(
        [sys.executable, "-m", "polyphonie", word],
        env=kept | folders | {setting: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert "demonstration" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "var" / "polyphonie.sqlite3").exists()
