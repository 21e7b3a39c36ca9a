"""Is every sentence of the interface in French, and well compiled?"""

from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from polyphonie.config import messages

SOURCE = '''"""Ask."""
from django.utils.translation import gettext as _, ngettext

A = _("Close on %(day)s")
B = ngettext("%(n)s vote", "%(n)s votes", 2)
'''
TEMPLATE = """{% trans %}
  Two
  lines
{% endtrans %}{{ _("Close on %(day)s", day=1) }}"""


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product of one package, whose catalogue is `locale/fr/town.po`."""
    templates = tmp_path / "polyphonie/town/templates/town"
    templates.mkdir(parents=True)
    (tmp_path / "polyphonie/town/__init__.py").write_text("")
    (tmp_path / "polyphonie/town/views.py").write_text(SOURCE)
    (templates / "page.html").write_text(TEMPLATE)
    monkeypatch.setattr(messages, "PACKAGE", tmp_path / "polyphonie")
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    (tmp_path / "locale/fr").mkdir(parents=True)
    return tmp_path / "locale/fr/town.po"


CLOSE = 'msgid "Close on %(day)s"\nmsgstr "Fermer le %(day)s"\n\n'
VOTES = 'msgid "%(n)s vote"\nmsgid_plural "%(n)s votes"\nmsgstr[0] "un vote"\nmsgstr[1] "%(n)s votes"\n\n'
LINES = 'msgid "Two lines"\nmsgstr "Deux lignes"\n\n'


def whats() -> list[str]:
    return [problem.what.split(" in ")[0] for problem in messages.problems()]


def test_every_sentence_of_the_product_is_translated_and_no_translation_is_left_over():
    assert [str(problem) for problem in messages.problems()] == []


def test_a_complete_catalogue_has_no_problem(country):
    country.write_text(CLOSE + VOTES + LINES)
    assert whats() == []


@pytest.mark.parametrize(
    ("catalogue", "expected"),
    [
        (CLOSE + VOTES, ["missing"]),
        (CLOSE + VOTES + LINES + 'msgid "Gone"\nmsgstr "Parti"\n', ["unused"]),
        (CLOSE + VOTES + "#, fuzzy\n" + LINES, ["fuzzy"]),
        (CLOSE + VOTES + 'msgid "Two lines"\nmsgstr ""\n', ["empty"]),
        (CLOSE.replace("le %(day)s", "le %(jour)s") + VOTES + LINES, ["other placeholders"]),
        (CLOSE + VOTES.replace('"%(n)s votes"\n\n', '"des votes"\n\n') + LINES, ["other placeholders"]),
    ],
)
def test_each_fault_of_a_catalogue_is_named(country, catalogue, expected):
    country.write_text(catalogue)
    assert whats() == expected


def test_one_sentence_has_one_translation(country):
    country.write_text(CLOSE + VOTES + LINES)
    other = messages.PACKAGE / "village"
    other.mkdir()
    (other / "__init__.py").write_text('_("Two lines")')
    country.with_name("village.po").write_text(LINES.replace("Deux", "Double"))
    assert whats() == ["translated otherwise"]


def test_the_catalogues_become_one_file_that_plurals_and_placeholders_survive(country):
    country.write_text(CLOSE + VOTES + LINES)
    (compiled,) = messages.compile_catalogues()
    with compiled.open("rb") as file:
        catalogue = read_mo(file)
    assert catalogue.get("Two lines").string == "Deux lignes"
    assert catalogue.get("%(n)s vote").string == ["un vote", "%(n)s votes"]


def test_missing_entries_are_given_ready_to_be_pasted(country):
    country.write_text("\n".join(messages.stubs("town")))
    assert whats() == ["empty", "empty", "empty"]
