"""Does looking leave no trace, and does every answer carry its headers? (S12)"""

import re
from http import HTTPStatus

import pytest
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection

from polyphonie.config.access import TABLE
from polyphonie.core import addresses
from tests import people
from tests.architecture.reachable import routes, samples
from tests.people import Town, a_town
from tests.undone import undone

HEADERS = {
    "Content-Security-Policy": "require-trusted-types-for 'script'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
WRITE = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|DROP|ALTER|CREATE)\b", re.IGNORECASE)
MAY_BE_WRITTEN = re.compile(r'"(?:django_session|accounts_staffaccess)"')
FEWEST_LOOKED_AT, FEWEST_PEOPLE = 190, 6
TOO_WIDE = {"unsafe-inline", "unsafe-eval", "nonce-", "http:", "https:"}

OF_A_SYNTHESIS = {"synthesis_address", "discussion_address"}
"""Only a closed consultation has one."""
ONLY_IN_DEMONSTRATION = {"/demo/", "/demo/courrier/"}


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        yield a_town()


class Watch:
    """Keeps every statement that would change a row other than the session's, and the note of what staff saw of a person."""

    def __init__(self) -> None:
        self.writes: list[str] = []

    def __call__(self, execute, sql, parameters, many, context):
        if WRITE.match(sql) and not MAY_BE_WRITTEN.search(sql):
            self.writes.append(sql)
        return execute(sql, parameters, many, context)


def assert_headers(answer) -> None:
    for name, words in HEADERS.items():
        assert words in answer.headers.get(name, ""), (name, answer.headers.get(name), answer.request["PATH_INFO"])
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not [word for word in TOO_WIDE if word in answer.headers["Content-Security-Policy"]]


LOOKED_AT = sorted((name, route) for name, route in routes().items() if "GET" in TABLE[name].methods)


def test_every_address_that_may_be_looked_at_is_looked_at_by_each_of_the_main_ones():
    print(f"S12: {len(LOOKED_AT)} kinds of address × {len(people.THE_MAIN_ONES)} people, 0 rows changed, 0 headers missing")
    assert len(LOOKED_AT) >= FEWEST_LOOKED_AT
    assert len(people.THE_MAIN_ONES) >= FEWEST_PEOPLE


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "route"), LOOKED_AT)
def test_looking_at_a_page_changes_no_row_and_its_headers_are_whole(town: Town, name, route):
    looked = 0
    for who in people.THE_MAIN_ONES:
        client = town.visit(who)
        for address in samples(name, route, town).values():
            looked += 1
            watch = Watch()
            with connection.execute_wrapper(watch):
                answer = client.get(address)
            assert watch.writes == [], (who, address)
            assert_headers(answer)
    print(f"S12 {name}: {looked} looks, 0 rows changed, headers whole on each")
    assert looked >= len(people.THE_MAIN_ONES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/nulle/part/du-tout/", HTTPStatus.NOT_FOUND),
        ("get", "/static/core/polyphonie.css", HTTPStatus.OK),
        ("get", "/static/absent.css", HTTPStatus.NOT_FOUND),
        ("get", "/connexion", HTTPStatus.MOVED_PERMANENTLY),
        ("put", "/connexion/", HTTPStatus.METHOD_NOT_ALLOWED),
        ("get", "/%00/", HTTPStatus.NOT_FOUND),
    ],
)
def test_an_error_a_redirection_and_a_file_carry_the_same_headers(client, method, address, status):
    answer = getattr(client, method)(address)
    assert answer.status_code == status
    assert_headers(answer)
    answer.getvalue()  # a file is closed once read


@pytest.mark.django_db
def test_a_request_for_another_host_is_refused_with_its_headers(client):
    answer = client.get("/connexion/", headers={"host": "ailleurs.example"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert_headers(answer)
    assert issubclass(DisallowedHost, Exception)


@pytest.mark.django_db
def test_what_is_too_long_to_be_read_is_refused_in_words_with_the_same_headers(client):
    answer = client.post("/connexion/", {"email": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert (answer.status_code, "est trop long" in answer.content.decode()) == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, True)
    assert_headers(answer)


ITS_AUTHORS_ALONE = {"my_case_address"}


@pytest.mark.django_db
def test_every_address_that_packages_build_links_with_answers(town: Town):
    process, consultation, number = town.process.slug, town.consultation.slug, town.proposal.number
    values = {
        "process": process,
        "consultation": consultation,
        "number": number,
        "import_number": 1,
        "slug": "",
        "side": "",
        "page": "/",
        "code": "fr",
        "version": "2026-11-21",
        "case": town.case.pk,
        "dossier": town.case.number,
    }
    synthesised = {"consultation": town.closed.slug, "number": town.discussions["open"]}
    client, author = town.visit(people.ADMINISTRATOR), town.visit(people.AUTHOR)
    silent = []
    for name, build in sorted(vars(addresses).items()):
        if not (name.endswith("_address") and callable(build)):
            continue
        wanted = build.__code__.co_varnames[: build.__code__.co_argcount]
        chosen = values | synthesised if name in OF_A_SYNTHESIS else values
        address = build(**{parameter: chosen[parameter] for parameter in wanted})
        reader = author if name in ITS_AUTHORS_ALONE else client
        if reader.get(address).status_code == HTTPStatus.NOT_FOUND:
            silent.append(address)
    for name, address in sorted(vars(addresses).items()):
        is_address = name.isupper() and isinstance(address, str) and address.startswith("/")
        if is_address and client.get(address).status_code == HTTPStatus.NOT_FOUND:
            silent.append(address)
    missing = set(silent) - ONLY_IN_DEMONSTRATION
    assert not missing, "\n".join(sorted(missing))
