"""Does what the platform says of itself hold: each test it names exists, each page answers, each figure is that of the code?"""

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest
from django.test import Client

from polyphonie.config.commands import fairness as command
from polyphonie.config.terminal import Terminal
from polyphonie.contributions.models import Contribution
from polyphonie.core.serving.limits import Limit
from polyphonie.opendata.export import export
from polyphonie.portal import fairness
from polyphonie.portal.fairness import KEPT, LIMITS, NOT, PARTLY, Principle, decisions, principles, tally
from tests.architecture.order import ROOT
from tests.people import a_town

pytestmark = pytest.mark.once
EXPECTED = [f"G{number:02}" for number in range(1, 39)]


@cache
def names_of_tests(path: Path) -> set[str]:
    """The names of the tests of a file, those in classes as `Class::test_…` too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    for group in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        names |= {node.name for node in group.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    return names


def absent(named: list[str]) -> list[str]:
    """Those of these test ids that lead nowhere."""
    missing = []
    for name in named:
        file, _colons, test = name.partition("::")
        path = ROOT / file
        if not path.is_file() or not (names_of_tests(path) if not test else test in names_of_tests(path)):
            missing.append(name)
    return missing


def test_every_principle_is_rated_once_with_words() -> None:
    found = principles()
    assert [one.id for one in found] == EXPECTED
    for one in found:
        assert one.verdict in (KEPT, PARTLY, NOT)
        assert all((one.quote, one.asks, one.said, one.recommendation)), one.id
        assert one.verdict == NOT or one.tests, f"{one.id} is said to be kept and names no test"
    counts = tally(found)
    print(f"Fairness: {len(found)} principles, {counts}, {len(decisions())} automated decisions")
    assert sum(counts.values()) == len(EXPECTED)


def test_every_test_page_and_file_it_names_exists(client: Client) -> None:
    found = principles()
    named = [test for one in found for test in one.tests]
    assert len(named) >= 60
    assert absent(named) == []
    assert absent(["tests/portal/test_fairness.py::test_that_is_not_there", "tests/none.py"]) != []
    for file in [file for one in found for file in one.files] + [one.file for one in decisions()]:
        assert (ROOT / file).is_file(), file


@pytest.mark.django_db
def test_the_pages_it_names_answer(client: Client) -> None:
    for page in {page for one in principles() for page in one.pages}:
        assert client.get(page).status_code == 200, page


def test_every_limit_of_the_code_is_told_with_its_figure() -> None:
    made = re.compile(r"\bLimit\(")
    written = sum(
        len(made.findall(path.read_text(encoding="utf-8")))
        for path in (ROOT / "polyphonie").rglob("*.py")
        if path.name != "fairness.py"
    )
    assert written == len(LIMITS), "a limit of the code is not told on the page of fairness"
    rule = next(one.rule for one in decisions() if one.what == "Les limites")
    for limit, words in LIMITS.items():
        assert f"{limit.times} {words()}" in rule
    assert all(isinstance(limit, Limit) for limit in LIMITS)


@pytest.mark.django_db
def test_no_address_nor_identity_that_is_not_public_is_in_the_files(tmp_path: Path) -> None:
    town = a_town()
    private = {account.email for account in town.accounts.values()}
    private |= {account.display_name for account in town.accounts.values() if not account.is_listed}
    signed = set(Contribution.objects.values_list("author_name", flat=True))
    export(town.process, tmp_path / "export")
    address = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
    read = 0
    for path in (tmp_path / "export").rglob("*"):
        if path.is_file() and path.name != "verify.py":
            text = path.read_text(encoding="utf-8")
            read += 1
            assert not address.search(text), path.name
            assert not [word for word in private - signed if word and word in text], path.name
    print(f"G14: {read} files, {len(private)} private words, 0 found")
    assert read >= 10


def test_no_figure_is_left_blank() -> None:
    assert not [one for one in decisions() if "{" in one.rule or "}" in one.rule]


def test_an_installation_that_lacks_something_is_lowered_and_says_it(settings) -> None:
    settings.IS_HTTPS = True
    settings.POLYPHONIE_LEGAL = {"publisher": "Commune"}
    assert verdict("G12") == (KEPT, ())
    settings.POLYPHONIE_LEGAL = {"publisher": ""}
    lowered, lacks = verdict("G12")
    assert lowered == PARTLY
    assert "qui répond des données" in lacks[0]
    settings.IS_HTTPS = False
    assert "HTTPS" in verdict("G28")[1][0]


def verdict(wanted: str) -> tuple[str, tuple[str, ...]]:
    one: Principle = next(one for one in principles() if one.id == wanted)
    return one.verdict, one.lacks


@pytest.mark.django_db
def test_the_page_shows_what_is_not_kept_first_and_the_json_and_the_command_say_the_same(client: Client, capsys) -> None:
    page = client.get("/loyaute/", headers={"accept-language": "fr"}).content.decode()
    before, _heading, _after = page.partition("Principe par principe")
    for one in principles():
        assert f'id="{one.id}"' in page
        assert (f'href="#{one.id}"' in before) == (one.verdict == NOT)
    data = json.loads(client.get("/loyaute/loyaute.json").content)
    assert data == json.loads(json.dumps(fairness.as_data()))
    outcome = command.run(None, Terminal(is_json=False))  # type: ignore[arg-type]
    assert json.loads(json.dumps(outcome.facts)) == data
    said = capsys.readouterr().out
    assert all(one.id in said for one in principles())
    assert outcome.is_right
