"""Does a page ask nothing of anyone else, and hold no script or style of its own?"""

import re

import pytest

from tests.architecture.order import PRODUCT, templates

MARKUP = [path for path in templates() if path.suffix in {".html", ".svg", ".xml"}]
ASSETS = sorted(path for path in PRODUCT.glob("*/static/**/*") if path.suffix in {".css", ".js", ".svg", ".webmanifest"})
INLINE = re.compile(r"""<style|\sstyle\s*=|\son[a-z]+\s*=\s*["']|<script(?![^>]*\ssrc=)|javascript:""", re.IGNORECASE)
REQUESTED = re.compile(
    r"""(?:\s(?:src|srcset|poster|data|action|formaction)\s*=\s*["']?|<(?:link|use|image)\b[^>]*\s(?:xlink:)?href\s*=\s*["']?"""
    r"""|url\(\s*["']?|@import\s+["']|(?:fetch|import|XMLHttpRequest|sendBeacon|WebSocket|EventSource)\(\s*["'`])"""
    r"""(?:[a-z]+:)?//""",
    re.IGNORECASE,
)


def short(path) -> str:
    return "/".join(path.parts[-3:])


@pytest.mark.parametrize("path", MARKUP, ids=short)
def test_a_template_holds_no_script_or_style(path):
    assert not (found := INLINE.search(path.read_text(encoding="utf-8"))), found


@pytest.mark.parametrize("path", MARKUP + ASSETS, ids=short)
def test_nothing_is_asked_of_another_site(path):
    assert not (found := REQUESTED.search(path.read_text(encoding="utf-8"))), found


WORDS_INTO_MARKUP = re.compile(r"DOMParser|innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment")


def test_words_become_markup_in_one_script_alone():
    """What Trusted Types would refuse in a browser that knows them: `window.polyphonie.parsed` is the one way."""
    scripts = [path for path in ASSETS if path.suffix == ".js"]
    assert len(scripts) > 4
    assert [path.name for path in scripts if WORDS_INTO_MARKUP.search(path.read_text())] == ["polyphonie.js"]
