"""Does a supervisor read whether the site is alive, and ready? And nothing more."""

import json
import shutil
from collections import namedtuple
from http import HTTPStatus

import pytest
from django.db import OperationalError
from django.test import Client

from polyphonie.config import health, schedule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    schedule.last_turn_file().unlink(missing_ok=True)
    monkeypatch.setattr(health, "_is_of_this_version", False)
    yield
    schedule.last_turn_file().unlink(missing_ok=True)


def asked() -> tuple[int, dict[str, bool]]:
    answer = Client().get("/sante/pret/")
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.status_code, json.loads(answer.content)["checks"]


def test_a_site_that_works_is_ready():
    schedule.last_turn_file().touch()
    assert asked() == (HTTPStatus.OK, {"database": True, "version": True, "tick": True, "disk": True})
    assert json.loads(Client().get("/sante/").content) == {"live": True}


def unreached():
    raise OperationalError("secret words")


@pytest.mark.parametrize("amiss", ["database", "version", "tick", "disk"])
def test_each_thing_amiss_is_named_and_answers_503(monkeypatch, amiss):
    schedule.last_turn_file().touch()
    if amiss == "database":
        monkeypatch.setitem(health.CHECKS, "database", unreached)
    elif amiss == "version":
        monkeypatch.setattr(health.database, "pending", lambda: ["portal.0002_more"])
    elif amiss == "tick":
        schedule.last_turn_file().unlink()
    else:
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: namedtuple("usage", "free")(1000))
    status, checks = asked()
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert [name for name, is_right in checks.items() if not is_right] == [amiss]
    assert b"secret" not in Client().get("/sante/pret/").content


def test_a_supervisor_beside_the_server_needs_no_https(settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/sante/").status_code == HTTPStatus.OK
