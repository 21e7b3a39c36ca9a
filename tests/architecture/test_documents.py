"""Do the documents say what is there? Settings, commands, dependencies and links, held against the code."""

import re
import subprocess
import tomllib

import pytest
import yaml

from polyphonie import __version__
from polyphonie.config.commandline import parser
from tests.architecture.order import ROOT

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


def documents() -> list:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [ROOT / name for name in listed if "/texts/" not in name and (ROOT / name).exists()]


def test_every_setting_is_described_and_every_described_setting_exists():
    source = (ROOT / "polyphonie/config/settings.py").read_text()
    described = set(re.findall(r"^\| `(POLYPHONIE_\w+)`", (ROOT / "docs/reference/reglages.md").read_text(), re.MULTILINE))
    assert described == set(re.findall(r"env\.\w+\(\s*\"(POLYPHONIE_\w+)\"", source))


def test_the_sample_of_settings_names_real_ones():
    described = (ROOT / "docs/reference/reglages.md").read_text()
    for name in re.findall(r"^#? ?(POLYPHONIE_\w+)=", (ROOT / ".env.exemple").read_text(), re.MULTILINE):
        assert f"`{name}`" in described


def test_every_command_is_described():
    described = (ROOT / "docs/reference/commande.md").read_text()
    commands = next(action for action in parser()._actions if action.dest == "command").choices
    for name, command in commands.items():
        line = next(line for line in described.splitlines() if line.startswith(f"| `{name}"))
        for action in command._actions:
            for option in action.option_strings:
                assert option in ("-h", "--help", "--json") or option in line, f"{name} {option}"


def test_every_dependency_says_what_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    readme = (ROOT / "README.md").read_text().lower()
    for requirement in wanted:
        name = re.match(r"[\w-]+", requirement)[0].lower()
        assert re.search(rf"^\|[^|]*\b{re.escape(name)}\b", readme, re.MULTILINE), name


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_links_to_what_exists(path):
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_every_decision_is_in_the_index():
    index = (ROOT / "docs/decisions/README.md").read_text()
    for path in sorted((ROOT / "docs/decisions").glob("[0-9]*.md")):
        assert f"({path.name})" in index


def test_what_is_to_come_is_told_by_what_people_can_do_and_read_in_ten_minutes():
    told = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]
    before, *rest = told.split("\n### ")
    assert rest
    assert "\n- " not in before
    lines = [line for line in told.splitlines() if line.startswith("- ")]
    assert len(set(lines)) == len(lines) <= 80
    assert len(told.split()) <= 2_000


def test_the_card_of_the_software_for_public_catalogues_says_what_the_standard_asks_and_what_is_true():
    card = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        "name",
        "url",
        "platforms",
        "categories",
        "developmentStatus",
        "softwareType",
        "description",
        "legal",
        "maintenance",
    }
    assert {"publiccodeYmlVersion", "localisation"} | wanted <= set(card)
    assert str(card["publiccodeYmlVersion"]).startswith("0.")
    assert card["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert card["softwareType"] == "standalone/web"
    assert card["legal"]["license"] == project["license"]
    assert card["softwareVersion"] == __version__
    assert card["maintenance"]["type"] != "community" or card["maintenance"]["contacts"][0]["name"]
    assert card["localisation"]["localisationReady"] is True
    assert set(card["description"]) == set(card["localisation"]["availableLanguages"])
    for told in card["description"].values():
        assert len(told["shortDescription"]) <= 150
        assert 150 <= len(told["longDescription"]) <= 10_000
        assert told["features"]
