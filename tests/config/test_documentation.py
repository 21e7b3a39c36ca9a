"""Does the documentation lead where it says, and name only commands that exist?"""

import re
from pathlib import Path

import pytest

from polyphonie.config.commands.registry import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    missing = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert missing == []


def test_the_guides_call_commands_that_exist():
    called = set()
    for page in ROOT.glob("docs/guides/*.md"):
        called |= set(re.findall(r"bin/polyphonie ([a-z]+)", page.read_text(encoding="utf-8")))
    assert called
    assert called - {"manage"} <= set(COMMANDS)
