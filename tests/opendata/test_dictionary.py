"""Does docs/reference/donnees.md say what the declarations say?"""

from django.utils import translation

from polyphonie.opendata import dictionary
from polyphonie.opendata.api.operations import OPERATIONS
from polyphonie.opendata.catalogue import TABLES
from tests.architecture.order import ROOT

HOW = " ".join((dictionary.__doc__ or "").split("\n")[2:])


def test_the_page_of_the_documentation_is_the_one_that_the_declarations_write():
    written = (ROOT / "docs/reference/donnees.md").read_text(encoding="utf-8")
    assert written == dictionary.page(), f"write it again: {HOW} > docs/reference/donnees.md"


def test_it_names_each_file_each_column_and_each_address_in_french():
    page = dictionary.page()
    for table in TABLES:
        assert f"### `{table.file_name}`" in page
        for column in table.columns:
            assert f"| `{column.name}` | {column.type} |" in page
            with translation.override("fr"):
                assert str(column.meaning) not in page, f"{table.name}.{column.name} is not in French"
    for operation in OPERATIONS:
        assert f"| `{operation.address}` |" in page
