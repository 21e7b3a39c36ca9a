"""An export that has lived, whose installation is gone: made once for the tests that rebuild it."""

from pathlib import Path

import pytest

from tests.undone import undone


@pytest.fixture(scope="session")
def source(django_db_setup, django_db_blocker, tmp_path_factory) -> Path:
    from tests.opendata import lively  # the settings are not read yet when this file is

    with django_db_blocker.unblock(), undone():
        return lively.build(tmp_path_factory.mktemp("lively") / "export").folder
