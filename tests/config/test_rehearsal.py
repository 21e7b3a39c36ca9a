"""Are the pages asked for before the site opens answered, does reading them change nothing, and does it open without them?"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, close_old_connections
from django.test import override_settings
from django.utils import translation

from polyphonie.config import rehearsal
from polyphonie.config.rehearsal import rehearse
from polyphonie.core.serving.keeping import pieces
from tests.consultation.test_privacy import every_table
from tests.people import a_town


@pytest.fixture
def kept_open() -> Iterator[None]:
    """The connection of this test stays open from one request to the next, as Django’s own test client keeps it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("kept_open")
@pytest.mark.parametrize("is_https", [False, True])
def test_every_page_is_answered_and_nothing_is_written(is_https: bool) -> None:
    application = get_wsgi_application()
    assert rehearse(application) == ["200 OK"] * 2
    a_town()
    before = every_table()
    with override_settings(IS_HTTPS=is_https, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        assert rehearse(application) == ["200 OK"] * 6
    assert every_table() == before
    assert len(pieces) == 0
    assert translation.get_language() == "fr"


def test_a_site_that_cannot_be_read_opens_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[str]:
        raise OperationalError

    monkeypatch.setattr(rehearsal, "_pages_of_a_text", broken)

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise AssertionError

    assert rehearse(application) == []
