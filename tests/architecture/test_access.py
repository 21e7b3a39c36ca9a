"""Who reaches what? Every address × method × person, against the table that decides it (default: refused)."""

from http import HTTPStatus

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from polyphonie.config.access import TABLE, Access, Audience
from polyphonie.core.serving import limits
from polyphonie.processes.models import Role
from tests import people
from tests.architecture.reachable import routes, samples
from tests.people import Town, a_town
from tests.undone import undone

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
TRIES_EVERYTHING = people.CITIZEN
SHOWN = {HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.NOT_MODIFIED}
REFUSED_BY_A_RULE = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.GONE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
}
SHOWN_LATER = {
    "portal:privacy_changes": "there is one version of the notice so far",
    "portal:terms_changes": "there is one version of the terms so far",
    "opendata:archive": "the first export of a town is made by the loop of what is due",
    "opendata:file": "the first export of a town is made by the loop of what is due",
    "synthesis:pdf": "a PDF is made by the loop of what is due",
    "opendata:api_nothing": "it answers what has no address",
}


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    """One town for all these tests: each request is undone."""
    with django_db_blocker.unblock(), undone():
        yield a_town()


def test_every_address_has_its_row_and_every_row_its_address():
    print(f"S2: {len(routes())} addresses × {len(METHODS)} methods × {len(people.EVERYONE)} people, 0 unclassified")
    assert set(routes()) == set(TABLE)
    assert len(TABLE) >= 200


def asked(client: Client, method: str, address: str) -> HttpResponse:
    """The answer, and nothing of what it wrote."""
    limits.forget_all()
    cache.clear()
    with undone():
        return client.generic(method, address, b"", content_type="application/x-www-form-urlencoded")


def audience_of(access: Access, who: str) -> str:
    """What the table says of this person: « in », « sign in », « second factor » or « out »."""
    audience = access.audience
    if audience in (Audience.ANYONE, Audience.ANYONE_FULLY):
        return "in"
    if who == people.ANONYMOUS:
        return "sign in"
    if audience is Audience.SIGNED_IN:
        return "in"
    if audience in (Audience.ADMINISTRATOR, Audience.CREATOR):
        return "in" if who == people.ADMINISTRATOR else "out"
    assert isinstance(audience, frozenset)
    if who == people.UNPROVEN and Role.ORGANISER in audience:
        return "second factor"
    return "in" if who in people.ROLES and people.ROLES[who] in audience else "out"


def is_expected(access: Access, who: str, method: str, answer: HttpResponse) -> bool:
    status = HTTPStatus(answer.status_code)
    if access.audience is Audience.DEMO:
        return status == HTTPStatus.NOT_FOUND
    if method not in access.methods:
        return status == HTTPStatus.METHOD_NOT_ALLOWED
    match audience_of(access, who):
        case "in":
            return status in SHOWN | REFUSED_BY_A_RULE
        case "sign in":
            return status == HTTPStatus.FOUND and answer.headers["Location"].startswith("/connexion/?suite=")
        case "second factor":
            return status == HTTPStatus.FOUND and answer.headers["Location"].startswith("/connexion/second-facteur/")
        case _:
            return status == HTTPStatus.FORBIDDEN


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "route"), sorted(routes().items()))
def test_an_address_answers_each_person_as_the_table_says(town: Town, name, route):
    access = TABLE[name]
    wrong, reached, requests = [], False, 0
    for who in people.EVERYONE if isinstance(access.audience, frozenset) else people.THE_MAIN_ONES:
        client = town.visit(who)
        for method in METHODS if who == TRIES_EVERYTHING else sorted(access.methods - {"HEAD"}):
            for state, address in samples(name, route, town).items():
                answer = asked(client, method, address)
                requests += 1
                reached = reached or answer.status_code in SHOWN
                if not is_expected(access, who, method, answer):
                    wrong.append((who, method, state, answer.status_code))
    print(f"S2 {name}: {requests} requests, {len(wrong)} answered otherwise than the table says")
    assert not wrong, wrong[:20]
    assert requests >= len(METHODS)
    may_show = (
        "GET" in access.methods and name not in SHOWN_LATER and "token" not in route and access.audience is not Audience.DEMO
    )
    assert reached or not may_show, "nobody was shown anything: the sample is wrong"
