"""Do the components say what they must, in words, and nothing that the content policy forbids?"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import polyphonie
from tests.core.component_page import rendered

TEMPLATES = sorted(Path(polyphonie.__file__).parent.glob("*/templates/**/*.html"))
STYLESHEET = Path(polyphonie.__file__).parent / "core/static/core/polyphonie.css"


@pytest.fixture(scope="module")
def page() -> str:
    return rendered()


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_vote_is_a_choice_among_three_and_a_withdrawal_never_a_toggle(page: str) -> None:
    assert "Votre avis sur #746" in page
    values = [attributes["value"] for tag, attributes in Tags(page).found if attributes.get("name") == "position"]
    assert values[:4] == ["agree", "mixed", "disagree", "withdraw"]
    assert values[4:7] == ["agree", "mixed", "disagree"]
    assert "Votre avis est compté\u00a0: mitigé." in page
    assert "Résultats après votre avis" in page
    assert "aria-pressed" not in page


def test_the_tally_says_its_figures_in_words(page: str) -> None:
    assert "D’accord\u00a0: 92 (62\u202f%)" in page


def test_zero_becomes_the_invitation(page: str) -> None:
    assert "Proposer un argument" in page
    assert "Proposer une source" in page


def test_a_verified_account_says_that_it_gives_no_weight(page: str) -> None:
    assert "Identité vérifiée. Ne donne aucun poids." in page


def test_the_stave_says_its_states_in_words_and_in_one_sentence(page: str) -> None:
    assert "Étape 2 sur 4\u00a0: contributions, jusqu’au 3 février 2015" in page
    assert page.count('· <span class="nowrap">en cours</span>') == 2


def test_every_error_is_said_beside_its_field_and_at_the_top(page: str) -> None:
    assert "Il y a 3 points à corriger" in page
    tags = Tags(page).found
    known = {attributes["id"] for _, attributes in tags if "id" in attributes}
    targets = re.findall(r'<li><a href="#([^"]+)"', page)
    assert len(targets) == 3
    assert set(targets) <= known
    described = {name for _, attributes in tags for name in (attributes.get("aria-describedby") or "").split()}
    assert described
    assert described <= known


def test_no_page_carries_an_inline_style_or_script(page: str) -> None:
    for tag, attributes in Tags(page).found:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert tag != "style"
        assert tag != "script" or attributes.get("src")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_carries_an_inline_style_or_script(template: Path) -> None:
    source = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son(click|change|submit|input|load)=", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)


def test_each_identifier_is_said_once(page: str) -> None:
    identifiers = [attributes["id"] for _, attributes in Tags(page).found if "id" in attributes]
    assert [name for name in set(identifiers) if identifiers.count(name) > 1 and name != "c747"] == []


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def themes() -> dict[str, dict[str, str]]:
    """The colour tokens of the light and the dark theme, in the order of the stylesheet."""
    tokens = STYLESHEET.read_text().split("@layer tokens {")[1].split("@media (forced-colors")[0]
    light, dark = tokens.split("@media (prefers-color-scheme: dark)")
    found = {name: dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", part)) for name, part in (("light", light), ("dark", dark))}
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_every_ground_they_are_printed_on(theme: str) -> None:
    colours = themes()[theme]
    grounds = ("paper", "surface", "brand-soft", "alert-soft", "good-soft", "mixed-soft")
    for ink in ("ink", "ink-soft", "brand", "alert"):
        for ground in grounds:
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for position in ("agree", "mixed", "disagree"):
        assert contrast(colours[position], colours["surface"]) >= 4.5, position
    assert contrast(colours["brand"], colours["on-brand"]) >= 4.5
    for ground in ("added", "removed"):
        assert contrast(colours["ink"], colours[ground]) >= 4.5
    for ground in ("paper", "surface"):
        assert contrast(colours["edge"], colours[ground]) >= 3, ground


def test_the_stylesheet_asks_nothing_of_another_site() -> None:
    assert not re.search(r"@import|url\([\"']?(https?:)?//", STYLESHEET.read_text())
