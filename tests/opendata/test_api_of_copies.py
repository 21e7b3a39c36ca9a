"""Does the API of a rebuilt process answer what its source published, kept files included?"""

import pytest
from django.test import Client

from polyphonie.opendata.api.operations import MOST
from polyphonie.opendata.catalogue import TABLES
from polyphonie.opendata.importing import course as importing
from tests.opendata import lively
from tests.opendata.test_api import BASE, every_row, file_rows, read

pytestmark = pytest.mark.django_db


def test_a_copy_answers_what_its_source_published(source):
    client = Client()
    importing.run(importing.Order("polyphonie", source, lively.SLUG, False))
    assert read(client, BASE)["process"]["origin"].endswith(f"/{lively.SLUG}")
    for table in TABLES:
        assert every_row(client, f"{BASE}/{table.name}?limit={MOST}") == file_rows(source, table), table.name
